using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Parley.Server.Accounts;
using Parley.Server.Rpc;
using Parley.Server.Sessions;
using Parley.Server.Sharing;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Rpc;

public sealed class RpcOnSqlite(ServerFixture<Sqlite> fixture) : RpcTests<Sqlite>(fixture);

public sealed class RpcOnPostgres(ServerFixture<Postgres> fixture) : RpcTests<Postgres>(fixture);

/// <summary>The methods of sessions by POST.</summary>
public abstract class RpcTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_session_is_shared_for_as_long_as_is_asked()
    {
        string id = await PrivateAsync();

        JsonElement share = await ResultAsync(Server.Owner, "session.share", new { session_id = id, expires_in = 3600 });

        Assert.Equal(["shareToken", "expiresAt"], share.EnumerateObject().Select(p => p.Name));
        Assert.Equal(Server.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null), share.Text("expiresAt"));
        using HttpClient holder = Server.ClientWith(share.Text("shareToken"));
        Assert.Equal(["one"], await holder.TextsAsync(id));
    }

    [Fact]
    public async Task Without_an_expiry_it_is_a_day_and_an_endless_share_is_warned_of()
    {
        string id = await PrivateAsync();

        JsonElement day = await ResultAsync(Server.Owner, "session.share", new { session_id = id });
        JsonElement positional = await ResultAsync(Server.Owner, "session.share", new object[] { id });
        JsonElement endless = await ResultAsync(Server.Owner, "session.share", new { session_id = id, expires_in = (int?)null });

        Assert.Equal(Server.Clock.GetUtcNow().AddDays(1), day.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(day.Text("expiresAt"), positional.Text("expiresAt"));
        Assert.Equal(JsonValueKind.Null, endless.GetProperty("expiresAt").ValueKind);
        Assert.Equal(SharesApi.EndlessWarning, endless.Text("warning"));
    }

    [Fact]
    public async Task Active_shares_are_listed_until_they_are_taken_back()
    {
        string id = await PrivateAsync();
        string kept = (await ResultAsync(Server.Owner, "session.share", new { session_id = id })).Text("shareToken");
        string revoked = (await ResultAsync(Server.Owner, "session.share", new { session_id = id })).Text("shareToken");
        await ResultAsync(Server.Owner, "session.share", new { session_id = id, expires_in = 1 });
        Server.Clock.Advance(TimeSpan.FromSeconds(1));

        JsonElement ok = await ResultAsync(Server.Owner, "session.revokeShare", new { share_token = revoked });
        JsonElement shares = await ResultAsync(Server.Owner, "session.shareList", new { session_id = id });

        Assert.Equal("""{"ok":true}""", ok.GetRawText());
        JsonElement only = Assert.Single(shares.GetProperty("shares").EnumerateArray());
        Assert.Equal(["shareToken", "sessionId", "expiresAt", "createdAt"], only.EnumerateObject().Select(p => p.Name));
        Assert.Equal((kept, id), (only.Text("shareToken"), only.Text("sessionId")));
        Assert.EndsWith("Z", only.Text("createdAt"), StringComparison.Ordinal);
        using HttpClient holder = Server.ClientWith(revoked);
        await (await holder.GetAsync($"/api/sessions/{id}")).ProblemAsync(404);
        Assert.Equal(404, await ErrorAsync(Server.Owner, "session.revokeShare", new { share_token = revoked }));
    }

    [Fact]
    public async Task Sessions_are_listed_and_told_as_over_the_API()
    {
        string id = await PrivateAsync();

        JsonElement session = await ResultAsync(Server.Owner, "session.get", new { session_id = id });
        JsonElement list = await ResultAsync(Server.Owner, "session.list", null);

        Assert.Equal((id, $"{Server.Address}/s/{id}", 1), (session.Text("shareId"), session.Text("url"), session.Number("messageCount")));
        Assert.Contains(id, list.GetProperty("sessions").EnumerateArray().Select(s => s.Text("shareId")));
    }

    [Fact]
    public async Task Whoever_holds_a_token_reads_and_does_nothing_else()
    {
        string id = await PrivateAsync(), other = await PrivateAsync();
        string token = (await ResultAsync(Server.Owner, "session.share", new { session_id = id })).Text("shareToken");
        using HttpClient holder = Server.ClientWith(token);

        Assert.Equal(id, (await ResultAsync(holder, "session.get", new { session_id = id })).Text("shareId"));
        Assert.Equal(404, await ErrorAsync(holder, "session.get", new { session_id = other }));
        (string Method, object? Params)[] writing =
        [
            ("session.share", new { session_id = id }), ("session.revokeShare", new { share_token = token }), ("session.shareList", new { session_id = id }), ("session.list", null),
        ];
        foreach (HttpClient client in (HttpClient[])[holder, Server.Anyone])
        {
            foreach ((string method, object? parameters) in writing)
                Assert.Equal(401, await ErrorAsync(client, method, parameters));
        }
        // Every method is either tried here or tells readers only what they may read.
        Assert.Equal(
            Server.Get<RpcServer>().Methods.Order(),
            writing.Select(w => w.Method).Concat(["session.get", "session.subscribe", "session.unsubscribe"]).Order());
        Assert.Equal(["one"], await holder.TextsAsync(id));
    }

    [Fact]
    public async Task What_is_missing_and_what_is_not_yours_are_one_error()
    {
        string id = await PrivateAsync();
        string token = (await ResultAsync(Server.Owner, "session.share", new { session_id = id })).Text("shareToken");
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        List<string> answers = [];
        foreach (string session in (string[])[id, SessionId.New(), "x", ""])
            answers.AddRange([await PostAsync(stranger, Call("session.share", new { session_id = session })), await PostAsync(stranger, Call("session.get", new { session_id = session }))]);
        foreach (string share in (string[])[token, Secret.NewToken(), ""])
            answers.Add(await PostAsync(stranger, Call("session.revokeShare", new { share_token = share })));

        Assert.Contains("\"code\":404", Assert.Single(answers.Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"session_id":"AAAAAAAAAAAA","expires_in":0}""")]
    [InlineData("""{"session_id":"AAAAAAAAAAAA","expires_in":-5}""")]
    [InlineData("""{"session_id":"AAAAAAAAAAAA","expires_in":"3600"}""")]
    [InlineData("""{"session_id":"AAAAAAAAAAAA","expires_in":1.5}""")]
    [InlineData("""{"session_id":"AAAAAAAAAAAA","expiresIn":3600}""")]
    [InlineData("""{"session_id":5}""")]
    [InlineData("""{"session_id":null}""")]
    [InlineData("""{"session_id":"\ud800"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""["AAAAAAAAAAAA",3600,1]""")]
    public async Task Parameters_that_make_no_sense_are_refused(string parameters)
    {
        string answer = await PostAsync(Server.Owner, $$"""{"jsonrpc":"2.0","method":"session.share","params":{{parameters}},"id":1}""");

        Assert.Contains("\"code\":-32602", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_is_carried_out_in_its_order()
    {
        string id = await PrivateAsync();
        string batch = $"[{Call("session.share", new { session_id = id }, 1)},{Call("session.shareList", new { session_id = id }, 2)},{Call("session.share", new { session_id = id }, null)}]";

        JsonElement[] answers = [.. JsonDocument.Parse(await PostAsync(Server.Owner, batch)).RootElement.EnumerateArray()];

        Assert.Equal([1L, 2L], answers.Select(a => a.Number("id")));
        Assert.Equal(1, answers[1].GetProperty("result").GetProperty("shares").GetArrayLength());
        Assert.Equal(2, (await ResultAsync(Server.Owner, "session.shareList", new { session_id = id })).GetProperty("shares").GetArrayLength());
    }

    [Fact]
    public async Task Notifications_alone_get_no_body()
    {
        using HttpResponseMessage answer = await Server.Owner.PostAsync("/rpc", Json(Call("session.list", null, null)));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Following_a_session_is_for_sockets()
    {
        string id = await PrivateAsync();

        Assert.Equal(-32601, await ErrorAsync(Server.Owner, "session.subscribe", new { session_id = id }));
        using HttpResponseMessage get = await Server.Owner.GetAsync("/rpc");
        Assert.Contains("WebSocket", await get.ProblemAsync(426), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_JSON_is_refused_by_its_type_or_told_so()
    {
        using HttpResponseMessage type = await Server.Owner.PostAsync("/rpc", new StringContent(Call("session.list", null), Encoding.UTF8, "text/plain"));
        using HttpResponseMessage large = await Server.Owner.PostAsync("/rpc", Json(new string(' ', 100_000)));
        using HttpResponseMessage broken = await Server.Owner.PostAsync("/rpc", Json("{"));

        await type.ProblemAsync(415);
        await large.ProblemAsync(413);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (broken.StatusCode, broken.Content.Headers.ContentType?.MediaType));
        Assert.Equal(-32700, (await broken.JsonAsync()).GetProperty("error").Number("code"));
    }

    [Fact]
    public async Task Every_call_of_a_batch_counts_as_a_request()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_REQUESTS_PER_KEY"] = "3" });

        JsonElement[] answers = [.. JsonDocument.Parse(await PostAsync(server.Owner, $"[{string.Join(',', Enumerable.Range(1, 5).Select(n => Call("session.list", null, n)))}]")).RootElement.EnumerateArray()];

        Assert.Equal([true, true, true, false, false], answers.Select(a => a.TryGetProperty("result", out _)));
        Assert.All(answers[3..], a => Assert.Equal(429, a.GetProperty("error").Number("code")));
    }

    [Fact]
    public async Task Whoever_tries_ids_is_stopped_here_too_even_where_they_would_have_hit()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_MISSES_PER_ADDRESS"] = "4" });
        string id = await server.ShareAsync("public");
        string[] guesses = [.. Enumerable.Range(0, 4).Select(_ => SessionId.New()), id];

        JsonElement[] answers = [.. JsonDocument.Parse(await PostAsync(
            server.Anyone, $"[{string.Join(',', guesses.Select(guess => Call("session.get", new { session_id = guess })))}]")).RootElement.EnumerateArray()];

        Assert.Equal([404, 404, 404, 404, 429], answers.Select(a => a.GetProperty("error").Number("code")));
        using HttpResponseMessage page = await server.Anyone.GetAsync($"/s/{id}");
        await page.ProblemAsync(429);
    }

    private Task<string> PrivateAsync() => Server.ShareAsync([Bundles.Prompt("one")], "?private=true");

    private static async Task<JsonElement> ResultAsync(HttpClient client, string method, object? parameters)
    {
        JsonElement answer = JsonDocument.Parse(await PostAsync(client, Call(method, parameters))).RootElement;
        Assert.True(answer.TryGetProperty("result", out JsonElement result), answer.GetRawText());
        return result;
    }

    private static async Task<int> ErrorAsync(HttpClient client, string method, object? parameters) =>
        JsonDocument.Parse(await PostAsync(client, Call(method, parameters))).RootElement.GetProperty("error").GetProperty("code").GetInt32();

    private static async Task<string> PostAsync(HttpClient client, string message)
    {
        using HttpResponseMessage answer = await client.PostAsync("/rpc", Json(message));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static StringContent Json(string message) => new(message, MediaTypeHeaderValue.Parse("application/json"));

    private static string Call(string method, object? parameters, int? id = 1) => JsonSerializer.Serialize(
        new Dictionary<string, object?> { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters, ["id"] = id }
            .Where(member => member.Value is not null).ToDictionary());
}
