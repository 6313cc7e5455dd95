using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Mcp;

/// <summary>What the companion's tools do, asked over the protocol.</summary>
public sealed class ToolTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Every_tool_describes_what_it_takes_and_what_it_answers()
    {
        await using Companion companion = await Companion.StartAsync(_home);
        IList<McpClientTool> tools = await companion.Client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            ["create_share_token", "list_shared", "preview_redaction", "revoke_share_token", "share_chat", "share_session", "unshare_session"],
            tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool => Assert.True(tool.ReturnJsonSchema?.GetProperty("properties").TryGetProperty("message", out _)));
        JsonElement share = tools.Single(tool => tool.Name == "share_session").JsonSchema.GetProperty("properties");
        Assert.Equal(["expiresIn", "fromNow", "includeToolResults", "live", "title"], share.EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public async Task The_current_session_is_shared_without_its_secrets()
    {
        string token = Secret.GitHubToken();
        Companion.Enter(_home, New().Prompt($"use {token}").Answer("ok").Title("Of this client").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        JsonElement shared = await companion.AskAsync("share_session", new() { ["title"] = "From inside", ["expiresIn"] = 3600 });
        string id = shared.GetProperty("shareId").GetString()!;
        Assert.Equal($"{server.Address}/s/{id}", shared.GetProperty("url").GetString());
        Assert.Equal("From inside", shared.GetProperty("title").GetString());
        Assert.Equal(2, shared.GetProperty("entries").GetInt32());
        Assert.InRange(shared.GetProperty("expiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(50), DateTimeOffset.UtcNow.AddMinutes(70));
        JsonElement first = (await server.MessagesAsync(id))[0];
        Assert.Contains("use [REDACTED:github-token]", first.ToString());
    }

    [Fact]
    public async Task What_tools_put_out_stays_here_when_it_is_not_wanted()
    {
        Companion.Enter(_home, New().Prompt("x").Tool("Bash", new() { ["command"] = "ls" }, "the-output").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        JsonElement shared = await companion.AskAsync("share_session", new() { ["includeToolResults"] = false });
        Assert.DoesNotContain("the-output", (await server.MessagesAsync(shared.GetProperty("shareId").GetString()!)).ToString());
    }

    [Fact]
    public async Task A_preview_sends_nothing_and_shows_no_secret()
    {
        string token = Secret.GitHubToken();
        Companion.Enter(_home, New().Prompt($"use {token}").Answer("ok").Title("Only looked at").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        JsonElement preview = await companion.AskAsync("preview_redaction");
        Assert.Equal(2, preview.GetProperty("entries").GetInt32());
        Assert.Equal(1, preview.GetProperty("redactions").GetProperty("github-token").GetInt32());
        Assert.DoesNotContain(token, preview.ToString());
        Assert.DoesNotContain("Only looked at", (await companion.AskAsync("list_shared")).ToString());
    }

    [Fact]
    public async Task What_is_shared_is_listed_and_taken_back()
    {
        Companion.Enter(_home, New().Prompt("x").Title("Taken back").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        JsonElement shared = await companion.AskAsync("share_session");
        string id = shared.GetProperty("shareId").GetString()!;
        JsonElement listed = (await companion.AskAsync("list_shared")).GetProperty("sessions").EnumerateArray().Single(s => s.GetProperty("shareId").GetString() == id);
        Assert.Equal(("Taken back", true, false), (listed.GetProperty("title").GetString(), listed.GetProperty("hasLink").GetBoolean(), listed.GetProperty("live").GetBoolean()));
        await companion.AskAsync("unshare_session", new() { ["shareId"] = shared.GetProperty("url").GetString() });
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync($"/api/sessions/{id}")).StatusCode);
        Assert.Contains("parley list", await companion.FailAsync("unshare_session", new() { ["shareId"] = id }));
    }

    [Fact]
    public async Task A_token_opens_the_session_until_it_is_revoked()
    {
        Companion.Enter(_home, New().Prompt("x").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        string id = (await companion.AskAsync("share_session")).GetProperty("shareId").GetString()!;
        JsonElement made = await companion.AskAsync("create_share_token", new() { ["shareId"] = id, ["name"] = "Ana" });
        string token = made.GetProperty("shareToken").GetString()!;
        Assert.StartsWith("clw_share_", token);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync($"/t/{token}")).StatusCode);
        await companion.AskAsync("revoke_share_token", new() { ["shareToken"] = token });
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync($"/t/{token}")).StatusCode);
        Assert.Contains("list_shared", await companion.FailAsync("revoke_share_token", new() { ["shareToken"] = token }));
    }

    [Fact]
    public async Task A_token_without_end_is_said_to_be_one()
    {
        Companion.Enter(_home, New().Prompt("x").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        string id = (await companion.AskAsync("share_session")).GetProperty("shareId").GetString()!;
        JsonElement made = await companion.AskAsync("create_share_token", new() { ["shareId"] = id, ["expiresIn"] = 0 });
        Assert.Equal(JsonValueKind.Null, made.GetProperty("expiresAt").ValueKind);
        Assert.Contains("does not end by itself", made.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_long_share_tells_how_far_it_is()
    {
        Written session = New();
        for (int i = 0; i < 100; i++)
            session.Prompt($"{i}");
        Companion.Enter(_home, session.Save().Id);
        var progress = new Reports();
        await using Companion companion = await Companion.StartAsync(_home);
        await companion.AskAsync("share_session", progress: progress);
        Assert.Equal(Enumerable.Range(1, 20).Select(n => n * 5f), progress.Values.Select(value => value.Progress).Order());
        Assert.All(progress.Values, value => Assert.Equal(100, value.Total));
    }

    [Fact]
    public async Task An_expiry_that_is_none_is_refused()
    {
        Companion.Enter(_home, New().Prompt("x").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Contains("seconds", await companion.FailAsync("share_session", new() { ["expiresIn"] = -1 }));
    }

    [Fact]
    public async Task Without_a_server_it_says_how_to_start_one()
    {
        Companion.Enter(_home, New().Prompt("x").Save().Id);
        _home.Environment["SHARE_SERVER_URL"] = "http://localhost:9";
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Contains("parley serve", await companion.FailAsync("share_session"));
    }

    [Fact]
    public async Task Without_a_key_it_says_how_to_get_one()
    {
        Companion.Enter(_home, New().Prompt("x").Save().Id);
        _home.Environment["SHARE_API_KEY"] = null;
        _home.Environment["SHARE_SERVER_URL"] = "https://parley.example";
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Contains("parley keys create", await companion.FailAsync("list_shared"));
    }

    private Written New() => new(_home.Sessions, _home.Project);

    private sealed class Reports : IProgress<ProgressNotificationValue>
    {
        public ConcurrentQueue<ProgressNotificationValue> Values { get; } = new();

        public void Report(ProgressNotificationValue value) => Values.Enqueue(value);
    }
}
