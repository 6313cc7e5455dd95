using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Mcp;
using Xunit;

namespace Parley.EndToEnd.Tests.Homecoming;

/// <summary>Sessions that are paused while their conversation goes on in a workspace: what the client's hook is answered, and when that ends.</summary>
public sealed class PauseTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly WorkspaceOwner _owner = new(server);

    public void Dispose() => _owner.Dispose();

    [Fact]
    public async Task A_prompt_is_answered_with_where_the_conversation_goes_on()
    {
        Written session = _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();

        JsonElement answer = JsonSerializer.Deserialize<JsonElement>(await HookAsync(session.Id, "and now?"));

        Assert.Equal("block", answer.GetProperty("decision").GetString());
        Assert.Contains($"{server.Address}/c/{id}", answer.GetProperty("reason").GetString());
        Assert.Contains("/take-home", answer.GetProperty("reason").GetString());
        Assert.Equal("UserPromptSubmit", answer.GetProperty("hookSpecificOutput").GetProperty("hookEventName").GetString());
        Assert.False(answer.GetProperty("hookSpecificOutput").GetProperty("suppressOriginalPrompt").GetBoolean());
    }

    [Fact]
    public async Task What_is_meant_for_here_is_let_through_and_what_only_looks_like_it_is_not()
    {
        Written session = _owner.New().Prompt("x").Save();
        await _owner.ShareAsync();
        Companion.Enter(_owner.Home, session.Id);
        await using Companion companion = await Companion.StartAsync(_owner.Home);
        foreach (string prompt in new[] { "/here and now?", "/parley:here and now?", " /here\nand now?", "/take-home", "/parley:take-home close", "/shares" })
            Assert.DoesNotContain("block", await AskAsync(companion, session.Id, prompt));
        foreach (string prompt in new[] { "here we go", "/hereby", "/other:here x", "/compact", "/", "" })
            Assert.Contains("Paused", await AskAsync(companion, session.Id, prompt));
    }

    [Fact]
    public async Task Here_alone_lets_the_session_go_on()
    {
        Written session = _owner.New().Prompt("x").Save();
        await _owner.ShareAsync();
        Assert.Contains("goes on here again", await HookAsync(session.Id, "/parley:here"));
        Assert.Equal("", await HookAsync(session.Id, "and now?"));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("")]
    public async Task No_other_session_is_paused(string id)
    {
        _owner.New().Prompt("x").Save();
        await _owner.ShareAsync();
        Assert.Equal("", await HookAsync(id, "and now?"));
        Assert.Equal("", await HookAsync(Guid.NewGuid().ToString(), "and now?"));
    }

    [Fact]
    public async Task Who_only_lets_people_read_goes_on_here()
    {
        Written session = _owner.New().Prompt("x").Save();
        await _owner.ShareAsync("--mode", "view");
        Assert.Equal("", await HookAsync(session.Id, "and now?"));
    }

    [Theory]
    [InlineData("close")]
    [InlineData("unshare")]
    public async Task Ending_the_workspace_from_this_machine_lets_it_go_on(string command)
    {
        Written session = _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();
        (await _owner.Home.RunAsync(command, id)).Succeeded();
        Assert.Equal("", await HookAsync(session.Id, "and now?"));
    }

    [Theory]
    [InlineData(true, "closed")]
    [InlineData(false, "taken back")]
    public async Task A_companion_notices_that_the_workspace_ended_elsewhere(bool closes, string why)
    {
        Written session = _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();
        Companion.Enter(_owner.Home, session.Id);
        await using Companion companion = await Companion.StartAsync(_owner.Home);
        Assert.Contains("Paused", await AskAsync(companion, session.Id, "and now?"));

        await (closes ? _owner.CloseAsync(id) : _owner.DeleteAsync(id));

        string answer = "";
        await Eventually.TrueAsync(async () => !(answer = await AskAsync(companion, session.Id, "and now?")).Contains("Paused"));
        Assert.Contains($"goes on here again: its workspace was {why}", answer);
        Assert.DoesNotContain("block", answer);
    }

    [Fact]
    public async Task Without_a_companion_the_command_has_the_server_asked_after_its_answer()
    {
        Written session = _owner.New().Prompt("x").Save();
        string id = await _owner.ShareAsync();
        await _owner.CloseAsync(id);
        Assert.Contains("Paused", await InstalledHookAsync(session.Id));
        await Eventually.TrueAsync(() => Task.FromResult(!File.Exists(_owner.Home.PathOf(".local", "state", "parley", "paused", $"{session.Id}.json"))));
    }

    [Fact]
    public async Task It_stays_paused_while_the_server_is_away()
    {
        Written session = _owner.New().Prompt("x").Save();
        await _owner.ShareAsync();
        string file = _owner.Home.PathOf(".local", "state", "parley", "paused", $"{session.Id}.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(new Uri(server.Address).Port.ToString(), "9"));
        Companion.Enter(_owner.Home, session.Id);
        await using Companion companion = await Companion.StartAsync(_owner.Home);
        for (int i = 0; i < 3; i++)
            Assert.Contains("Paused", await AskAsync(companion, session.Id, "and now?"));
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_note_that_cannot_be_read_pauses_nothing()
    {
        Written session = _owner.New().Prompt("x").Save();
        await _owner.ShareAsync();
        await File.WriteAllTextAsync(_owner.Home.PathOf(".local", "state", "parley", "paused", $"{session.Id}.json"), "{");
        Assert.Equal("", await HookAsync(session.Id, "and now?"));
    }

    [Fact]
    public async Task A_session_that_is_let_in_by_its_companion_pauses_at_once()
    {
        Written session = _owner.New().Prompt("x").Save();
        Companion.Enter(_owner.Home, session.Id);
        await using Companion companion = await Companion.StartAsync(_owner.Home);
        Assert.DoesNotContain("block", await AskAsync(companion, session.Id, "and now?"));
        await companion.AskAsync("share_chat", new() { ["recipients"] = new[] { "sarah@example.org" } });
        Assert.Contains("Paused", await AskAsync(companion, session.Id, "and now?"));
    }

    [Fact]
    public async Task What_is_no_event_of_a_hook_is_said_to_be_none()
    {
        Command.Result result = await _owner.Home.RunAsync(["hook"], "no json");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("not what a client tells a hook", result.Error);
        Assert.Equal("", (await _owner.Home.RunAsync(["hook"], """{"session_id":"x","hook_event_name":"Stop"}""")).Succeeded());
    }

    private async Task<string> HookAsync(string session, string prompt) => (await _owner.Home.RunAsync(["hook"], Input(session, prompt))).Succeeded();

    // As a client starts it: by its own name.
    private async Task<string> InstalledHookAsync(string session)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "parley"), ["hook"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string name, string? value) in _owner.Home.Environment)
            start.Environment[name] = value;
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        using Process hook = Process.Start(start)!;
        await hook.StandardInput.WriteAsync(Input(session, "and now?"));
        hook.StandardInput.Close();
        return await hook.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Input(string session, string prompt) =>
        new JsonObject { ["session_id"] = session, ["hook_event_name"] = "UserPromptSubmit", ["prompt"] = prompt }.ToJsonString();

    private static async Task<string> AskAsync(Companion companion, string session, string prompt)
    {
        CallToolResult answer = await companion.Client.CallToolAsync(
            "session_is_current", new Dictionary<string, object?> { ["sessionId"] = session, ["prompt"] = prompt }, cancellationToken: TestContext.Current.CancellationToken);
        return Companion.TextOf(answer);
    }
}
