using System.Net;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class AppendOnSqlite(ServerFixture<Sqlite> fixture) : AppendTests<Sqlite>(fixture);

public sealed class AppendOnPostgres(ServerFixture<Postgres> fixture) : AppendTests<Postgres>(fixture);

/// <summary>What a driver may send, and what becomes of it.</summary>
public abstract class AppendTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    private HttpClient Owner => Server.Owner;

    [Fact]
    public async Task A_live_session_may_begin_empty()
    {
        string id = await Server.ShareAsync(Array.Empty<Entry>(), "?live=true");

        JsonElement answer = await Owner.AppendedAsync(id, 0, Bundles.Prompt("one"), Bundles.Answer("two", new Usage(3, 4)));

        Assert.Equal((2, 0), (answer.Number("lastSeq"), answer.Number("revision")));
        Assert.Equal(["one", "two"], await Owner.TextsAsync(id));
        JsonElement session = await Owner.JsonAsync($"/api/sessions/{id}");
        Assert.Equal((2, 2, 3, 4), (session.Number("lastSeq"), session.Number("messageCount"), session.Number("totalInputTokens"), session.Number("totalOutputTokens")));
        Assert.True(session.GetProperty("live").GetBoolean());
    }

    [Fact]
    public async Task The_same_entries_at_the_same_place_again_have_no_effect()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        Entry[] entries = [Bundles.Prompt("two"), Bundles.Answer("three")];
        await Owner.AppendedAsync(id, 1, entries);

        JsonElement again = await Owner.AppendedAsync(id, 1, entries);
        JsonElement half = await Owner.AppendedAsync(id, 1, entries[0]);
        JsonElement uploaded = await Owner.AppendedAsync(id, 0, Bundles.Prompt("one"));
        JsonElement more = await Owner.AppendedAsync(id, 1, [.. entries, Bundles.Prompt("four")]);

        Assert.Equal((3, 2, 1, 4), (again.Number("lastSeq"), half.Number("lastSeq"), uploaded.Number("lastSeq"), more.Number("lastSeq")));
        Assert.Equal(["one", "two", "three", "four"], await Owner.TextsAsync(id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Other_entries_at_a_place_are_refused_with_the_last_seq(long expectedSeq)
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Prompt("two")], "?live=true");

        using HttpResponseMessage answer = await Owner.AppendAsync(id, expectedSeq, Bundles.Prompt("other"), Bundles.Prompt("another"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(2, (await answer.JsonAsync()).Number("lastSeq"));
        Assert.Equal(["one", "two"], await Owner.TextsAsync(id));
    }

    [Fact]
    public async Task Appending_makes_an_ended_session_live_again()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        await Owner.EndAsync(id);
        await Owner.AppendedAsync(id, 1);
        Assert.True((await Owner.JsonAsync($"/api/sessions/{id}")).GetProperty("ended").GetBoolean());

        await Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));

        Assert.True((await Owner.JsonAsync($"/api/sessions/{id}")).GetProperty("live").GetBoolean());
    }

    [Fact]
    public async Task A_correction_with_the_same_content_has_no_effect()
    {
        string id = await Server.ShareAsync([Bundles.Answer("one", new Usage(1, 1))], "?live=true");
        (await Owner.CorrectAsync(id, 1, Bundles.Answer("one, and more", new Usage(2, 3)))).EnsureSuccessStatusCode().Dispose();

        using HttpResponseMessage again = await Owner.CorrectAsync(id, 1, Bundles.Answer("one, and more", new Usage(2, 3)));

        Assert.Equal(1, (await again.JsonAsync()).Number("revision"));
        JsonElement session = await Owner.JsonAsync($"/api/sessions/{id}");
        Assert.Equal((1, 2, 3), (session.Number("revision"), session.Number("totalInputTokens"), session.Number("totalOutputTokens")));
    }

    [Fact]
    public async Task What_is_not_there_is_not_corrected()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");

        using HttpResponseMessage answer = await Owner.CorrectAsync(id, 2, Bundles.Prompt("two"));

        await answer.ProblemAsync(404);
    }

    [Fact]
    public async Task Strangers_drive_nothing()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");

        using HttpResponseMessage append = await Server.Anyone.AppendAsync(id, 1, Bundles.Prompt("two"));
        using HttpResponseMessage correct = await Server.Anyone.CorrectAsync(id, 1, Bundles.Prompt("two"));

        await append.ProblemAsync(401);
        await correct.ProblemAsync(401);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"expectedSeq\":-1}")]
    [InlineData("{\"expectedSeq\":1,\"entries\":[{}]}")]
    [InlineData("{\"expectedSeq\":1,\"entries\":[{\"role\":\"user\",\"blocks\":[]}]}x")]
    [InlineData("{\"expectedSeq\":1,\"entries\":[{\"role\":\"user\",\"blocks\":[1]}]}")]
    public async Task A_body_of_another_form_is_refused(string body)
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");

        using HttpResponseMessage answer = await Owner.PostAsync($"/api/sessions/{id}/messages", Driver.Content(body));

        Assert.Contains("expectedSeq", await answer.ProblemAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_entries_than_one_request_may_hold_are_refused()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");

        using HttpResponseMessage answer = await Owner.AppendAsync(
            id, 1, [.. Enumerable.Repeat(Bundles.Prompt("more"), Parley.Server.Live.DriverApi.MaxEntries + 1)]);

        await answer.ProblemAsync(413);
    }

    [Fact]
    public async Task A_body_that_is_larger_than_an_entry_may_be_is_refused()
    {
        await using RunningServer small = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_MAX_ENTRY_BYTES"] = "2000" });
        string id = await small.ShareAsync([Bundles.Prompt("one")], "?live=true");

        using HttpResponseMessage append = await small.Owner.AppendAsync(id, 1, Bundles.Prompt(new string('x', 3000)));
        using HttpResponseMessage correction = await small.Owner.CorrectAsync(id, 1, Bundles.Prompt(new string('x', 3000)));

        await append.ProblemAsync(413);
        await correction.ProblemAsync(413);
    }

    [Fact]
    public async Task One_address_appends_so_often()
    {
        await using RunningServer busy = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_APPENDS_PER_ADDRESS"] = "2" });
        string id = await busy.ShareAsync([Bundles.Prompt("one")], "?live=true");
        await busy.Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));
        await busy.Owner.AppendedAsync(id, 2, Bundles.Prompt("three"));

        using HttpResponseMessage answer = await busy.Owner.AppendAsync(id, 3, Bundles.Prompt("four"));

        await answer.ProblemAsync(429);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_delta_that_is_too_long_is_refused()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        string text = new('x', Parley.Server.Live.DriverApi.MaxDelta + 1);

        using HttpResponseMessage answer = await Owner.PostAsync($"/api/sessions/{id}/deltas", Driver.Content($"{{\"text\":\"{text}\"}}"));

        await answer.ProblemAsync(400);
    }

    [Fact]
    public async Task Entries_on_several_lines_stand_on_one_in_bundle_and_stream()
    {
        string id = await Server.ShareAsync(Array.Empty<Entry>(), "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        string body = "{\"expectedSeq\":0,\"entries\":[{\"role\":\"user\",\n\"blocks\":[\r\n{\"type\":\"text\",\n\"text\":\"one\"}\n]}]}";

        (await Owner.PostAsync($"/api/sessions/{id}/messages", Driver.Content(body))).EnsureSuccessStatusCode().Dispose();

        Assert.Equal("one", (await watcher.NextAsync("entry")).Text);
        Assert.Equal(3, (await Owner.GetStringAsync($"/api/sessions/{id}/bundle")).TrimEnd().Split('\n').Length);
    }
}
