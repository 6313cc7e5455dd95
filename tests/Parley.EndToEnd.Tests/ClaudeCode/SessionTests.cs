using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Pages;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>Sharing from within the real client, whose model is scripted.</summary>
public sealed partial class SessionTests(Workstation machine, Site site)
{
    /// <summary>Milliseconds that a browser waits for what a client writes.</summary>
    private const float Patience = 20_000;

    [Fact]
    public async Task A_prompt_shares_the_session_that_it_stands_in()
    {
        await machine.RequireAsync();
        string token = Secret.GitHubToken();
        machine.Model.Script("share", Turn.CallsParley("share_session", new JsonObject { ["title"] = "From a prompt" }), Turn.Says("Here is the link."));
        Assert.Equal("Here is the link.", await machine.PrintAsync(machine.NewProject(), $"Share this session [[share]] but not {token}"));
        string id = IdIn(machine.Model.ResultsOf("share"));
        string messages = (await machine.Server.MessagesAsync(id)).ToString();
        Assert.Contains("Share this session", messages);
        Assert.Contains("[REDACTED:github-token]", messages);
    }

    [Fact]
    public async Task The_skill_previews_and_shares()
    {
        await machine.RequireAsync();
        machine.Model.Script("skill", Turn.CallsParley("preview_redaction"), Turn.CallsParley("share_session"), Turn.Says("Shared."));
        Assert.Equal("Shared.", await machine.PrintAsync(machine.NewProject(), "/sessions-share all of it [[skill]]"));
        IReadOnlyList<JsonNode> requests = machine.Model.RequestsOf("skill");
        Assert.Contains("The user said: \\u0022all of it [[skill]]\\u0022", requests[0].ToJsonString());
        Assert.Contains("entries would go out", requests[1].ToJsonString());
        Assert.Equal(HttpStatusCode.OK, (await machine.Server.GetAsync($"/s/{IdIn(machine.Model.ResultsOf("skill"))}")).StatusCode);
    }

    [Fact]
    public async Task A_page_grows_in_the_browser_while_the_client_works()
    {
        await machine.RequireAsync();
        var seen = new TaskCompletionSource();
        machine.Model.Script("live", Turn.CallsParley("share_session", new JsonObject { ["live"] = true }), Turn.Says("It is live."));
        machine.Model.Script("work",
            Turn.Calls("Bash", new JsonObject { ["command"] = "echo tide-$((20 + 3))" }, says: "I look at the tide."),
            Turn.Says("The tide is high.") with { Gate = seen.Task });
        await using var client = new Conversation(machine, machine.NewProject());
        await client.SayAsync("Share it live [[live]]");
        string url = UrlIn(machine.Model.ResultsOf("live"));

        await using WatchedPage watched = await site.OpenAsync(url);
        Task<string> turn = client.SayAsync("Now work [[work]]");
        await Assertions.Expect(watched.Page.GetByText("tide-23")).ToBeAttachedAsync(new() { Timeout = Patience });
        Assert.False(turn.IsCompleted);
        seen.SetResult();
        Assert.Equal("The tide is high.", await turn);
        await Assertions.Expect(watched.Page.GetByText("The tide is high.")).ToBeVisibleAsync(new() { Timeout = Patience });

        await client.EndAsync();
        await Eventually.TrueAsync(async () => (await machine.Server.SessionAsync(IdOf(url))).GetProperty("ended").GetBoolean());
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task What_was_said_last_is_on_the_server_when_the_turn_is_over()
    {
        await machine.RequireAsync();
        machine.Model.Script("live-end", Turn.CallsParley("share_session", new JsonObject { ["live"] = true }), Turn.Says("These are the last words."));
        await machine.PrintAsync(machine.NewProject(), "Share it live [[live-end]]");
        string id = IdIn(machine.Model.ResultsOf("live-end"));
        Assert.Contains("These are the last words.", (await machine.Server.MessagesAsync(id)).ToString());
        Assert.True((await machine.Server.SessionAsync(id)).GetProperty("ended").GetBoolean());
    }

    [Fact]
    public async Task A_companion_that_dies_is_started_again_and_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This test finds the companion among the client's children as Linux tells of them.");
        await machine.RequireAsync();
        machine.Model.Script("live-dies", Turn.CallsParley("share_session", new JsonObject { ["live"] = true }), Turn.Says("It is live."));
        machine.Model.Script("after", Turn.Calls("Bash", new JsonObject { ["command"] = "echo on" }), Turn.CallsParley("list_shared"), Turn.Says("Still here."));
        await using var client = new Conversation(machine, machine.NewProject());
        await client.SayAsync("Share it live [[live-dies]]");
        string id = IdIn(machine.Model.ResultsOf("live-dies"));
        client.KillCompanion();

        await client.SayAsync("Go on [[after]]");
        await Eventually.TrueAsync(async () => (await machine.Server.MessagesAsync(id)).ToString().Contains("Still here."));
        await client.EndAsync();
        string[] texts = [.. (await machine.Server.MessagesAsync(id)).EnumerateArray().Select(message => message.GetProperty("blocks").ToString())];
        Assert.All(["Share it live", "It is live.", "Go on", "Still here."], said => Assert.Single(texts, text => text.Contains(said) && !text.Contains("tool_result")));
    }

