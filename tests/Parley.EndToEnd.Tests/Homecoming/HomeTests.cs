using System.Diagnostics;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Homecoming;

/// <summary><c>parley home</c> and <c>parley pull</c> of a workspace.</summary>
public sealed class HomeTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly WorkspaceOwner _owner = new(server);

    public void Dispose() => _owner.Dispose();

    [Fact]
    public async Task What_was_said_there_comes_home_behind_the_whole_original()
    {
        string secret = Secret.GitHubToken();
        Written session = _owner.New().Prompt($"The token is {secret}").Answer("Noted.").Save();
        string original = await File.ReadAllTextAsync(session.File), id = await _owner.ShareAsync();
        await _owner.SayAsync(id, "I will look at it tomorrow");

        Result home = await _owner.Home.RunAsync("home");

        string resumed = Resumed(home);
        string transcript = await File.ReadAllTextAsync(PathOf(resumed));
        Assert.StartsWith(original, transcript);
        Assert.Contains("to the others, not to you", transcript);
        Assert.Contains("I will look at it tomorrow", transcript);
        Assert.DoesNotContain(secret, await _owner.MessagesAsync(id));
        Assert.Equal(original, await File.ReadAllTextAsync(session.File));
        Assert.Contains($"go on from the session {session.Id}, which stays as it is", home.Error);
    }

    [Fact]
    public async Task On_another_machine_it_is_what_was_shared()
    {
        string secret = Secret.GitHubToken();
        _owner.New().Prompt($"The token is {secret}").Answer("Noted.").Save();
        string id = await _owner.ShareAsync();
        await _owner.SayAsync(id, "I will look at it tomorrow");
        using var other = new WorkspaceOwner(server);

        string resumed = Resumed(await other.Home.RunAsync("pull", $"{server.Address}/c/{id}"));

        string transcript = await File.ReadAllTextAsync(Path.Combine(other.Home.Sessions, $"{resumed}.jsonl"));
        Assert.DoesNotContain(secret, transcript);
        Assert.Contains("[REDACTED:github-token]", transcript);
        Assert.Contains("I will look at it tomorrow", transcript);
        Assert.Contains("Taken over with Parley from another machine", transcript);
    }

    [Fact]
    public async Task An_original_that_is_not_what_it_was_is_not_gone_on_from()
    {
        Written session = _owner.New().Prompt("x").Answer("y").Save();
        string id = await _owner.ShareAsync();
        await File.WriteAllTextAsync(session.File, (await File.ReadAllTextAsync(session.File)).Replace("\"y\"", "\"changed here\""));

        string transcript = await File.ReadAllTextAsync(PathOf(Resumed(await _owner.Home.RunAsync("home", id))));

        Assert.DoesNotContain("changed here", transcript);
        Assert.Contains("\"y\"", transcript);
    }

    [Fact]
    public async Task What_was_typed_here_meanwhile_stays_here()
    {
        Written session = _owner.New().Prompt("x").Answer("y").Append();
        string id = await _owner.ShareAsync();
        session.Prompt("typed here meanwhile").Append();
        string transcript = await File.ReadAllTextAsync(PathOf(Resumed(await _owner.Home.RunAsync("home", id))));
        Assert.DoesNotContain("typed here meanwhile", transcript);
    }

    [Fact]
    public async Task Twice_it_is_the_same_session_and_once_more_was_said_another_one()
    {
        _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();
        await _owner.SayAsync(id, "one");
        Result first = await _owner.Home.RunAsync("home", id), again = await _owner.Home.RunAsync("home", id);
        await _owner.SayAsync(id, "two");
        Result more = await _owner.Home.RunAsync("home", id);

        Assert.Equal(Resumed(first), Resumed(again));
        Assert.Contains("here already", again.Error);
        Assert.NotEqual(Resumed(first), Resumed(more));
        Assert.Contains("two", await File.ReadAllTextAsync(PathOf(Resumed(more))));
        Assert.DoesNotContain("two", await File.ReadAllTextAsync(PathOf(Resumed(first))));
    }

    [Fact]
    public async Task Closing_comes_with_it()
    {
        Written session = _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();

        JsonElement report = JsonSerializer.Deserialize<JsonElement>((await _owner.Home.RunAsync("home", "--close", "--json")).Succeeded());

        Assert.True(report.GetProperty("closed").GetBoolean());
        Assert.Equal("closed", (await _owner.SessionAsync(id)).GetProperty("workspace").GetString());
        Assert.Contains("\"event\":\"closed\"", await _owner.MessagesAsync(id));
        Assert.False(IsPaused(session));
    }

    [Fact]
    public async Task Without_closing_the_session_stays_paused_unless_it_is_said_otherwise()
    {
        Written session = _owner.New().Prompt("x").Save();
        await _owner.ShareAsync();
        (await _owner.Home.RunAsync("home")).Succeeded();
        Assert.True(IsPaused(session));
        (await _owner.Home.RunAsync("home", "--unpause")).Succeeded();
        Assert.False(IsPaused(session));
    }

    [Fact]
    public async Task After_closing_it_still_comes_home_by_its_link()
    {
        _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();
        await _owner.SayAsync(id, "the last word");
        (await _owner.Home.RunAsync("close")).Succeeded();
        Assert.Contains("the last word", await File.ReadAllTextAsync(PathOf(Resumed(await _owner.Home.RunAsync("home", $"{server.Address}/c/{id}")))));
    }

    [Fact]
    public async Task The_agent_is_told_what_has_changed_in_the_project()
    {
        Git("init", "-q");
        Write("src/same.ts", "same");
        Write("src/old.ts", "old");
        Write("src/gone.ts", "gone");
        Write("src/was-changed-before.ts", "x");
        Git("add", ".");
        Git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "begin");
        Write("src/was-changed-before.ts", "y");
        File.SetLastWriteTimeUtc(Path.Combine(_owner.Home.Project, "src/was-changed-before.ts"), DateTime.UtcNow.AddHours(-1));
        _owner.New().Prompt("x").Save();
        await _owner.ShareAsync("--files", "src");
        Write("src/old.ts", "new\nlines");
        File.Delete(Path.Combine(_owner.Home.Project, "src/gone.ts"));
        Write("src/added.ts", "new");

        JsonElement report = JsonSerializer.Deserialize<JsonElement>((await _owner.Home.RunAsync("home", "--json")).Succeeded());

        string[] changes = [.. report.GetProperty("changes").EnumerateArray().Select(change => change.GetString()!)];
        Assert.Equal(["src/added.ts | new", "src/gone.ts | +0 -1", "src/old.ts | +2 -1"], changes.Order(StringComparer.Ordinal));
        string transcript = await File.ReadAllTextAsync(report.GetProperty("installed")[0].GetProperty("path").GetString()!);
        Assert.Contains("Meanwhile these files have changed here", transcript);
        Assert.Contains("src/old.ts | +2 -1", transcript);
    }

    [Fact]
    public async Task Without_git_the_shared_files_are_compared()
    {
        Write("src/old.ts", "old");
        Write("src/same.ts", "same");
        _owner.New().Prompt("x").Save();
        await _owner.ShareAsync("--files", "src");
        Write("src/old.ts", "NEW");
        Assert.Contains("changed here: src/old.ts (changed)\n", (await _owner.Home.RunAsync("home")).Error);
    }

    [Fact]
    public async Task Where_several_sessions_are_paused_one_is_named()
    {
        _owner.New().Prompt("one").Save();
        string one = await _owner.ShareAsync();
        _owner.New().Prompt("two").Save();
        string two = await _owner.ShareAsync();

        Result home = await _owner.Home.RunAsync("home");

        Assert.Equal(1, home.ExitCode);
        Assert.Contains($"/c/{one}", home.Error);
        Assert.Contains($"/c/{two}", home.Error);
    }

    [Fact]
    public async Task Where_none_is_paused_that_is_said()
    {
        Result home = await _owner.Home.RunAsync("home");
        Assert.Equal(1, home.ExitCode);
        Assert.Contains("no session of this machine is paused", home.Error);
    }

    [Fact]
    public async Task Only_a_workspace_can_be_closed()
    {
        _owner.New().Prompt("x").Save();
        string url = (await _owner.Home.RunAsync("share", "--yes")).Succeeded().Trim();
        Assert.Contains("no workspace", (await _owner.Home.RunAsync("close", url)).Error);
    }

    [Fact]
    public async Task Closing_what_is_not_there_says_so()
    {
        Result closed = await _owner.Home.RunAsync("close", "4fK9xQ2mZp1a");
        Assert.Equal(1, closed.ExitCode);
        Assert.Contains("there is no session 4fK9xQ2mZp1a of yours", closed.Error);
    }

    [Theory]
    [InlineData("home")]
    [InlineData("close")]
    [InlineData("host")]
    public async Task A_machine_without_a_key_is_told_that_it_has_none(string command)
    {
        _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();
        using var other = new Home();

        Result refused = await other.RunAsync(command, $"{server.Address}/c/{id}");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"there is no API key for {server.Address}", refused.Error);
    }

    private static string Resumed(Result result)
    {
        string[] command = result.Succeeded().Trim().Split(' ');
        Assert.Equal(["claude", "--resume"], command[^3..^1]);
        return command[^1];
    }

    private string PathOf(string id) => Path.Combine(_owner.Home.Sessions, $"{id}.jsonl");

    private bool IsPaused(Written session) => File.Exists(_owner.Home.PathOf(".local", "state", "parley", "paused", $"{session.Id}.json"));

    private void Write(string path, string text)
    {
        string file = Path.Combine(_owner.Home.Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private void Git(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _owner.Home.Project, Environment = { ["HOME"] = _owner.Home.PathOf() } })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
