using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Mcp;
using Xunit;

namespace Parley.EndToEnd.Tests.Promoting;

/// <summary>What the companion's <c>share_chat</c> does with the session that it belongs to.</summary>
public sealed class ShareChatTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task People_join_the_session_that_it_is_said_in()
    {
        Directory.CreateDirectory(Path.Combine(_home.Project, "service"));
        await File.WriteAllTextAsync(Path.Combine(_home.Project, "service", "a.ts"), "export const a = 1;");
        await File.WriteAllTextAsync(Path.Combine(_home.Project, "service", "keys.ts"), $"const token = '{Secret.GitHubToken()}';");
        Companion.Enter(_home, New().Prompt("share this with sarah and david").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);
        var progress = new Reports();

        JsonElement shared = await companion.AskAsync(
            "share_chat",
            new()
            {
                ["recipients"] = new[] { "sarah@example.org", "david@example.org" },
                ["context"] = new { files = new[] { "service" }, mcps = Array.Empty<string>(), memory = false },
                ["mode"] = "multiplayer",
            },
            progress);

        string id = shared.GetProperty("shareId").GetString()!;
        Assert.Equal($"{server.Address}/c/{id}", shared.GetProperty("url").GetString());
        Assert.Equal(2, shared.GetProperty("invited").GetArrayLength());
        Assert.Contains("1 files in service (read-only)", shared.GetProperty("message").GetString());
        Assert.Contains("service/keys.ts", Assert.Single(shared.GetProperty("leftOut").EnumerateArray()).GetString());
        Assert.Equal(5, shared.GetProperty("steps").GetArrayLength());
        Assert.Contains("Mounted context (read-only)", progress.Messages);
        Assert.Equal("open", (await OwnAsync($"/api/sessions/{id}")).GetProperty("workspace").GetString());
    }

    [Fact]
    public async Task A_live_share_becomes_the_workspace_with_all_that_was_said()
    {
        Written session = New().Prompt("one").Append();
        Companion.Enter(_home, session.Id);
        string id;
        await using (Companion companion = await Companion.StartAsync(_home))
        {
            id = (await companion.AskAsync("share_session", new() { ["live"] = true })).GetProperty("shareId").GetString()!;
            session.Answer("two").Prompt("share it with sarah").Append();
            JsonElement shared = await companion.AskAsync("share_chat", new() { ["recipients"] = new[] { "sarah@example.org" } });
            session.Answer("this stays here").Append();
            Assert.Equal(id, shared.GetProperty("shareId").GetString());
        }

        Assert.Equal((3, false), Facts(await OwnAsync($"/api/sessions/{id}")));
        Assert.Empty(Directory.GetFiles(_home.PathOf(".local", "state", "parley", "live")));
    }

    [Fact]
    public async Task In_mode_view_they_see_it_go_on()
    {
        Written session = New().Prompt("one").Append();
        Companion.Enter(_home, session.Id);
        await using Companion companion = await Companion.StartAsync(_home);

        JsonElement shared = await companion.AskAsync("share_chat", new() { ["recipients"] = new[] { "sarah@example.org" }, ["mode"] = "view" });
        session.Answer("two").Append();

        string id = shared.GetProperty("shareId").GetString()!;
        await ClaudeCode.Eventually.TrueAsync(async () => (await OwnAsync($"/api/sessions/{id}")).GetProperty("lastSeq").GetInt32() == 2);
        Assert.Contains("they read along", shared.GetProperty("message").GetString());
    }

    [Fact]
    public async Task What_is_wrong_is_said()
    {
        Companion.Enter(_home, New().Prompt("x").Save().Id);
        await using Companion companion = await Companion.StartAsync(_home);

        Assert.Contains("e-mail", await companion.FailAsync("share_chat", new() { ["recipients"] = new[] { "sarah" } }));
        Assert.Contains("no folder 'elsewhere'", await companion.FailAsync(
            "share_chat", new() { ["recipients"] = new[] { "sarah@example.org" }, ["context"] = new { files = new[] { "elsewhere" } } }));
    }

    private static (int, bool) Facts(JsonElement session) => (session.GetProperty("lastSeq").GetInt32(), session.GetProperty("ended").GetBoolean());

    private async Task<JsonElement> OwnAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", server.Key) } };
        return await client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
    }

    private Written New() => new(_home.Sessions, _home.Project);

    private sealed class Reports : IProgress<ProgressNotificationValue>
    {
        public ConcurrentQueue<string?> Messages { get; } = new();

        public void Report(ProgressNotificationValue value) => Messages.Enqueue(value.Message);
    }
}
