using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Data;

public sealed class WritersOnSqlite : WriterTests<Sqlite>
{
    [Fact]
    public void The_systems_library_is_new_enough() => Assert.True(SqliteLibrary.Version >= SqliteLibrary.Oldest);
}

public sealed class WritersOnPostgres : WriterTests<Postgres>;

/// <summary>Many at once.</summary>
public abstract class WriterTests<TDatabase> where TDatabase : ITestDatabase, new()
{
    [Fact]
    public async Task Uploads_and_readers_at_the_same_time_neither_fail_nor_mix()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        Task<string>[] uploads = [.. Enumerable.Range(0, 24).Select(n => server.ShareAsync([.. Enumerable.Range(0, 100).Select(i => $"session {n} prompt {i}")]))];

        string[][] read = await Task.WhenAll(uploads.Select(async upload => await server.Anyone.TextsAsync(await upload, "?limit=200")));

        for (int n = 0; n < read.Length; n++)
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"session {n} prompt {i}"), read[n]);
    }

    [Fact]
    public async Task A_read_sees_what_was_committed_while_a_write_is_under_way()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        Database database = server.Get<Database>();
        string id = await server.ShareAsync("one");

        await database.WriteAsync(async write =>
        {
            await write.ExecuteAsync("UPDATE sessions SET title = 'Half' WHERE share_id = $1", default, id);
            Assert.Equal("A session", (await server.Get<SessionStore>().FindAsync(id))!.Title);
            return true;
        });

        Assert.Equal("Half", (await server.Get<SessionStore>().FindAsync(id))!.Title);
    }

    [Fact]
    public async Task Another_process_writes_to_the_same_database()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        string before = await server.ShareAsync("one");
        await using Database other = DatabaseOpening.Open(server.Get<ServerOptions>(), new Metrics());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(async () =>
        {
            await other.WriteAsync(c => c.ExecuteAsync("INSERT INTO accounts (name) VALUES ('other')", default));
            await server.ShareAsync($"prompt {n}");
        })));

        Assert.Equal(["one"], await server.Anyone.TextsAsync(before));
        Assert.Equal(21, await other.ReadAsync(c => c.FirstAsync("SELECT count(*) FROM sessions", row => row.Number(0), default)));
    }
}
