using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Sharing;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Sharing;

public sealed class TokensOnSqlite(ServerFixture<Sqlite> fixture) : TokenTests<Sqlite>(fixture);

public sealed class TokensOnPostgres(ServerFixture<Postgres> fixture) : TokenTests<Postgres>(fixture);

/// <summary>A session shared by a token, from the making of it to its end, over HTTP.</summary>
public abstract class TokenTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private static readonly object Picture = new { type = "image", source = new { type = "base64", media_type = "image/png", data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" } };

    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_token_opens_a_private_session_on_every_reading_route_and_its_page()
    {
        string id = await PrivateAsync("hidden words");
        JsonElement share = await Server.ShareByTokenAsync(id, new { name = "phone", expiresIn = 3600 });
        string token = share.Text("shareToken");

        Assert.Matches("^clw_share_[A-Za-z0-9_-]{43}$", token);
        Assert.Equal($"{Server.Address}/t/{token}", share.Text("url"));
        Assert.Equal(Server.Clock.GetUtcNow().AddHours(1), share.GetProperty("expiresAt").GetDateTimeOffset());
        using HttpClient holder = Server.ClientWith(token);
        Assert.Equal("hidden words", (await holder.TextsAsync(id))[0]);
        foreach (string path in (string[])[$"/api/sessions/{id}", $"/api/sessions/{id}/bundle", $"/s/{id}", $"/s/{id}/prompts", $"/s/{id}/images/2/0"])
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(holder, path));
        foreach (string path in (string[])["", "/prompts", "?q=hidden", "/images/2/0"])
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(Server.Anyone, $"/t/{token}{path}"));
    }

    [Fact]
    public async Task A_token_says_which_session_it_opens_and_no_other_caller_is_told_any()
    {
        string id = await PrivateAsync("hidden words");
        JsonElement share = await Server.ShareByTokenAsync(id);
        using HttpClient holder = Server.ClientWith(share.Text("shareToken")), stranger = Server.ClientWith(Secret.NewToken());

        Assert.Equal(id, (await holder.JsonAsync("/api/token")).Text("shareId"));
        foreach (HttpClient client in (HttpClient[])[stranger, Server.Anyone, Server.Owner])
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/api/token"));
        await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(holder, "/api/token"));
    }

    [Fact]
    public async Task The_page_of_a_token_leads_only_to_addresses_of_that_token()
    {
        string id = await PrivateAsync("hidden words");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");

        foreach (string path in (string[])["", "/prompts", "?q=hidden"])
        {
            string page = await Server.Anyone.GetStringAsync($"/t/{token}{path}");
            Assert.Contains($"/t/{token}?", page, StringComparison.Ordinal);
            Assert.DoesNotContain($"/s/{id}", page, StringComparison.Ordinal);
        }
        Assert.Contains($"/t/{token}/images/2/0", await Server.Anyone.GetStringAsync($"/t/{token}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_an_expiry_lives_a_day_and_an_endless_one_comes_with_a_warning()
    {
        string id = await PrivateAsync("one");

        JsonElement day = await Server.ShareByTokenAsync(id);
        JsonElement endless = await Server.ShareByTokenAsync(id, new { expiresIn = (long?)null });

        Assert.Equal(Server.Clock.GetUtcNow().AddDays(1), day.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.False(day.TryGetProperty("warning", out _));
        Assert.Equal(JsonValueKind.Null, endless.GetProperty("expiresAt").ValueKind);
        Assert.Equal(SharesApi.EndlessWarning, endless.Text("warning"));
    }

    [Fact]
    public async Task The_owner_sees_what_is_active_with_its_token_and_nothing_else()
    {
        string id = await PrivateAsync("one");
        JsonElement kept = await Server.ShareByTokenAsync(id, new { name = "kept" });
        JsonElement revoked = await Server.ShareByTokenAsync(id, new { name = "revoked" });
        await Server.ShareByTokenAsync(id, new { name = "short", expiresIn = 1 });
        await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{revoked.Text("shareId")}");
        Server.Clock.Advance(TimeSpan.FromSeconds(1));

        JsonElement only = Assert.Single((await Server.Owner.JsonAsync($"/api/sessions/{id}/shares")).GetProperty("shares").EnumerateArray());

        Assert.Equal((kept.Text("shareId"), "token", "kept"), (only.Text("shareId"), only.Text("kind"), only.Text("name")));
        Assert.Equal((kept.Text("shareToken"), kept.Text("url")), (only.Text("shareToken"), only.Text("url")));
    }

    [Fact]
    public async Task Revoked_expired_foreign_and_invented_tokens_are_one_404_to_the_byte_even_where_the_link_is_public()
    {
        foreach (string query in (string[])["?private=true", ""])
        {
            string id = await Server.ShareAsync([Bundles.Prompt("one")], query), other = await PrivateAsync("two");
            JsonElement revoked = await Server.ShareByTokenAsync(id), expired = await Server.ShareByTokenAsync(id, new { expiresIn = 5 });
            string foreign = (await Server.ShareByTokenAsync(other)).Text("shareToken");
            using HttpResponseMessage gone = await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{revoked.Text("shareId")}");
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
            Server.Clock.Advance(TimeSpan.FromSeconds(5));

            string[] ended = [revoked.Text("shareToken"), expired.Text("shareToken"), Secret.NewToken(), "clw_share_"];
            List<string> api = [], pages = [];
            foreach (string token in (string[])[.. ended, foreign])
            {
                using HttpClient holder = Server.ClientWith(token);
                foreach (string path in (string[])[$"/api/sessions/{id}", $"/api/sessions/{id}/messages", $"/api/sessions/{id}/bundle"])
                    api.Add(await AnswerAsync(holder, path));
                pages.Add(await AnswerAsync(holder, $"/s/{id}"));
            }
            foreach (string token in ended)
                pages.AddRange([await AnswerAsync(Server.Anyone, $"/t/{token}"), await AnswerAsync(Server.Anyone, $"/t/{token}/prompts")]);
            Assert.StartsWith("NotFound", Assert.Single(api.Distinct()), StringComparison.Ordinal);
            Assert.StartsWith("NotFound", Assert.Single(pages.Distinct()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_refusal_of_a_token_asks_the_database_equally_often()
    {
        string id = await PrivateAsync("one");
        JsonElement revoked = await Server.ShareByTokenAsync(id), expired = await Server.ShareByTokenAsync(id, new { expiresIn = 5 });
        await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{revoked.Text("shareId")}");
        Server.Clock.Advance(TimeSpan.FromSeconds(5));

        List<long> asHeader = [], asPage = [];
        foreach (string token in (string[])[revoked.Text("shareToken"), expired.Text("shareToken"), Secret.NewToken()])
        {
            using HttpClient holder = Server.ClientWith(token);
            asHeader.Add(await ReadsAsync(holder, $"/api/sessions/{id}"));
            asHeader.Add(await ReadsAsync(holder, "/api/sessions/AAAAAAAAAAAA"));
            asPage.Add(await ReadsAsync(Server.Anyone, $"/t/{token}"));
        }
        Assert.Single(asHeader.Distinct());
        Assert.Single(asPage.Distinct());
        Assert.Equal(1, await ReadsAsync(Server.Anyone, $"/s/{id}"));
    }

    [Fact]
    public async Task An_end_that_is_moved_counts_from_then_on()
    {
        string id = await PrivateAsync("one");
        JsonElement share = await Server.ShareByTokenAsync(id, new { expiresIn = 60 });
        using HttpClient holder = Server.ClientWith(share.Text("shareToken"));

        using HttpResponseMessage longer = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}", new { expiresIn = 600 });
        Server.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(HttpStatusCode.NoContent, longer.StatusCode);
        Assert.Equal(["one"], (await holder.TextsAsync(id))[..1]);

        Server.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(holder, $"/api/sessions/{id}"));
        using HttpResponseMessage revived = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}", new { expiresIn = 600 });
        await revived.ProblemAsync(404);
    }

    [Fact]
    public async Task The_public_link_is_a_share_that_is_opened_and_taken_back()
    {
        string id = await PrivateAsync("one");

        JsonElement opened = await Server.ShareSessionAsync(id, new { link = true });
        Assert.Equal(("link", $"{Server.Address}/s/{id}"), (opened.Text("shareId"), opened.Text("url")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Server.Anyone, $"/s/{id}"));
        Assert.Equal("link", Assert.Single((await Server.Owner.JsonAsync($"/api/sessions/{id}/shares")).GetProperty("shares").EnumerateArray()).Text("kind"));

        using HttpResponseMessage revoked = await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/link");
        using HttpResponseMessage again = await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/link");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await again.ProblemAsync(404);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Server.Anyone, $"/s/{id}"));

        using HttpResponseMessage edited = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { isPublic = true });
        Assert.True((await edited.JsonAsync()).GetProperty("isPublic").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Server.Anyone, $"/s/{id}"));
    }

    [Fact]
    public async Task All_of_my_sessions_stand_in_one_list_with_their_shares()
    {
        string shared = await PrivateAsync("one"), open = await Server.ShareAsync("two");
        await Server.ShareByTokenAsync(shared, new { name = "phone" });

        JsonElement[] sessions = [.. (await Server.Owner.JsonAsync("/api/shares")).GetProperty("sessions").EnumerateArray()];

        string[] Kinds(string id) => [.. sessions.Single(s => s.GetProperty("session").Text("shareId") == id).GetProperty("shares").EnumerateArray().Select(s => s.Text("kind"))];
        Assert.Equal(["token"], Kinds(shared));
        Assert.Equal(["link"], Kinds(open));
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());
        Assert.Equal(0, (await stranger.JsonAsync("/api/shares")).GetProperty("sessions").GetArrayLength());
    }

    [Fact]
    public async Task Sharing_is_the_owners_alone()
    {
        string id = await Server.ShareAsync("public");
        JsonElement share = await Server.ShareByTokenAsync(id);
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync()), holder = Server.ClientWith(share.Text("shareToken"));
        foreach ((HttpClient client, int status) in (IEnumerable<(HttpClient, int)>)[(stranger, 404), (holder, 401), (Server.Anyone, 401)])
        {
            using HttpResponseMessage made = await client.PostAsJsonAsync($"/api/sessions/{id}/share", new { token = new { } });
            using HttpResponseMessage listed = await client.GetAsync($"/api/sessions/{id}/shares");
            using HttpResponseMessage moved = await client.PatchAsJsonAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}", new { expiresIn = 9 });
            using HttpResponseMessage revoked = await client.DeleteAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}");
            foreach (HttpResponseMessage answer in (HttpResponseMessage[])[made, listed, moved, revoked])
                await answer.ProblemAsync(status);
        }
        Assert.Equal(["public"], await holder.TextsAsync(id));
    }

    [Theory]
    [InlineData("{}", "how to share")]
    [InlineData("""{"token":{"expiresIn":0}}""", "expiry")]
    [InlineData("""{"token":{"expiresIn":-1}}""", "expiry")]
    [InlineData("""{"token":{"expiresIn":99999999999}}""", "expiry")]
    [InlineData("""{"token":{"expiresIn":"60"}}""", "JSON")]
    [InlineData("""{"link":"yes"}""", "JSON")]
    [InlineData("""[]""", "JSON")]
    public async Task A_wish_to_share_that_makes_no_sense_is_refused(string body, string reason)
    {
        string id = await PrivateAsync("one");

        using HttpResponseMessage answer = await Server.Owner.PostAsync($"/api/sessions/{id}/share", new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));

        Assert.Contains(reason, await answer.ProblemAsync(400), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"expiresIn":0}""")]
    public async Task An_end_that_makes_no_sense_is_refused(string body)
    {
        string id = await PrivateAsync("one");
        string share = (await Server.ShareByTokenAsync(id)).Text("shareId");

        using HttpResponseMessage answer = await Server.Owner.PatchAsync($"/api/sessions/{id}/shares/{share}", new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));

        await answer.ProblemAsync(400);
    }

    [Fact]
    public async Task A_token_goes_with_its_session()
    {
        string id = await PrivateAsync("one");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        (await Server.Anyone.GetAsync($"/t/{token}")).EnsureSuccessStatusCode();

        await Server.Owner.DeleteAsync($"/api/sessions/{id}");

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Server.Anyone, $"/t/{token}"));
        Assert.Equal(0, await Server.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT count(*) FROM session_shares WHERE session_id = $1", row => row.Number(0), default, id)));
    }

    private Task<string> PrivateAsync(string prompt) => Server.ShareAsync([Bundles.Prompt(prompt), Bundles.Blocks(Role.User, new { type = "text", text = "see" }, Picture)], "?private=true");

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task<string> AnswerAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        string headers = string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Date").Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
        return $"{answer.StatusCode}\n{headers}\n{await answer.Content.ReadAsStringAsync()}";
    }

    // What it cost is what a stranger could measure: the least of several times, since the server's own rounds read as well.
    private async Task<long> ReadsAsync(HttpClient client, string path)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = await CountAsync();
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, path));
            least = Math.Min(least, await CountAsync() - before);
        }
        return least;
    }

    private async Task<long> CountAsync()
    {
        string metrics = await Server.Anyone.GetStringAsync("/metrics");
        return long.Parse(metrics.Split('\n').Single(line => line.StartsWith("parley_database_seconds_count{kind=\"read\"}", StringComparison.Ordinal)).Split(' ')[1], null);
    }
}
