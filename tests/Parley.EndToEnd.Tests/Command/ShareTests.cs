using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class ShareTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    [Fact]
    public async Task The_link_alone_is_printed_and_leads_to_the_session()
    {
        New().Prompt("Is it high water?").Answer("At noon.").Save();
        Result result = await _home.RunAsync("share");
        Assert.Matches($@"^{server.Address}/s/[A-Za-z0-9_-]{{12}}\n$", result.Succeeded());
        Assert.Empty(result.Error);
        JsonElement messages = await server.MessagesAsync(result.Out.Trim().Split('/')[^1]);
        Assert.Equal(["user", "assistant"], messages.EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("At noon.", messages[1].GetProperty("blocks")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Json_has_the_documented_members_in_order()
    {
        New().Prompt($"token {Secret.GitHubToken()} in {_home.Project}").Title("Tides").Save();
        JsonElement json = await ShareJsonAsync();
        Assert.Equal(["shareId", "url", "title", "messages", "redactions", "expiresAt"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Tides", json.GetProperty("title").GetString());
        Assert.Equal(1, json.GetProperty("messages").GetInt32());
        Assert.Equal(1, json.GetProperty("redactions").GetProperty("github-token").GetInt32());
        Assert.EndsWith("Z", json.GetProperty("expiresAt").GetString());
    }

    [Theory]
    [InlineData("30m", 30)]
    [InlineData("12h", 12 * 60)]
    [InlineData("7d", 7 * 24 * 60)]
    [InlineData("2w", 14 * 24 * 60)]
    public async Task The_link_ends_when_its_author_says(string expires, int minutes)
    {
        New().Prompt("x").Save();
        DateTimeOffset end = (await ShareJsonAsync("--expires", expires)).GetProperty("expiresAt").GetDateTimeOffset();
        Assert.Equal(minutes, (end - DateTimeOffset.UtcNow).TotalMinutes, tolerance: 2);
    }

    [Fact]
    public async Task Never_is_never()
    {
        New().Prompt("x").Save();
        Assert.Equal(JsonValueKind.Null, (await ShareJsonAsync("--expires", "never")).GetProperty("expiresAt").ValueKind);
    }

    [Fact]
    public async Task A_private_session_is_not_readable_by_its_link()
    {
        New().Prompt("x").Save();
        string open = (await ShareJsonAsync()).GetProperty("shareId").GetString()!;
        string closed = (await ShareJsonAsync("--private")).GetProperty("shareId").GetString()!;
        Assert.Equal(200, (int)(await server.GetAsync($"/api/sessions/{open}")).StatusCode);
        Assert.Equal(404, (int)(await server.GetAsync($"/api/sessions/{closed}")).StatusCode);
    }

    [Fact]
    public async Task A_private_share_says_that_its_link_is_for_its_author()
    {
        New().Prompt("x").Save();
        Result result = await _home.RunAsync("share", "--private");
        Assert.Matches($@"^{server.Address}/s/[A-Za-z0-9_-]{{12}}\n$", result.Succeeded());
        Assert.Equal("private: only you can read it, with your key\n", result.Error);
        Assert.Empty((await _home.RunAsync("share", "--private", "--json")).Error);
    }

    [Fact]
    public async Task What_is_shared_is_listed_and_can_be_taken_back()
    {
        New().Prompt("x").Title("Taken back").Save();
        string id = (await ShareJsonAsync()).GetProperty("shareId").GetString()!;
        string[] row = (await _home.RunAsync("list")).Succeeded().Split('\n').Single(line => line.StartsWith(id)).Split("  ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([id, "Taken back", "1", "link", "0", "in 30 days", $"{server.Address}/s/{id}"], row.Select(cell => cell.Trim()));
        JsonElement listed = JsonDocument.Parse((await _home.RunAsync("list", "--json")).Succeeded()).RootElement.EnumerateArray()
            .Single(s => s.GetProperty("shareId").GetString() == id);
        Assert.Equal($"{server.Address}/s/{id}", listed.GetProperty("url").GetString());

        Assert.Empty((await _home.RunAsync("unshare", $"{server.Address}/s/{id}?at=1#e1")).Succeeded());
        Assert.Equal(404, (int)(await server.GetAsync($"/api/sessions/{id}")).StatusCode);
        Result again = await _home.RunAsync("unshare", id);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("parley list", again.Error);
    }

    [Fact]
    public async Task A_link_of_another_server_is_not_taken_for_an_id()
    {
        Result result = await _home.RunAsync("unshare", "https://parley.example/s/abcdefghijkl");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("another server", result.Error);
    }

    [Fact]
    public async Task A_preview_tells_everything_and_uploads_nothing()
    {
        string token = Secret.GitHubToken();
        string file = Path.Combine(_home.Project, "tide.cs");
        New().Prompt($"use {token}").Thinking("hm").Tool("Read", new JsonObject { ["file_path"] = file }, "class Tide { }").Title("Previewed").Save();
        string preview = (await _home.RunAsync("share", "--preview")).Succeeded();
        Assert.Contains("What goes out: Previewed", preview);
        Assert.Contains("4 of 4 (1 prompt, 1 tool call, 1 tool result, 1 thinking block)", preview);
        Assert.Contains("./tide.cs", preview);
        Assert.Matches(@"github-token\s+ghp_… \(40\)\s+1\s+entry 1", preview);
        Assert.DoesNotContain(token, preview);
        Assert.DoesNotContain("Previewed", (await _home.RunAsync("list")).Succeeded());
    }

    [Fact]
    public async Task A_preview_is_readable_by_machines()
    {
        New().Prompt($"use {Secret.GitHubToken()}").Answer("ok").Save();
        JsonElement json = JsonDocument.Parse((await _home.RunAsync("share", "--preview", "--json")).Succeeded()).RootElement;
        Assert.Equal(2, json.GetProperty("entries").GetInt32());
        JsonElement finding = json.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("entry").ValueKind == JsonValueKind.Number);
        Assert.Equal("github-token", finding.GetProperty("rule").GetString());
        Assert.Equal(1, finding.GetProperty("entry").GetInt32());
    }

    [Fact]
    public async Task A_session_beyond_its_end_cannot_begin()
    {
        New().Prompt("x").Save();
        Result result = await _home.RunAsync("share", "--from", "7");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1 entries", result.Error.Replace("entry", "entries"));
    }

    [Fact]
    public async Task A_qr_code_leaves_the_link_alone_on_stdout()
    {
        New().Prompt("x").Save();
        Result result = await _home.RunAsync("share", "--qr");
        Assert.Single(result.Succeeded().TrimEnd().Split('\n'));
        Assert.Contains("▀", result.Error);
    }

    [Theory]
    [InlineData("02-tool-use")]
    [InlineData("09-subagents")]
    [InlineData("10-compaction-manual")]
    [InlineData("27-lone-surrogate")]
    public async Task Sessions_of_the_real_client_arrive_whole(string name)
    {
        string path = Corpus.Session(name);
        int entries = (await _home.RunAsync("export", path, "--format", "json")).Succeeded().TrimEnd().Split('\n').Length;
        string json = (await _home.RunAsync("share", path, "--json")).Succeeded();
        Assert.Equal(entries, JsonDocument.Parse(json).RootElement.GetProperty("messages").GetInt32());
    }

    public void Dispose() => _home.Dispose();

    private Written New() => new(_home.Sessions, _home.Project);

    private async Task<JsonElement> ShareJsonAsync(params string[] options) =>
        JsonDocument.Parse((await _home.RunAsync(["share", "--json", .. options])).Succeeded()).RootElement;
}
