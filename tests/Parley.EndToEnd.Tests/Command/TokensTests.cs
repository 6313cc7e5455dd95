using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Making, listing and closing what opens a session for others.</summary>
public sealed class TokensTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    [Fact]
    public async Task A_token_opens_a_private_session_and_ends_after_a_day()
    {
        string id = await ShareAsync("--private");
        Result made = await _home.RunAsync("tokens", "create", id, "--name", "Ana");
        Assert.Matches($@"^{server.Address}/t/clw_share_[A-Za-z0-9_-]{{43}}\n$", made.Succeeded());
        Assert.Equal("whoever has this link can read the session and nothing else; it ends in 24 h\n", made.Error);
        Assert.Equal(200, await StatusAsync(made.Out));
        Assert.Equal(404, await StatusAsync($"{server.Address}/s/{id}"));
    }

    [Fact]
    public async Task A_token_without_an_end_is_made_with_a_warning()
    {
        Result made = await _home.RunAsync("tokens", "create", await ShareAsync(), "--expires", "never", "--json");
        JsonElement token = JsonDocument.Parse(made.Succeeded()).RootElement;
        Assert.Equal(JsonValueKind.Null, token.GetProperty("expiresAt").ValueKind);
        Assert.NotEmpty(token.GetProperty("warning").GetString()!);
    }

    [Fact]
    public async Task Tokens_are_listed_with_their_session_and_their_end()
    {
        string id = await ShareAsync(), other = await ShareAsync();
        string link = (await _home.RunAsync("tokens", "create", $"{server.Address}/s/{id}", "--name", "review", "--expires", "7d")).Succeeded().Trim();
        string[] row = (await _home.RunAsync("tokens")).Succeeded().Split('\n').Single(line => line.Contains(id)).Split("  ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["review", id, "Tides", "in 7 days", link], row[1..].Select(cell => cell.Trim()));
        JsonElement listed = Assert.Single(JsonDocument.Parse((await _home.RunAsync("tokens", "list", id, "--json")).Succeeded()).RootElement.EnumerateArray());
        Assert.Equal(["id", "name", "sessionId", "title", "url", "token", "createdAt", "expiresAt"], listed.EnumerateObject().Select(member => member.Name));
        Assert.Equal("[]\n", (await _home.RunAsync("tokens", "list", other, "--json")).Succeeded());
    }

    [Fact]
    public async Task Sharing_by_token_gives_no_public_link()
    {
        New().Prompt("x").Title("Tides").Save();
        Result shared = await _home.RunAsync("share", "--token", "--expires", "2h");
        Assert.Matches($@"^{server.Address}/t/clw_share_[A-Za-z0-9_-]{{43}}\n$", shared.Succeeded());
        Assert.Equal("whoever has this link can read the session and nothing else; it ends in 2 h\n", shared.Error);
        Assert.Equal(200, await StatusAsync(shared.Out));
        JsonElement token = Tokens(await _home.RunAsync("tokens", "--json")).Single(t => t.GetProperty("url").GetString() == shared.Out.Trim());
        Assert.Equal(404, await StatusAsync($"{server.Address}/s/{token.GetProperty("sessionId").GetString()}"));
    }

    [Fact]
    public async Task The_list_tells_who_can_read_what()
    {
        string open = await ShareAsync(), closed = await ShareAsync("--private"), by = await ShareAsync();
        await _home.RunAsync("tokens", "create", by);
        await _home.RunAsync("tokens", "create", by);
        string[] lines = (await _home.RunAsync("list")).Succeeded().Split('\n');
        foreach ((string id, string openTo) in new[] { (open, "link"), (closed, "you alone"), (by, "link, 2 tokens") })
            Assert.Equal(openTo, lines.Single(line => line.StartsWith(id)).Split("  ", StringSplitOptions.RemoveEmptyEntries)[3].Trim());
        string json = (await _home.RunAsync("list", "--json")).Succeeded();
        JsonElement listed = JsonDocument.Parse(json).RootElement.EnumerateArray().Single(s => s.GetProperty("shareId").GetString() == by);
        Assert.Equal((2, true), (listed.GetProperty("tokens").GetInt32(), listed.GetProperty("isPublic").GetBoolean()));
        Assert.DoesNotContain("clw_share_", json);
    }

    [Fact]
    public async Task Revoking_the_id_closes_the_link_and_every_token()
    {
        string id = await ShareAsync();
        string[] ways = [$"{server.Address}/s/{id}", await TokenAsync(id), await TokenAsync(id)];
        Result revoked = await _home.RunAsync("revoke", id);
        Assert.Empty(revoked.Succeeded());
        Assert.Equal(3, revoked.Error.Split(" is closed.").Length - 1);
        Assert.Contains("Only you can read the session now.", revoked.Error);
        Assert.Equal("404 404 404", await StatusesAsync(ways));
        Assert.Contains("Nothing was open", (await _home.RunAsync("revoke", id)).Error);
        Assert.Contains(id, (await _home.RunAsync("list")).Succeeded());
    }

    [Fact]
    public async Task Revoking_a_link_or_a_token_closes_that_alone()
    {
        string id = await ShareAsync(), link = $"{server.Address}/s/{id}";
        string[] tokens = [await TokenAsync(id), await TokenAsync(id), await TokenAsync(id)];
        Assert.EndsWith("3 tokens still open it.\n", (await _home.RunAsync("revoke", link)).Error);
        Assert.Equal("404 200 200 200", await StatusesAsync([link, .. tokens]));
        (await _home.RunAsync("revoke", tokens[0], tokens[1].Split('/')[^1])).Succeeded();
        Assert.Equal("404 404 200", await StatusesAsync(tokens));
        string shareId = Tokens(await _home.RunAsync("tokens", "list", id, "--json")).Single().GetProperty("id").GetString()!;
        (await _home.RunAsync("revoke", shareId)).Succeeded();
        Assert.Equal(404, await StatusAsync(tokens[2]));
    }

    [Fact]
    public async Task Another_machine_of_the_account_revokes_what_it_has_never_seen()
    {
        string id = await ShareAsync();
        using Home other = server.NewHome();
        other.Environment["SHARE_API_KEY"] = (await _home.RunAsync("keys", "create", "other")).Succeeded().Trim();
        (await other.RunAsync("revoke", id)).Succeeded();
        Assert.Equal(404, await StatusAsync($"{server.Address}/s/{id}"));
    }

    [Theory]
    [InlineData("AAAAAAAAAAAA")]
    [InlineData("clw_share_of_nobody")]
    public async Task What_is_not_there_is_not_revoked(string name)
    {
        Result result = await _home.RunAsync("revoke", name);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("parley tokens", result.Error);
    }

    [Fact]
    public async Task A_token_does_not_name_a_session()
    {
        Result result = await _home.RunAsync("tokens", "create", "clw_share_abc");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("this is a token", result.Error);
    }

    public void Dispose() => _home.Dispose();

    private Written New() => new(_home.Sessions, _home.Project);

    private async Task<string> ShareAsync(params string[] options)
    {
        New().Prompt("x").Title("Tides").Save();
        return JsonDocument.Parse((await _home.RunAsync(["share", "--json", .. options])).Succeeded()).RootElement.GetProperty("shareId").GetString()!;
    }

    private async Task<string> TokenAsync(string id) => (await _home.RunAsync("tokens", "create", id)).Succeeded().Trim();

    private static JsonElement.ArrayEnumerator Tokens(Result result) => JsonDocument.Parse(result.Succeeded()).RootElement.EnumerateArray();

    private async Task<string> StatusesAsync(string[] urls) => string.Join(' ', await Task.WhenAll(urls.Select(StatusAsync)));

    private async Task<int> StatusAsync(string url)
    {
        using HttpResponseMessage page = await server.GetAsync(new Uri(url.Trim()).AbsolutePath);
        return (int)page.StatusCode;
    }
}
