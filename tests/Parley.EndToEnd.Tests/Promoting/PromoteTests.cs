using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Promoting;

/// <summary><c>parley share --to</c> on a machine with sessions, and a server.</summary>
public sealed class PromoteTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task People_join_with_what_the_agent_may_use()
    {
        Written session = New().Prompt("Why are notes missing?").Tool("Read", new() { ["file_path"] = "a.ts" }, "text").Answer("Found it.").Save();
        Write("service/a.ts", "export const a = 1;");
        Write("service/b.ts", "export const b = 2;");
        Write("service/.env", $"TOKEN={Secret.GitHubToken()}");
        Write("CLAUDE.md", "# The project");
        await File.WriteAllTextAsync(_home.PathOf(".claude.json"), """{"mcpServers":{"linear":{"command":"npx","args":["linear-mcp"]},"gmail":{"command":"npx","args":["gmail-mcp"]}}}""");

        Result result = await _home.RunAsync("share", "--to", "sarah@example.org", "--to", "david@example.org", "--role", "prompter", "--files", "service", "--memory", "--mode", "multiplayer", "--yes", "--json");

        JsonElement answer = JsonSerializer.Deserialize<JsonElement>(result.Succeeded());
        string id = Text(answer, "shareId");
        Assert.Equal(["url", "shareId", "invited", "context", "mode", "steps"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal($"{server.Address}/c/{id}", Text(answer, "url"));
        Assert.Equal(["created", "mirrored", "mounted", "invited", "routed"], Steps(answer));
        Assert.Equal(["sarah@example.org invited", "david@example.org invited"], Outcomes(answer));
        Assert.Equal((2, true), (answer.GetProperty("context").GetProperty("folders").GetProperty("service").GetInt64(), answer.GetProperty("context").GetProperty("memory").GetBoolean()));
        Assert.Contains(".env", result.Error);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync($"/s/{id}")).StatusCode);
        JsonElement resources = await OwnAsync($"/api/sessions/{id}/context");
        Assert.Equal(
            ["files service members", "memory memory agent", "mcp gmail private", "mcp linear private"],
            resources.GetProperty("resources").EnumerateArray().Select(r => $"{Text(r, "kind")} {Text(r, "name")} {Text(r, "permission")}"));
        JsonElement note = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(NoteOf(session.Id)));
        Assert.Equal((id, $"{server.Address}/c/{id}"), (Text(note, "shareId"), Text(note, "url")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(NoteOf(session.Id)));
    }

    [Fact]
    public async Task The_same_again_finds_what_is_there()
    {
        New().Prompt("x").Save();

        JsonElement first = await PromoteAsync("--to", "sarah@example.org"), again = await PromoteAsync("--to", "sarah@example.org", "--to", "david@example.org");

        Assert.Equal(Text(first, "shareId"), Text(again, "shareId"));
        Assert.Equal(["sarah@example.org alreadyInvited", "david@example.org invited"], Outcomes(again));
        Assert.DoesNotContain("routed", Steps(again));
    }

    [Fact]
    public async Task A_workspace_opens_before_anybody_is_invited()
    {
        New().Prompt("x").Save();

        JsonElement answer = JsonSerializer.Deserialize<JsonElement>((await _home.RunAsync("promote", "--yes", "--json")).Succeeded());

        Assert.Equal(["created", "mirrored", "routed"], Steps(answer));
        Assert.Empty(Outcomes(answer));
    }

    [Fact]
    public async Task It_is_found_again_on_a_machine_that_remembers_nothing()
    {
        Written session = New().Prompt("x").Save();
        JsonElement first = await PromoteAsync("--to", "sarah@example.org");
        File.Delete(NoteOf(session.Id));

        Assert.Equal(Text(first, "shareId"), Text(await PromoteAsync("--to", "sarah@example.org"), "shareId"));
    }

    [Fact]
    public async Task A_command_that_was_broken_off_is_gone_on_with()
    {
        Written session = New().Prompt("x").Save();
        // The session is sent before the server looks at who is to join.
        Result broken = await _home.RunAsync("share", "--to", "nobody", "--yes");
        Assert.Contains("\"nobody\" is none", broken.Error);
        string sent = Assert.Single(await MineAsync(session.Id));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync($"/s/{sent}")).StatusCode);

        Assert.Equal(sent, Text(await PromoteAsync("--to", "sarah@example.org"), "shareId"));
        Assert.Single(await MineAsync(session.Id));
    }

    [Fact]
    public async Task What_was_sent_before_and_never_promoted_is_sent_anew_when_the_session_went_on()
    {
        Written session = New().Prompt("one").Append();
        Assert.NotEqual(0, (await _home.RunAsync("share", "--to", "nobody", "--yes")).ExitCode);
        string stale = Assert.Single(await MineAsync(session.Id));
        session.Prompt("two").Append();

        string id = Text(await PromoteAsync("--to", "sarah@example.org"), "shareId");

        Assert.NotEqual(stale, id);
        Assert.Equal([id], await MineAsync(session.Id));
        Assert.Equal(2, (await OwnAsync($"/api/sessions/{id}")).GetProperty("messageCount").GetInt32());
    }

    [Fact]
    public async Task A_live_share_is_handed_over_and_stops_by_itself()
    {
        Written session = New().Prompt("first").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        session.Answer("second").Append();
        await live.UntilAsync("live", 2);

        JsonElement answer = await PromoteAsync("--to", "sarah@example.org");
        session.Prompt("what is said here stays here").Append();

        Result ended = await live.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("\"state\":\"moved\"", ended.Out);
        Assert.Contains($"{server.Address}/c/{live.ShareId}", ended.Error);
        Assert.Equal(live.ShareId, Text(answer, "shareId"));
        JsonElement there = await OwnAsync($"/api/sessions/{live.ShareId}");
        Assert.Equal((2, "open"), (there.GetProperty("lastSeq").GetInt32(), Text(there, "workspace")));
        Assert.Empty(Directory.GetFiles(_home.PathOf(".local", "state", "parley", "live")));
        Assert.Contains("/c/", await File.ReadAllTextAsync(NoteOf(session.Id)));
    }

    [Fact]
    public async Task A_live_share_that_died_is_brought_up_to_date_first()
    {
        Written session = New().Prompt("first").Append();
        LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        await live.UntilAsync("live", 1);
        live.Kill();
        session.Answer("said meanwhile").Append();

        JsonElement answer = await PromoteAsync("--to", "sarah@example.org");

        Assert.Equal(live.ShareId, Text(answer, "shareId"));
        Assert.Equal(2, (await OwnAsync($"/api/sessions/{live.ShareId}")).GetProperty("lastSeq").GetInt32());
    }

    [Fact]
    public async Task In_mode_view_they_read_what_was_said()
    {
        New().Prompt("x").Save();

        JsonElement answer = await PromoteAsync("--to", "sarah@example.org", "--mode", "view");

        Assert.Equal(["created", "mirrored", "invited"], Steps(answer));
        Assert.False((await OwnAsync($"/api/sessions/{Text(answer, "shareId")}")).TryGetProperty("workspace", out _));
    }

    [Theory]
    [InlineData("never shared", "--mcp", "gmail")]
    [InlineData("no folder 'elsewhere'", "--files", "elsewhere")]
    [InlineData("no MCP server 'jira'", "--mcp", "jira")]
    [InlineData("no CLAUDE.md", "--memory")]
    public async Task What_can_not_be_shared_is_said_before_anything_leaves(string problem, params string[] options)
    {
        Written session = New().Prompt("x").Save();
        await File.WriteAllTextAsync(_home.PathOf(".claude.json"), """{"mcpServers":{"gmail":{"command":"npx","args":["gmail-mcp"]}}}""");

        Result result = await _home.RunAsync(["share", "--to", "sarah@example.org", "--yes", .. options]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(problem, result.Error);
        Assert.Empty(await MineAsync(session.Id));
    }

    [Theory]
    [InlineData("--live")]
    [InlineData("--token")]
    [InlineData("--private")]
    public async Task Options_of_links_make_no_sense_with_people(string option)
    {
        Result result = await _home.RunAsync("share", "--to", "sarah@example.org", option);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(option, result.Error);
    }

    [Fact]
    public async Task On_a_terminal_it_says_who_joins_asks_and_tells_each_step()
    {
        New().Prompt("x").Save();

        Result result = await _home.AnswerOnTerminalAsync("[y/n/", "y\n", "share", "--to", "sarah@example.org");

        Assert.Contains("sarah@example.org as prompter", result.Out);
        Assert.Contains("✓ Created shared workspace", result.Out);
        Assert.Contains("✓ Switched prompt routing", result.Out);
        Assert.Contains("/i/", result.Out);
    }

    [Fact]
    public async Task When_it_is_piped_only_the_link_is_printed_and_what_has_to_be_passed_on()
    {
        New().Prompt("x").Save();

        Result result = await _home.RunAsync("share", "--to", "sarah@example.org", "--yes");

        Assert.Matches($"^{server.Address}/c/[A-Za-z0-9]{{12}}\n$", result.Succeeded());
        Assert.DoesNotContain("✓", result.Error);
        Assert.Contains($"sarah@example.org  {server.Address}/i/", result.Error);
    }

    private async Task<JsonElement> PromoteAsync(params string[] options) =>
        JsonSerializer.Deserialize<JsonElement>((await _home.RunAsync(["share", .. options, "--yes", "--json"])).Succeeded());

    private async Task<JsonElement> OwnAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", server.Key) } };
        return await client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
    }

    // The ids under which the server has a session of this machine.
    private async Task<string[]> MineAsync(string sessionId) =>
    [
        .. (await OwnAsync("/api/sessions")).GetProperty("sessions").EnumerateArray()
            .Where(session => session.TryGetProperty("sourceId", out JsonElement source) && source.GetString() == sessionId).Select(session => Text(session, "shareId")),
    ];

    private string NoteOf(string sessionId) => _home.PathOf(".local", "state", "parley", "workspaces", $"{sessionId}.json");

    private void Write(string path, string text)
    {
        string file = Path.Combine(_home.Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private Written New() => new(_home.Sessions, _home.Project);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string[] Steps(JsonElement answer) => [.. answer.GetProperty("steps").EnumerateArray().Select(step => Text(step, "step"))];

    private static string[] Outcomes(JsonElement answer) => [.. answer.GetProperty("invited").EnumerateArray().Select(person => $"{Text(person, "email")} {Text(person, "outcome")}")];
}
