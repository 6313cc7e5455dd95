using Parley.Server.Data;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Sessions;

public sealed class ExpiryOnSqlite : ExpiryTests<Sqlite>;

public sealed class ExpiryOnPostgres : ExpiryTests<Postgres>;

public abstract class ExpiryTests<TDatabase> where TDatabase : ITestDatabase, new()
{
    [Fact]
    public async Task An_expired_session_is_gone_at_once_for_everyone_and_swept_later()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        string shortLived = await server.ShareAsync([Bundles.Prompt("soon gone")], "?expires_in=60");
        string kept = await server.ShareAsync([Bundles.Prompt("kept")], "?expires_in=0");

        server.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(["soon gone"], await server.Anyone.TextsAsync(shortLived));

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (HttpClient client in (HttpClient[])[server.Anyone, server.Owner])
        {
            using HttpResponseMessage answer = await client.GetAsync($"/api/sessions/{shortLived}/messages");
            await answer.ProblemAsync(404);
        }
        Assert.Equal(1, (await server.Owner.JsonAsync("/api/sessions")).GetProperty("sessions").GetArrayLength());
        Assert.NotNull(await server.Get<SessionStore>().FindAsync(shortLived));

        Assert.Equal(1, await server.Get<SessionStore>().DeleteExpiredAsync(server.Clock.GetUtcNow()));
        Assert.Null(await server.Get<SessionStore>().FindAsync(shortLived));
        Assert.Equal(["kept"], await server.Anyone.TextsAsync(kept));
    }

    [Fact]
    public async Task The_sweep_comes_by_itself()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        string id = await server.ShareAsync([Bundles.Prompt("soon gone")], "?expires_in=60");

        server.Clock.Advance(Retention.Interval);

        await Eventually.TrueAsync(async () => await server.Get<SessionStore>().FindAsync(id) is null);
        Assert.Equal(0, await server.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT count(*) FROM messages", row => row.Number(0), default)));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", null)]
    public async Task The_server_says_how_long_sessions_live(string days, int? expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new() { ["SESSION_EXPIRY_DAYS"] = days });

        string id = await server.ShareAsync("one");

        SessionRecord session = (await server.Get<SessionStore>().FindAsync(id))!;
        Assert.Equal(expected is { } d ? session.CreatedAt.AddDays(d) : null, session.ExpiresAt);
    }
}
