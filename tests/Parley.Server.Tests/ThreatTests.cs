using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests;

public sealed class ThreatsOnSqlite(ServerFixture<Sqlite> fixture) : ThreatTests<Sqlite>(fixture)
{
    [Fact]
    public async Task What_was_deleted_is_in_no_file_of_the_database()
    {
        string marker = $"marker{Guid.NewGuid():N}";
        string id = await Server.ShareAsync([.. Enumerable.Repeat(new string('x', 5000) + marker, 20)]);
        Assert.Contains(Files(), file => Holds(file, marker));

        using HttpResponseMessage deleted = await Server.Owner.DeleteAsync($"/api/sessions/{id}");

        Assert.DoesNotContain(Files(), file => Holds(file, marker));
    }

    private string[] Files() => Directory.GetFiles(Server.Folder, "sessions.db*");

    private static bool Holds(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}

public sealed class ThreatsOnPostgres(ServerFixture<Postgres> fixture) : ThreatTests<Postgres>(fixture);

/// <summary>Threats that have happened in this field, as far as the server alone meets them.</summary>
public abstract class ThreatTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    protected RunningServer Server => fixture.Server;

    [Fact]
    public async Task No_answer_about_a_session_may_be_indexed_cached_or_sniffed()
    {
        string id = await Server.ShareAsync("one"), token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        (HttpClient Client, HttpMethod Method, string Path)[] requests =
        [
            (Server.Anyone, HttpMethod.Get, $"/api/sessions/{id}"),
            (Server.Anyone, HttpMethod.Get, $"/api/sessions/{id}/messages"),
            (Server.Anyone, HttpMethod.Get, $"/api/sessions/{id}/bundle"),
            (Server.Anyone, HttpMethod.Get, "/api/sessions/AAAAAAAAAAAA"),
            (Server.Anyone, HttpMethod.Get, $"/api/sessions/{id}/messages?limit=many"),
            (Server.Anyone, HttpMethod.Delete, $"/api/sessions/{id}"),
            (Server.Anyone, HttpMethod.Put, $"/api/sessions/{id}"),
            (Server.Anyone, HttpMethod.Get, $"/t/{token}"),
            (Server.Anyone, HttpMethod.Get, $"/t/{token}/prompts"),
            (Server.Anyone, HttpMethod.Get, $"/t/{token}/images/1/0"),
            (Server.Anyone, HttpMethod.Get, $"/t/{Secret.NewToken()}"),
            (Server.Anyone, HttpMethod.Get, "/rpc"),
            (Server.Owner, HttpMethod.Get, $"/api/sessions/{id}/shares"),
            (Server.Owner, HttpMethod.Get, $"/api/sessions/{id}/audit"),
            (Server.Owner, HttpMethod.Get, "/api/shares"),
            (Server.Owner, HttpMethod.Post, "/api/sign-in-links"),
            (Server.Owner, HttpMethod.Get, "/api/sessions"),
            (Server.Owner, HttpMethod.Post, "/api/sessions"),
            (Server.Owner, HttpMethod.Patch, $"/api/sessions/{id}"),
            (Server.Owner, HttpMethod.Delete, $"/api/sessions/{id}"),
            (Server.Anyone, HttpMethod.Get, $"/s/{id}/nowhere"),
        ];
        foreach ((HttpClient client, HttpMethod method, string path) in requests)
        {
            using HttpResponseMessage answer = await client.SendAsync(new HttpRequestMessage(method, path));
            Assert.Equal("noindex", Assert.Single(answer.Headers.GetValues("X-Robots-Tag")));
            Assert.True(answer.Headers.CacheControl?.NoStore, path);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task The_server_mints_the_id_whatever_the_sender_says()
    {
        string bundle = """{"parley":1,"title":"t","shareId":"AAAAAAAAAAAA","id":"AAAAAAAAAAAA","sourceId":"AAAAAAAAAAAA"}""" + "\n{\"entries\":0}\n";

        using HttpResponseMessage one = await Server.UploadAsync(Bundles.Content(bundle), "?id=AAAAAAAAAAAA&shareId=AAAAAAAAAAAA");
        using HttpResponseMessage two = await Server.UploadAsync(Bundles.Content(bundle));

        string[] ids = [(await one.JsonAsync()).Text("shareId"), (await two.JsonAsync()).Text("shareId"), "AAAAAAAAAAAA"];
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public void Ids_use_every_character_about_equally_often()
    {
        int[] counts = [.. Enumerable.Range(0, 20_000).SelectMany(_ => SessionId.New()).GroupBy(c => c).Select(g => g.Count())];

        // 240,000 draws from 62: 3,871 each, with a standard deviation of 62.
        Assert.Equal(62, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 3871 - 450, 3871 + 450));
    }

    [Fact]
    public async Task Whoever_tries_ids_is_stopped_even_where_they_would_have_hit()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_MISSES_PER_ADDRESS"] = "5" });
        string id = await server.ShareAsync("one"), token = (await server.ShareByTokenAsync(id)).Text("shareToken");
        string[] guesses = [$"/s/{SessionId.New()}", $"/api/sessions/{SessionId.New()}", $"/t/{Secret.NewToken()}", $"/sign-in/{Secret.New()}", $"/s/{SessionId.New()}/prompts"];
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage miss = await server.Anyone.GetAsync(guesses[i]);
            Assert.Equal(404, (int)miss.StatusCode);
            Assert.Equal(["one"], await (i < 4 ? server.Anyone.TextsAsync(id) : Task.FromResult<string[]>(["one"])));
        }

        string[] paths = [$"/api/sessions/{SessionId.New()}", $"/api/sessions/{id}", $"/api/sessions/{id}/bundle", $"/s/{id}", $"/s/{id}/images/1/0", $"/t/{token}", $"/sign-in/{Secret.New()}"];
        foreach (string path in paths)
        {
            using HttpResponseMessage answer = await server.Anyone.GetAsync(path);
            await answer.ProblemAsync(429);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }

    [Fact]
    public async Task Missing_expired_deleted_and_not_yours_are_one_answer_to_the_byte()
    {
        string expired = await Server.ShareAsync([Bundles.Prompt("one")], "?expires_in=1");
        string hidden = await Server.ShareAsync([Bundles.Prompt("one")], "?private=true");
        string deleted = await Server.ShareAsync("one");
        await Server.Owner.DeleteAsync($"/api/sessions/{deleted}");
        Server.Clock.Advance(TimeSpan.FromSeconds(1));

        List<string> answers = [];
        foreach (string id in (string[])[expired, hidden, deleted, SessionId.New(), "x"])
        {
            foreach (string part in (string[])["", "/messages", "/bundle"])
            {
                using HttpResponseMessage answer = await Server.Anyone.GetAsync($"/api/sessions/{id}{part}");
                string headers = string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Date").Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
                answers.Add($"{(int)answer.StatusCode}\n{headers}\n{await answer.Content.ReadAsStringAsync()}");
            }
        }
        Assert.StartsWith("404", Assert.Single(answers.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_link_never_revives_when_the_session_is_shared_again()
    {
        byte[] bundle = Bundles.Of([Bundles.Prompt("again")]);
        using HttpResponseMessage first = await Server.UploadAsync(Bundles.Content(bundle));
        string old = (await first.JsonAsync()).Text("shareId");
        await Server.Owner.DeleteAsync($"/api/sessions/{old}");

        using HttpResponseMessage second = await Server.UploadAsync(Bundles.Content(bundle));

        Assert.NotEqual(old, (await second.JsonAsync()).Text("shareId"));
        using HttpResponseMessage read = await Server.Anyone.GetAsync($"/api/sessions/{old}/messages");
        await read.ProblemAsync(404);
    }

    [Fact]
    public async Task A_token_that_was_taken_back_opens_nothing_of_the_session_any_more()
    {
        object image = new { type = "image", source = new { type = "base64", media_type = "image/png", data = "iVBORw0KGgo=" } };
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("by a subagent") with { Thread = "t1" }, Bundles.Blocks(Role.User, image)], "?private=true");
        JsonElement share = await Server.ShareByTokenAsync(id);
        string token = share.Text("shareToken");
        using HttpClient holder = Server.ClientWith(token);
        string[] pages = [$"/t/{token}", $"/t/{token}/prompts", $"/t/{token}?q=one", $"/t/{token}/images/3/0"];
        string[] data = [$"/api/sessions/{id}", $"/api/sessions/{id}/messages", $"/api/sessions/{id}/bundle", $"/api/sessions/{id}/events", $"/s/{id}/images/3/0"];
        // Read once, so that whatever is kept ready is.
        foreach (string path in pages)
            (await Server.Anyone.GetAsync(path)).EnsureSuccessStatusCode();
        foreach (string path in data)
            (await holder.GetAsync(path, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();

        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}")).EnsureSuccessStatusCode();

        foreach (string path in pages)
            Assert.Equal(404, (int)(await Server.Anyone.GetAsync(path)).StatusCode);
        foreach (string path in data)
            Assert.Equal(404, (int)(await holder.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_deleted_sessions_tokens_never_open_another_one()
    {
        byte[] bundle = Bundles.Of([Bundles.Prompt("again")]);
        using HttpResponseMessage first = await Server.UploadAsync(Bundles.Content(bundle));
        string old = (await first.JsonAsync()).Text("shareId"), token = (await Server.ShareByTokenAsync(old)).Text("shareToken");
        await Server.Owner.DeleteAsync($"/api/sessions/{old}");

        using HttpResponseMessage second = await Server.UploadAsync(Bundles.Content(bundle));
        string renewed = (await second.JsonAsync()).Text("shareId");

        Assert.NotEqual(token, (await Server.ShareByTokenAsync(renewed)).Text("shareToken"));
        Assert.Equal(404, (int)(await Server.Anyone.GetAsync($"/t/{token}")).StatusCode);
        using HttpClient holder = Server.ClientWith(token);
        await (await holder.GetAsync($"/api/sessions/{renewed}")).ProblemAsync(404);
    }

    [Fact]
    public async Task A_stolen_database_alone_opens_nothing()
    {
        string id = await Server.ShareAsync("one"), token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        Uri link = await Server.SignInLinkAsync();
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);
        string[] secrets = [token, link.Segments[^1], browser.Cookie.Split('=')[1], Server.Key];

        List<string> rows = await Server.Get<Database>().ReadAsync(c => c.ListAsync(
            """
            SELECT share_token FROM session_shares UNION ALL SELECT code_hash FROM sign_in_codes
            UNION ALL SELECT secret_hash FROM sign_ins UNION ALL SELECT key_hash FROM api_keys
            """,
            row => row.Text(0), default));
        (byte[] box, string shareId) = await Server.Get<Database>().ReadAsync(c => c.FirstAsync(
            "SELECT token_box, id FROM session_shares WHERE session_id = $1", row => (row.Bytes(0), row.Text(1)), default, id));

        Assert.All(rows, row => Assert.Matches("^[0-9a-f]{64}$", row));
        Assert.All(secrets, secret => Assert.Contains(Secret.Hash(secret), rows));
        Assert.DoesNotContain(token, Encoding.Latin1.GetString(box), StringComparison.Ordinal);
        Assert.Null(new DataKey(new byte[DataKey.Bytes]).Open(box, shareId));
        Assert.Equal(token, Server.Get<DataKey>().Open(box, shareId));
        // And the key is in another file than the database.
        Assert.True(File.Exists(Server.Get<Parley.Server.Hosting.ServerOptions>().DataKeyPath));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("X-Says", "nothing")]
    public async Task A_page_of_another_site_can_change_nothing_in_the_name_of_a_signed_in_browser(string header, string value)
    {
        string id = await Server.ShareAsync("one");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);
        (HttpMethod Method, string Path)[] requests =
        [
            (HttpMethod.Patch, $"/api/sessions/{id}"), (HttpMethod.Delete, $"/api/sessions/{id}"),
            (HttpMethod.Post, $"/api/sessions/{id}/share"), (HttpMethod.Delete, $"/api/sessions/{id}/shares/link"), (HttpMethod.Post, "/api/keys"),
            (HttpMethod.Post, "/rpc"), (HttpMethod.Post, "/sign-out"),
        ];

        foreach ((HttpMethod method, string path) in requests)
        {
            using HttpResponseMessage answer = await browser.SendAsync(method, path, new { link = false, title = "theirs", name = "theirs" }, (header, value));
            Assert.Contains("a page of this server only", await answer.ProblemAsync(403), StringComparison.Ordinal);
        }
        Assert.Equal(["one"], await Server.Anyone.TextsAsync(id));
        Assert.Equal(200, (int)(await browser.Client.GetAsync("/api/sessions")).StatusCode);
    }

    [Fact]
    public async Task Nobody_is_signed_in_as_somebody_else_by_a_page_of_another_site()
    {
        using var victim = new TestBrowser(Server);
        Uri attackersLink = await Server.SignInLinkAsync();

        using HttpResponseMessage answer = await victim.SendAsync(HttpMethod.Post, attackersLink.AbsolutePath, null, ("Origin", "https://evil.example"));

        await answer.ProblemAsync(403);
        Assert.Equal("", victim.Cookie);
    }

    [Fact]
    public async Task No_page_can_be_framed_and_the_one_that_signs_in_tells_others_nothing()
    {
        string id = await Server.ShareAsync("one"), token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        foreach (string path in (string[])["/", $"/s/{id}", $"/t/{token}", (await Server.SignInLinkAsync()).AbsolutePath, "/nowhere"])
        {
            using HttpResponseMessage page = await Server.Anyone.GetAsync(path);
            Assert.Contains("frame-ancestors 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            // Addresses hold secrets here, and no other site gets to see them.
            Assert.Contains(Assert.Single(page.Headers.GetValues("Referrer-Policy")), (string[])["no-referrer", "same-origin"]);
            Assert.True(path == "/" || page.Headers.CacheControl?.NoStore == true);
        }
    }

    [Fact]
    public async Task Secrets_are_taken_out_on_arrival_before_anything_is_cut_and_the_author_is_told()
    {
        string secret = FakeToken();
        // The secret lies across the place where a long tool result is cut.
        string result = new string('a', 480) + " " + secret + " " + new string('b', 20_000);
        Entry[] entries =
        [
            Bundles.Prompt($"first {secret} without its context"),
            Bundles.Blocks(Role.User, new { type = "tool_result", tool_use_id = "t1", content = result }),
        ];

        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content(Bundles.Of(entries, title: $"With {secret}")));

        JsonElement receipt = await answer.JsonAsync();
        Assert.True(receipt.GetProperty("redactions").EnumerateObject().Sum(r => r.Value.GetInt64()) >= 3);
        string everything = await EverythingAsync(receipt.Text("shareId"));
        Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..20], everything, StringComparison.Ordinal);
        Assert.Contains("[truncated: ", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_title_is_redacted_like_everything_else()
    {
        string id = await Server.ShareAsync("one");
        string secret = FakeToken();

        using HttpResponseMessage answer = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { title = $"My {secret}" });

        Assert.DoesNotContain(secret, await EverythingAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_author_left_out_is_in_no_byte_that_is_served()
    {
        // A sender who hides turns leaves them out of the bundle; nothing on the server may know more than the bundle.
        string id = await Server.ShareAsync("kept");

        string stored = string.Join('\n', await Server.Get<Database>().ReadAsync(c => c.ListAsync(
            "SELECT content_json || search_text FROM messages WHERE share_id = $1", row => row.Text(0), default, id)));
        Assert.Equal("[{\"type\":\"text\",\"text\":\"kept\"}]kept", stored.Trim());
    }

    [Fact]
    public async Task The_log_holds_no_content_key_or_link()
    {
        var log = new CapturedLog();
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), logs: log);
        string id = await server.ShareAsync([Bundles.Prompt("content-prompt")]);
        await server.Anyone.TextsAsync(id);
        using HttpResponseMessage broken = await server.UploadAsync(Bundles.Content("content-prompt"));
        using HttpResponseMessage edited = await server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "content-title" });
        using HttpResponseMessage key = await server.Owner.PostAsJsonAsync("/api/keys", new { name = "laptop" });
        string token = (await server.ShareByTokenAsync(id, new { name = "content-name" })).Text("shareToken");
        (await server.Anyone.GetAsync($"/t/{token}")).EnsureSuccessStatusCode();
        using TestBrowser browser = await TestBrowser.SignedInAsync(server);
        string code = (await server.SignInLinkAsync()).Segments[^1];
        (await server.Anyone.GetAsync($"/sign-in/{code}")).EnsureSuccessStatusCode();
        (await server.Owner.PostAsJsonAsync("/rpc", new { jsonrpc = "2.0", method = "session.revokeShare", @params = new { share_token = token }, id = 1 })).EnsureSuccessStatusCode();
        await server.Get<Database>().WriteAsync(c => c.ExecuteAsync("DROP TABLE messages", default));
        using HttpResponseMessage failed = await server.Anyone.GetAsync($"/api/sessions/{id}/messages");
        using HttpResponseMessage deleted = await server.Owner.DeleteAsync($"/api/sessions/{id}");
        Assert.Equal(500, (int)failed.StatusCode);

        string lines = log.ToString();

        Assert.Contains("/api/sessions/{id}/messages 500", lines, StringComparison.Ordinal);
        foreach (string forbidden in (string[])[id, "content-", server.Key, (await key.JsonAsync()).Text("key"), server.Key[3..], token, code, browser.Cookie.Split('=')[1]])
            Assert.DoesNotContain(forbidden, lines, StringComparison.Ordinal);
    }

    private async Task<string> EverythingAsync(string id)
    {
        IReadOnlyList<Fragment> fragments = await Server.Get<SessionLog>().ReadFragmentsAsync(id, 0, 100);
        List<string> searchable = await Server.Get<Database>().ReadAsync(
            c => c.ListAsync("SELECT search_text FROM messages WHERE share_id = $1", row => row.Text(0), default, id));
        return await Server.Anyone.GetStringAsync($"/api/sessions/{id}")
            + await Server.Anyone.GetStringAsync($"/api/sessions/{id}/bundle")
            + string.Concat(fragments.Select(f => Encoding.UTF8.GetString(f.Html)))
            + string.Concat(searchable);
    }

    // The form of a GitHub token with characters drawn now.
    private static string FakeToken() => "ghp_" + System.Security.Cryptography.RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 36);

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        private readonly StringBuilder _lines = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.AppendLine($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }

        public override string ToString()
        {
            lock (_lines)
                return _lines.ToString();
        }
    }
}
