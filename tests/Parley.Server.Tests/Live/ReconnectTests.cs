using Parley.Core.Sessions;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class ReconnectOnSqlite(ServerFixture<Sqlite> fixture) : ReconnectTests<Sqlite>(fixture);

public sealed class ReconnectOnPostgres(ServerFixture<Postgres> fixture) : ReconnectTests<Postgres>(fixture);

/// <summary>Whatever comes between, a reader is told of every entry once and ends with what the log has.</summary>
public abstract class ReconnectTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task With_connections_that_are_lost_at_any_moment(int seed)
    {
        string id = await Server.ShareAsync(Array.Empty<Entry>(), "?live=true");

        Task<string[]> driving = Task.Run(() => DriveAsync(id, new Random(seed)));
        string[][] seen = await Task.WhenAll(Enumerable.Range(0, 3).Select(reader => Task.Run(() => WatchAsync(id, new Random(100 * seed + reader)))));

        string[] expected = await driving;
        Assert.All(seen, texts => Assert.Equal(expected, texts));
    }

    [Fact]
    public async Task A_reader_that_falls_behind_the_ring_reads_the_log()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("entry 1")], "?live=true");
        using LiveReader slow = Open(id);
        Assert.True(await slow.WaitAsync());

        long last = 1;
        for (int round = 0; round < 4; round++)
            last = (await Server.Owner.AppendedAsync(id, last, [.. Enumerable.Range((int)last + 1, 150).Select(i => Bundles.Prompt($"entry {i}"))])).Number("lastSeq");
        (await Server.Owner.CorrectAsync(id, 1, Bundles.Prompt("corrected"))).Dispose();
        await Server.Owner.EndAsync(id);

        List<SessionEvent> events = await ToEndAsync(slow);
        Assert.Equal(Enumerable.Range(1, 601).Select(i => (long)i), events.Where(e => e.Kind == EventKind.Entry).Select(e => e.Seq));
        Assert.Equal([1L], events.Where(e => e.Kind == EventKind.Corrected).Select(e => e.Seq));
        Assert.Equal(EventKind.Ended, events[^1].Kind);
    }

    [Fact]
    public async Task Readers_share_the_formatted_events()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using LiveReader one = Open(id, 1), other = Open(id, 1);
        Assert.True(await one.WaitAsync() && await other.WaitAsync());

        await Server.Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));

        Assert.Same(await EntryAsync(one), await EntryAsync(other));
    }

    private LiveReader Open(string id, long after = 0) =>
        Server.Get<LiveFeeds>().Open(id, Caller.Anonymous, null, new StreamPosition(after, 0), out _)!;

    private static async Task<SessionEvent> EntryAsync(LiveReader reader)
    {
        while (await reader.WaitAsync())
        {
            while (reader.TryRead(out SessionEvent? next))
            {
                if (next!.Kind == EventKind.Entry)
                    return next;
            }
        }
        throw new EndOfStreamException();
    }

    private static async Task<List<SessionEvent>> ToEndAsync(LiveReader reader)
    {
        List<SessionEvent> events = [];
        while (await reader.WaitAsync())
        {
            while (reader.TryRead(out SessionEvent? next))
                events.Add(next!);
        }
        return events;
    }

    // What the log has at last.
    private async Task<string[]> DriveAsync(string id, Random random)
    {
        List<string> texts = [];
        for (int step = 0; step < 80; step++)
        {
            if (texts.Count > 0 && random.Next(3) == 0)
            {
                int index = random.Next(texts.Count);
                texts[index] += "+";
                (await Server.Owner.CorrectAsync(id, index + 1, Bundles.Prompt(texts[index]))).EnsureSuccessStatusCode().Dispose();
                continue;
            }
            string[] more = [.. Enumerable.Range(texts.Count, random.Next(1, 6)).Select(i => $"entry {i}")];
            await Server.Owner.AppendedAsync(id, texts.Count, [.. more.Select(Bundles.Prompt)]);
            texts.AddRange(more);
        }
        await Server.Owner.EndAsync(id);
        return [.. texts];
    }

    // Reads a few events, loses the connection, and comes back with what it knows, until the session has ended.
    private async Task<string[]> WatchAsync(string id, Random random)
    {
        List<string> texts = [];
        long revision = 0;
        while (true)
        {
            using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id, $"?revision={revision}", texts.Count);
            for (int patience = random.Next(1, 12); patience > 0; patience--)
            {
                if (await watcher.NextAsync() is not { } next)
                    break;
                if (next.Name == "ended")
                    return [.. texts];
                if (next.Name == "entry")
                {
                    Assert.Equal(texts.Count + 1, next.Id);
                    texts.Add(next.Text);
                }
                else if (next.Name == "corrected")
                {
                    texts[(int)next.Json.Number("seq") - 1] = next.Text;
                    revision = next.Json.Number("revision");
                }
            }
        }
    }
}
