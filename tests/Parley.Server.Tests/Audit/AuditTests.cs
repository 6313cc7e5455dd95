using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Audit;

public sealed class AuditOnSqlite(ServerFixture<Sqlite> fixture) : AuditTests<Sqlite>(fixture);

public sealed class AuditOnPostgres(ServerFixture<Postgres> fixture) : AuditTests<Postgres>(fixture);

/// <summary>What an owner is told of who did what with a session.</summary>
public abstract class AuditTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task The_trail_tells_who_did_what_the_newest_first()
    {
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        string id = await Server.ShareAsync("one");
        JsonElement share = await Server.ShareByTokenAsync(id, new { name = "phone" });
        string token = share.Text("shareToken"), shares = $"/api/sessions/{id}/shares";
        using HttpClient holder = Server.ClientWith(token);
        Func<Task>[] steps =
        [
            () => Server.Anyone.GetStringAsync($"/s/{id}"),
            () => Server.Anyone.GetStringAsync($"/t/{token}"),
            () => holder.TextsAsync(id),
            () => Server.Owner.GetByteArrayAsync($"/api/sessions/{id}/bundle"),
            () => Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "Other" }),
            () => Server.Owner.PatchAsJsonAsync($"{shares}/{share.Text("shareId")}", new { expiresIn = 60 }),
            () => Server.Owner.DeleteAsync($"{shares}/{share.Text("shareId")}"),
            () => Server.Owner.DeleteAsync($"{shares}/link"),
        ];
        foreach (Func<Task> step in steps)
        {
            Server.Clock.Advance(TimeSpan.FromSeconds(1));
            await step();
        }

        Assert.Equal(
            [
                ("owner", "revoked", "link"), ("owner", "revoked", "token phone"), ("owner", "edited", "token phone"), ("owner", "edited", null),
                ("owner", "readBundle", null), ("token phone, this machine", "readMessages", null), ("token phone, this machine", "readPage", null),
                ("this machine", "readPage", null), ("owner", "shared", "token phone"), ("owner", "shared", "link"),
            ],
            await TrailAsync(id));
    }

    [Fact]
    public async Task What_is_done_again_and_again_counts_once_in_a_while()
    {
        string id = await Server.ShareAsync("one");
        for (int i = 0; i < 10; i++)
            await Server.Anyone.GetStringAsync($"/s/{id}?q={i}");
        Assert.Single(await TrailAsync(id), e => e.What == "readPage");

        Server.Clock.Advance(AuditTrail.Window);
        await Server.Anyone.GetStringAsync($"/s/{id}/prompts");

        Assert.Equal(2, (await TrailAsync(id)).Count(e => e.What == "readPage"));
    }

    [Fact]
    public async Task Streams_stand_in_it_from_their_beginning_to_their_end()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using (HttpResponseMessage stream = await Server.Anyone.GetAsync($"/api/sessions/{id}/events", HttpCompletionOption.ResponseHeadersRead))
            await Eventually.TrueAsync(async () => (await TrailAsync(id)).Any(e => e.What == "streamOpened"));

        await Eventually.TrueAsync(async () => (await TrailAsync(id)).Any(e => e.What == "streamClosed"));
    }

    [Fact]
    public async Task Who_is_refused_is_no_reader()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?private=true");
        using HttpResponseMessage refused = await Server.Anyone.GetAsync($"/s/{id}");

        Assert.Empty(await TrailAsync(id));
        Assert.Equal(0, await ReadersAsync(id));
    }

    [Fact]
    public async Task Readers_are_counted_once_each_and_the_owner_not_at_all()
    {
        string id = await Server.ShareAsync("one");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        for (int i = 0; i < 3; i++)
        {
            await Server.Owner.GetStringAsync($"/s/{id}");
            await Server.Anyone.GetStringAsync($"/s/{id}");
            await Server.Anyone.TextsAsync(id);
            await Server.Anyone.GetStringAsync($"/t/{token}");
            Server.Clock.Advance(AuditTrail.Window);
        }

        Assert.Equal(2, await ReadersAsync(id));
        List<string> stored = await Server.Get<Database>().ReadAsync(c => c.ListAsync("SELECT reader FROM session_readers WHERE session_id = $1", row => row.Text(0), default, id));
        Assert.All(stored, reader => Assert.Matches("^[0-9a-f]{32}$", reader));
    }

    [Fact]
    public async Task It_is_written_down_by_itself_and_kept_for_its_time()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?expires_in=0");
        await server.Anyone.GetStringAsync($"/s/{id}");

        server.Clock.Advance(AuditTrail.FlushInterval);
        await Eventually.TrueAsync(async () => await CountAsync(server, "readPage") == 1);

        server.Clock.Advance(AuditTrail.Kept - AuditTrail.FlushInterval);
        Assert.Equal(1, await CountAsync(server, "readPage"));
        server.Clock.Advance(Retention.Interval);
        await Eventually.TrueAsync(async () => await CountAsync(server, "readPage") == 0);
    }

    [Fact]
    public async Task What_waits_is_written_down_at_an_orderly_end()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        string id = await server.ShareAsync("one");
        await server.Anyone.GetStringAsync($"/s/{id}");

        await server.Get<AuditTrail>().StopAsync(default);

        Assert.Equal(1, await CountAsync(server, "readPage"));
    }

    [Fact]
    public async Task A_session_that_is_gone_takes_its_trail_along_and_holds_nothing_up()
    {
        string gone = await Server.ShareAsync("one"), kept = await Server.ShareAsync("two");
        await Server.Anyone.GetStringAsync($"/s/{gone}");
        await Server.Anyone.GetStringAsync($"/s/{kept}");
        await Server.Owner.DeleteAsync($"/api/sessions/{gone}");

        Assert.Contains(await TrailAsync(kept), e => e.What == "readPage");
        Assert.Equal(0, await Server.Get<Database>().ReadAsync(c => c.FirstAsync(
            "SELECT (SELECT count(*) FROM audit_events WHERE session_id = $1) + (SELECT count(*) FROM session_readers WHERE session_id = $1)",
            row => row.Number(0), default, gone)));
    }

    [Fact]
    public async Task More_than_it_takes_is_dropped_and_no_reader_waits()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        SessionRecord session = (await server.Get<SessionStore>().FindAsync(await server.ShareAsync("one")))!;
        AuditTrail trail = server.Get<AuditTrail>();

        for (uint i = 0; i < AuditTrail.MostWaiting + 1000; i++)
            trail.Note(session, AuditAction.ReadPage, new Actor(null, null, Network.Of(new IPAddress(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((10u << 24) | (i << 8))))));
        await trail.FlushAsync(default);

        Assert.Equal(AuditTrail.MostWaiting, await CountAsync(server, "readPage"));
    }

    [Fact]
    public async Task It_comes_in_pages_for_the_owner_alone()
    {
        string id = await Server.ShareAsync("one");
        for (int i = 0; i < 5; i++)
            await Server.ShareByTokenAsync(id, new { name = $"{i}" });
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        JsonElement[] first = await PageAsync("?limit=3"), second = await PageAsync($"?limit=3&before={first[^1].Number("id")}");

        Assert.Equal(["token 4", "token 3", "token 2", "token 1", "token 0", "link"], first.Concat(second).Select(e => e.Text("detail")));
        await (await Server.Anyone.GetAsync($"/api/sessions/{id}/audit")).ProblemAsync(401);
        await (await stranger.GetAsync($"/api/sessions/{id}/audit")).ProblemAsync(404);
        await (await Server.Owner.GetAsync($"/api/sessions/{id}/audit?limit=-1")).ProblemAsync(400);

        async Task<JsonElement[]> PageAsync(string query) => [.. (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit{query}")).GetProperty("events").EnumerateArray()];
    }

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:7:1:2:3:4:5", "2001:db8:7::/48")]
    [InlineData("::1", "this machine")]
    [InlineData("127.0.0.1", "this machine")]
    [InlineData(null, "0.0.0.0/24")]
    public void Networks_are_told_and_never_the_address(string? address, string network) =>
        Assert.Equal(network, Network.Of(address is null ? null : IPAddress.Parse(address)).ToString());

    private async Task<(string Who, string What, string? Detail)[]> TrailAsync(string id) =>
        [.. (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit?limit=200")).GetProperty("events").EnumerateArray()
            .Select(e => (e.Text("who"), e.Text("what"), e.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : null))];

    private async Task<long> ReadersAsync(string id) =>
        (await Server.Owner.JsonAsync("/api/shares")).GetProperty("sessions").EnumerateArray().Single(s => s.GetProperty("session").Text("shareId") == id).Number("readers");

    private static async Task<long> CountAsync(RunningServer server, string what) => await server.Get<Database>().ReadAsync(
        c => c.FirstAsync("SELECT count(*) FROM audit_events WHERE what = $1", row => row.Number(0), default, what));
}