    [Fact]
    public async Task In_the_terminal_a_cleared_session_is_another_one()
    {
        await machine.RequireAsync();
        string project = machine.NewProject();
        machine.Model.Script("first", Turn.CallsParley("share_session", new JsonObject { ["live"] = true }), Turn.Says("First shared."));
        machine.Model.Script("second", Turn.CallsParley("share_session"), Turn.Says("Second shared."));
        await using TerminalSession terminal = await TerminalSession.StartAsync(machine, project);
        await HasToolsAsync(terminal);
        await terminal.TypeAsync("Share it live [[first]]");
        await terminal.SeesAsync("First shared.");
        string first = IdIn(machine.Model.ResultsOf("first"));
        Assert.True((await machine.Server.SessionAsync(first)).GetProperty("live").GetBoolean());

        await terminal.TypeAsync("/clear");
        await Eventually.TrueAsync(async () => (await machine.Server.SessionAsync(first)).GetProperty("ended").GetBoolean());
        await terminal.TypeAsync("Share this one [[second]]");
        await terminal.SeesAsync("Second shared.");
        string second = IdIn(machine.Model.ResultsOf("second"));
        Assert.NotEqual(first, second);
        Assert.DoesNotContain("Share it live", (await machine.Server.MessagesAsync(second)).ToString());
        Assert.DoesNotContain("Share this one", (await machine.Server.MessagesAsync(first)).ToString());

        machine.Model.Script("unshare", Turn.CallsParley("unshare_session", new JsonObject { ["shareId"] = second }), Turn.Says("Taken back."));
        await terminal.TypeAsync("Take it back [[unshare]]");
        await terminal.SeesAsync("Taken back.");
        Assert.Equal(HttpStatusCode.NotFound, (await machine.Server.GetAsync($"/s/{second}")).StatusCode);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_of_with_what_to_do()
    {
        await machine.RequireAsync();
        machine.Model.Script("away", Turn.CallsParley("share_session"), Turn.Says("It is not running."));
        await machine.PrintAsync(machine.NewProject(), "Share [[away]]", ("SHARE_SERVER_URL", "http://localhost:9"));
        Assert.Contains("Start it with `parley serve`", machine.Model.ResultsOf("away"));
    }

    // The terminal takes prompts while the companion is still starting, and then does without its tools.
    private async Task HasToolsAsync(TerminalSession terminal)
    {
        for (int n = 1; ; n++)
        {
            machine.Model.Script($"hello-{n}", Turn.Says($"Hello {n}."));
            await terminal.TypeAsync($"Hello [[hello-{n}]]");
            await terminal.SeesAsync($"Hello {n}.");
            if (machine.Model.RequestsOf($"hello-{n}")[0].ToJsonString().Contains("parley__share_session"))
                return;
        }
    }

    private static string UrlIn(string result) => Link().Match(result) is { Success: true } match ? match.Value : throw new InvalidOperationException($"no link in {result}");

    private static string IdIn(string result) => IdOf(UrlIn(result));

    private static string IdOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"http://localhost:\d+/s/[A-Za-z0-9_-]{12}")]
    private static partial Regex Link();
}
