using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Sessions;

public sealed class SharingOnSqlite(ServerFixture<Sqlite> fixture) : SharingTests<Sqlite>(fixture);

public sealed class SharingOnPostgres(ServerFixture<Postgres> fixture) : SharingTests<Postgres>(fixture);

/// <summary>A session from its upload to its end, over HTTP.</summary>
public abstract class SharingTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task An_uploaded_bundle_becomes_a_link()
    {
        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content(Bundles.Of([Bundles.Prompt("Hello")], title: "Fix the tide table")));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        JsonElement receipt = await answer.JsonAsync();
        Assert.Matches("^[0-9A-Za-z]{12}$", receipt.Text("shareId"));
        Assert.Equal($"{Server.Address}/s/{receipt.Text("shareId")}", receipt.Text("url"));
        Assert.Equal(receipt.Text("url"), answer.Headers.Location?.ToString());
        Assert.Equal("Fix the tide table", receipt.Text("title"));
        Assert.Equal(1, receipt.Number("messages"));
        Assert.Equal(JsonValueKind.Object, receipt.GetProperty("redactions").ValueKind);
        Assert.Equal(Server.Clock.GetUtcNow().AddDays(30), receipt.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Anyone_with_the_link_reads_what_is_known_of_the_session()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("Hello"), Bundles.Answer("Hi", new Usage(1200, 48)), Bundles.Answer("there", new Usage(300, 2))]);

        JsonElement session = await Server.Anyone.JsonAsync($"/api/sessions/{id}");

        Assert.Equal(
            ["shareId", "title", "projectName", "branch", "model", "sessionDate", "createdAt", "expiresAt", "messageCount", "totalInputTokens", "totalOutputTokens",
                "isPublic", "live", "ended", "lastSeq", "revision", "viewers"],
            session.EnumerateObject().Select(p => p.Name));
        Assert.Equal((id, "A session", "tidewatch"), (session.Text("shareId"), session.Text("title"), session.Text("projectName")));
        Assert.Equal(("main", "model-1"), (session.Text("branch"), session.Text("model")));
        Assert.Equal((3, 1500, 50), (session.Number("messageCount"), session.Number("totalInputTokens"), session.Number("totalOutputTokens")));
        Assert.EndsWith("Z", session.Text("createdAt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_come_in_pages_in_their_order()
    {
        string id = await Server.ShareAsync([.. Enumerable.Range(1, 230).Select(n => $"prompt {n}")]);

        Assert.Equal(Enumerable.Range(1, 50).Select(n => $"prompt {n}"), await Server.Anyone.TextsAsync(id));
        Assert.Equal(["prompt 229", "prompt 230"], await Server.Anyone.TextsAsync(id, "?offset=228&limit=10"));
        Assert.Empty(await Server.Anyone.TextsAsync(id, "?offset=5000"));
        JsonElement page = await Server.Anyone.JsonAsync($"/api/sessions/{id}/messages?offset=10&limit=1000");
        Assert.Equal((10, 200, 230), (page.Number("offset"), page.Number("limit"), page.Number("total")));
        Assert.Equal(Enumerable.Range(11, 200), page.GetProperty("messages").EnumerateArray().Select(m => (int)m.Number("seq")));
    }

    [Fact]
    public async Task A_downloaded_bundle_is_the_one_that_was_uploaded()
    {
        Entry[] entries =
        [
            Bundles.Prompt("Look") with { Timestamp = new DateTimeOffset(2026, 2, 26, 18, 0, 0, 123, TimeSpan.Zero), Author = "Ada" },
            Bundles.Blocks(Role.Assistant, new { type = "thinking", thinking = "…" }, new { type = "tool_use", id = "t1", name = "Bash", input = new { command = "ls" } })
                with { Model = "model-1", Usage = new Usage(5, 7) },
            Bundles.Blocks(Role.User, new { type = "tool_result", tool_use_id = "t1", content = "a\u0000b" }) with { Thread = "t0" },
            Bundles.Blocks(Role.Event, new { type = "event", @event = "compacted" }),
        ];
        string id = await Server.ShareAsync(entries);

        byte[] downloaded = await Server.Anyone.GetByteArrayAsync($"/api/sessions/{id}/bundle");

        var reader = new BundleReader(System.IO.Pipelines.PipeReader.Create(new MemoryStream(downloaded)));
        SessionHeader header = await reader.ReadHeaderAsync();
        Assert.Equal(("A session", "tidewatch", "main", "claude-code"), (header.Title, header.Project, header.Branch, header.Agent));
        List<Entry> read = await reader.ReadEntriesAsync().ToListAsync();
        Assert.Equal(entries.Select(Written), read.Select(Written));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_bundle_is_taken_in(string encoding)
    {
        byte[] bundle = Bundles.Compress(Bundles.Of([Bundles.Prompt("small on the wire")]), encoding);

        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content(bundle, encoding));

        string id = (await answer.JsonAsync()).Text("shareId");
        Assert.Equal(["small on the wire"], await Server.Anyone.TextsAsync(id));
    }

    [Fact]
    public async Task What_no_text_column_takes_is_still_taken_in()
    {
        const string Line = """{"role":"user","author":"a\u0000\ud800","model":"\u0000","thread":"\u0000","blocks":[{"type":"text","text":"nul \u0000 and \ud800 half"}]}""";
        string bundle = $$"""{"parley":1,"title":"t\u0000\ud800","project":"\u0000","branch":"\u0000"}""" + $"\n{Line}\n{{\"entries\":1}}\n";

        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content(bundle));

        string id = (await answer.JsonAsync()).Text("shareId");
        byte[] messages = await Server.Anyone.GetByteArrayAsync($"/api/sessions/{id}/messages");
        Assert.Contains("nul ", System.Text.Encoding.UTF8.GetString(messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_without_entries_is_an_empty_session()
    {
        string id = await Server.ShareAsync([]);

        Assert.Empty(await Server.Anyone.TextsAsync(id));
        Assert.Equal(0, (await Server.Anyone.JsonAsync($"/api/sessions/{id}")).Number("messageCount"));
    }

    [Fact]
    public async Task Entries_of_several_megabytes_come_back_whole()
    {
        string[] prompts = [.. Enumerable.Range(0, 4).Select(n => new string((char)('a' + n), 3_000_000))];

        string id = await Server.ShareAsync(prompts);

        Assert.Equal(prompts, await Server.Anyone.TextsAsync(id));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("hello\n", "line 1")]
    [InlineData("{\"parley\":2,\"title\":\"t\"}\n", "version 2")]
    [InlineData("{\"parley\":1}\n", "needs a title")]
    [InlineData("{\"parley\":1,\"title\":\"t\"}\n{\"role\":\"user\",\"blocks\":[]}\n", "cut off after 1")]
    [InlineData("{\"parley\":1,\"title\":\"t\"}\n{\"role\":\"user\",\"blo", "line 2")]
    [InlineData("{\"parley\":1,\"title\":\"t\"}\n{\"role\":\"king\",\"blocks\":[]}\n{\"entries\":1}\n", "line 2")]
    [InlineData("{\"parley\":1,\"title\":\"t\"}\n{\"role\":\"user\",\"blocks\":[]}\n{\"entries\":2}\n", "announces 2 entries and holds 1")]
    [InlineData("{\"parley\":1,\"title\":\"t\"}\n{\"entries\":0}\nmore\n", "after its end line")]
    public async Task What_is_not_a_whole_bundle_is_refused_and_leaves_nothing(string bundle, string reason)
    {
        int before = await SessionsAsync();

        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content(bundle));

        Assert.Contains(reason, await answer.ProblemAsync(400), StringComparison.Ordinal);
        Assert.Equal(before, await SessionsAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_that_is_not_compressed_as_it_says_is_refused(string encoding)
    {
        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content([.. Enumerable.Repeat((byte)0xFF, 100)], encoding));

        Assert.Contains("Content-Encoding", await answer.ProblemAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_media_type_or_encoding_is_refused()
    {
        using HttpResponseMessage type = await Server.UploadAsync(new StringContent("{}"));
        using HttpResponseMessage encoding = await Server.UploadAsync(Bundles.Content([1], "zstd"));

        await type.ProblemAsync(415);
        Assert.Contains("gzip or br", await encoding.ProblemAsync(415), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_author_chooses_when_the_session_ends()
    {
        using HttpResponseMessage hour = await Server.UploadAsync(Bundles.Content(Bundles.Of([])), "?expires_in=3600");
        using HttpResponseMessage never = await Server.UploadAsync(Bundles.Content(Bundles.Of([])), "?expires_in=0");

        Assert.Equal(Server.Clock.GetUtcNow().AddHours(1), (await hour.JsonAsync()).GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, (await never.JsonAsync()).GetProperty("expiresAt").ValueKind);
    }

    [Theory]
    [InlineData("?expires_in=-1")]
    [InlineData("?expires_in=99999999999999")]
    [InlineData("?expires_in=soon")]
    [InlineData("?private=maybe")]
    public async Task A_wish_that_makes_no_sense_is_refused(string query)
    {
        using HttpResponseMessage answer = await Server.UploadAsync(Bundles.Content(Bundles.Of([])), query);

        await answer.ProblemAsync(400);
    }

    [Fact]
    public async Task A_private_session_is_its_owners_alone()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("mine")], "?private=true");

        Assert.Equal(["mine"], await Server.Owner.TextsAsync(id));
        foreach (string path in (string[])["", "/messages", "/bundle"])
        {
            using HttpResponseMessage answer = await Server.Anyone.GetAsync($"/api/sessions/{id}{path}");
            await answer.ProblemAsync(404);
        }
    }

    [Fact]
    public async Task The_list_shows_the_newest_session_first_with_its_link()
    {
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        string older = await Server.ShareAsync("one");
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        string newer = await Server.ShareAsync("two");

        JsonElement[] sessions = [.. (await Server.Owner.JsonAsync("/api/sessions")).GetProperty("sessions").EnumerateArray()];

        Assert.Equal([newer, older], sessions.Take(2).Select(s => s.Text("shareId")));
        Assert.Equal($"{Server.Address}/s/{newer}", sessions[0].Text("url"));
    }

    [Fact]
    public async Task Its_owner_renames_a_session_and_moves_its_end()
    {
        string id = await Server.ShareAsync("one");

        using HttpResponseMessage answer = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "Better", expiresIn = 60 });

        JsonElement session = await answer.JsonAsync();
        Assert.Equal("Better", session.Text("title"));
        Assert.Equal(Server.Clock.GetUtcNow().AddMinutes(1), session.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task What_an_edit_leaves_out_stays()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?expires_in=0");

        using HttpResponseMessage answer = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "Better" });
        using HttpResponseMessage nothing = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { });

        Assert.Equal("Better", (await nothing.JsonAsync()).Text("title"));
        Assert.Equal(JsonValueKind.Null, (await answer.JsonAsync()).GetProperty("expiresAt").ValueKind);
    }

    [Theory]
    [InlineData("""{"title":" "}""")]
    [InlineData("""{"title":5}""")]
    [InlineData("""{"expiresIn":-5}""")]
    [InlineData("""{"expiresIn":"60"}""")]
    [InlineData("""{"title":""")]
    [InlineData("")]
    public async Task An_edit_that_makes_no_sense_is_refused(string body)
    {
        string id = await Server.ShareAsync("one");

        using HttpResponseMessage answer = await Server.Owner.PatchAsync(
            $"/api/sessions/{id}", new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));

        Assert.NotEmpty(await answer.ProblemAsync(400));
    }

    [Fact]
    public async Task Without_a_key_nothing_changes()
    {
        string id = await Server.ShareAsync("one");

        using HttpResponseMessage upload = await Server.UploadAsync(Bundles.Content(Bundles.Of([])), client: Server.Anyone);
        using HttpResponseMessage list = await Server.Anyone.GetAsync("/api/sessions");
        using HttpResponseMessage edit = await Server.Anyone.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "Hers" });
        using HttpResponseMessage delete = await Server.Anyone.DeleteAsync($"/api/sessions/{id}");

        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[upload, list, edit, delete])
        {
            Assert.Contains("API key", await answer.ProblemAsync(401), StringComparison.Ordinal);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }
        Assert.Equal("A session", (await Server.Anyone.JsonAsync($"/api/sessions/{id}")).Text("title"));
    }

    [Fact]
    public async Task A_deleted_session_is_gone_with_everything()
    {
        string id = await Server.ShareAsync("one", "two");

        using HttpResponseMessage deleted = await Server.Owner.DeleteAsync($"/api/sessions/{id}");
        using HttpResponseMessage again = await Server.Owner.DeleteAsync($"/api/sessions/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await again.ProblemAsync(404);
        Assert.Null(await Server.Get<SessionStore>().FindAsync(id));
        Assert.Empty(await Server.Get<SessionLog>().ReadAsync(id, 0, 10).ToListAsync());
        Assert.Null(await Server.Get<SessionLog>().FindAsync(id, 1));
        Assert.Empty(await Server.Get<SessionLog>().ReadFragmentsAsync(id, 0, 10));
    }

    [Theory]
    [InlineData("?offset=-1")]
    [InlineData("?limit=-1")]
    [InlineData("?limit=many")]
    public async Task A_page_that_makes_no_sense_is_refused(string query)
    {
        string id = await Server.ShareAsync("one");

        using HttpResponseMessage answer = await Server.Anyone.GetAsync($"/api/sessions/{id}/messages{query}");

        await answer.ProblemAsync(400);
    }

    [Theory]
    [InlineData("/api/sessions/%01%01%01%01%01%01%01%01%01%01%01%01")]
    [InlineData("/api/sessions/%F0%9F%92%A9/bundle")]
    [InlineData("/api/sessions/AAAAAAAAAAA'/messages")]
    [InlineData("/api/sessions/no")]
    [InlineData("/api/nowhere")]
    public async Task What_is_not_there_is_a_problem_and_no_crash(string path)
    {
        using HttpResponseMessage answer = await Server.Anyone.GetAsync(path);

        await answer.ProblemAsync(404);
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_have_is_named_so()
    {
        using HttpResponseMessage answer = await Server.Anyone.PutAsync("/api/sessions", null);

        await answer.ProblemAsync(405);
        Assert.Equal(["GET", "POST"], answer.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("PATCH", "/api/sessions/AAAAAAAAAAAA", 401)]
    [InlineData("POST", "/api/keys", 401)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("PUT", "/api/sessions", 405)]
    public async Task What_is_refused_before_a_route_is_reached_says_what_to_do(string method, string address, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using HttpResponseMessage answer = await Server.Anyone.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotEmpty((await answer.JsonAsync()).GetProperty("detail").GetString()!);
    }

    private async Task<int> SessionsAsync() => (await Server.Owner.JsonAsync("/api/sessions")).GetProperty("sessions").GetArrayLength();

    private static string Written(Entry entry)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        EntryJson.Write(json, entry);
        return System.Text.Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
