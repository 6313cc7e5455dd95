using System.Net;
using System.Text.Json;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class StreamOnSqlite(ServerFixture<Sqlite> fixture) : StreamTests<Sqlite>(fixture);

public sealed class StreamOnPostgres(ServerFixture<Postgres> fixture) : StreamTests<Postgres>(fixture);

/// <summary>What those who watch a session are told.</summary>
public abstract class StreamTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    private HttpClient Owner => Server.Owner;

    [Fact]
    public async Task A_late_joiner_gets_what_was_there_and_then_what_comes()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("two")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);

        Assert.Equal("one", (await watcher.NextAsync("entry")).Text);
        Assert.Equal("two", (await watcher.NextAsync("entry")).Text);
        await Owner.AppendedAsync(id, 2, Bundles.Prompt("three"));
        WatchedEvent third = await watcher.NextAsync("entry");

        Assert.Equal((3L, "three", 3L), (third.Id, third.Text, third.Json.Number("seq")));
        Assert.Equal("text/event-stream", watcher.Answer.Content.Headers.ContentType?.ToString());
        Assert.True(watcher.Answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task The_html_form_carries_the_fragment()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id, "?format=html&after=1");
        await Owner.AppendedAsync(id, 1, Bundles.Answer("two") with { Thread = "t1" });

        JsonElement entry = (await watcher.NextAsync("entry")).Json;

        Assert.Equal((2L, "assistant", "t1"), (entry.Number("seq"), entry.Text("role"), entry.Text("thread")));
        Assert.StartsWith("<article id=\"e2\"", entry.Text("html"), StringComparison.Ordinal);
        Assert.Contains("href=\"<base>?at=2#e2\"", entry.Text("html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_is_the_last_event_id_before_the_query()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Prompt("two"), Bundles.Prompt("three")], "?live=true");

        using Watcher byQuery = await Watcher.OpenAsync(Server.Anyone, id, "?after=1");
        using Watcher byId = await Watcher.OpenAsync(Server.Anyone, id, "?after=1", lastEventId: 2);

        Assert.Equal("two", (await byQuery.NextAsync("entry")).Text);
        Assert.Equal("three", (await byId.NextAsync("entry")).Text);
    }

    [Fact]
    public async Task An_entry_that_is_corrected_comes_again()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("tw")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id, "?after=2");
        await watcher.NextAsync("presence");

        using HttpResponseMessage corrected = await Owner.CorrectAsync(id, 2, Bundles.Answer("two"));

        Assert.Equal(1, (await corrected.JsonAsync()).Number("revision"));
        WatchedEvent again = await watcher.NextAsync("corrected");
        Assert.Equal((null, 2L, "two", 1L), (again.Id, again.Json.Number("seq"), again.Text, again.Json.Number("revision")));
    }

    [Fact]
    public async Task Who_comes_back_gets_the_corrections_that_it_missed()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Prompt("two"), Bundles.Prompt("three")], "?live=true");
        foreach (long seq in (long[])[1, 2, 3])
            (await Owner.CorrectAsync(id, seq, Bundles.Prompt($"corrected {seq}"))).Dispose();

        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id, "?after=2&revision=1");

        Assert.Equal("corrected 2", (await watcher.NextAsync("corrected")).Text);
        Assert.Equal("corrected 3", (await watcher.NextAsync("entry")).Text);
    }

    [Fact]
    public async Task A_session_that_is_not_live_is_told_and_ends()
    {
        string id = await Server.ShareAsync("one", "two");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);

        Assert.Equal(["presence", "entry", "entry", "ended"], await watcher.NamesToEndAsync());
    }

    [Fact]
    public async Task When_the_driver_ends_it_the_stream_ends()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("entry");

        await Owner.EndAsync(id);

        Assert.Equal("ended", (await watcher.NamesToEndAsync())[^1]);
        JsonElement session = await Server.Anyone.JsonAsync($"/api/sessions/{id}");
        Assert.Equal((false, true), (session.GetProperty("live").GetBoolean(), session.GetProperty("ended").GetBoolean()));
    }

    [Fact]
    public async Task Text_that_is_being_written_is_shown_and_not_stored()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("entry");

        (await Owner.SayAsync(id, string.Concat(Enumerable.Repeat("some words ", 100)))).Dispose();

        WatchedEvent delta = await watcher.NextAsync("delta");
        Assert.StartsWith("some words some words", delta.Json.Text("text"), StringComparison.Ordinal);
        Assert.Null(delta.Id);
        Assert.Equal(1, (await Server.Anyone.JsonAsync($"/api/sessions/{id}")).Number("messageCount"));
    }

    [Fact]
    public async Task Watchers_are_counted_and_told_of_each_other()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher first = await Watcher.OpenAsync(Server.Anyone, id);
        JsonElement alone = (await first.NextAsync("presence")).Json;
        Assert.Equal((1, true), (alone.Number("viewers"), alone.GetProperty("driver").GetBoolean()));

        using (Watcher second = await Watcher.OpenAsync(Server.Anyone, id))
        {
            await second.NextAsync("presence");
            Server.Clock.Advance(Presence.Delay);
            Assert.Equal(2, (await PresenceOfAsync(first, 2)).Number("viewers"));
            Assert.Equal(2, (await Owner.JsonAsync($"/api/sessions/{id}")).Number("viewers"));
        }
        await Eventually.TrueAsync(async () => (await Owner.JsonAsync($"/api/sessions/{id}")).Number("viewers") == 1);
        Server.Clock.Advance(Presence.Delay);
        Assert.Equal(1, (await PresenceOfAsync(first, 1)).Number("viewers"));
    }

    [Fact]
    public async Task A_driver_that_is_not_heard_of_is_away_until_it_is()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("entry");

        Server.Clock.Advance(Presence.DriverPatience);
        JsonElement away = (await watcher.NextAsync("presence")).Json;
        while (away.GetProperty("driver").GetBoolean())
            away = (await watcher.NextAsync("presence")).Json;
        await Owner.AppendedAsync(id, 1);

        Assert.True((await watcher.NextAsync("presence")).Json.GetProperty("driver").GetBoolean());
    }

    [Fact]
    public async Task A_quiet_stream_gets_a_sign_of_life()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("entry");

        Server.Clock.Advance(LiveFeeds.HeartbeatInterval);
        Server.Clock.Advance(LiveFeeds.HeartbeatInterval);

        await watcher.NextAsync("");
    }

    [Fact]
    public async Task A_deleted_session_closes_its_streams()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("entry");

        (await Owner.DeleteAsync($"/api/sessions/{id}")).EnsureSuccessStatusCode();

        Assert.Equal("revoked", (await watcher.NamesToEndAsync())[^1]);
    }

    [Fact]
    public async Task An_expired_session_closes_its_streams()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true&expires_in=3600");
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("entry");

        Server.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("revoked", (await watcher.NamesToEndAsync())[^1]);
    }

    [Fact]
    public async Task A_link_that_is_taken_back_closes_the_streams_of_its_readers_and_not_the_owners()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher reader = await Watcher.OpenAsync(Server.Anyone, id), owner = await Watcher.OpenAsync(Owner, id);
        await reader.NextAsync("entry");
        await owner.NextAsync("entry");

        await Server.ShareSessionAsync(id, new { link = false });
        await Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));

        List<string> rest = await reader.NamesToEndAsync();
        Assert.Equal("revoked", rest[^1]);
        Assert.DoesNotContain("entry", rest);
        Assert.Equal("two", (await owner.NextAsync("entry")).Text);
    }

    [Fact]
    public async Task A_session_that_may_not_be_read_is_not_watched()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true&private=true");

        using HttpResponseMessage answer = await Server.Anyone.GetAsync($"/api/sessions/{id}/events");

        await answer.ProblemAsync((int)HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> PresenceOfAsync(Watcher watcher, long viewers)
    {
        JsonElement presence;
        do
            presence = (await watcher.NextAsync("presence")).Json;
        while (presence.Number("viewers") != viewers);
        return presence;
    }
}
