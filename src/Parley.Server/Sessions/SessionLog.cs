using System.Runtime.CompilerServices;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Data;

namespace Parley.Server.Sessions;

/// <summary>The entries of sessions in their order. It does not ask who reads: see <see cref="SessionAccess"/>.</summary>
public sealed class SessionLog(Database database, Rerendering rerendering)
{
    /// <summary>About how many bytes are read at once; an entry that is larger comes alone.</summary>
    public const int BatchBytes = 4 * 1024 * 1024;

    private const string EntryColumns = "sequence, type, author, thread, model, input_tokens, output_tokens, timestamp, content_json";

    /// <summary>
    /// The HTML of at most <paramref name="limit"/> entries after the seq <paramref name="after"/>. It may be fewer where they are large, at least one;
    /// the end is reached when the last one's seq is the session's <see cref="SessionRecord.LastSeq"/>.
    /// </summary>
    public async ValueTask<IReadOnlyList<Fragment>> ReadFragmentsAsync(string id, long after, int limit, CancellationToken cancel = default)
    {
        List<StoredFragment> stored = await StoredFragmentsAsync(id, after, limit, cancel);
        if (stored.Exists(f => f.RendererVersion != EntryRenderer.Version))
        {
            await rerendering.RefreshAsync(id, ReadAsync(id, 0, long.MaxValue, cancel), cancel);
            stored = await StoredFragmentsAsync(id, after, limit, cancel);
        }
        return stored.ConvertAll(f => f.Fragment);
    }

    /// <summary>Entries after the seq <paramref name="after"/> in both their forms; fewer than there are where they are large, at least one.</summary>
    public ValueTask<IReadOnlyList<LoggedEntry>> ReadWholeAsync(string id, long after, int limit, CancellationToken cancel = default) =>
        WholeAsync(id, "sequence > $2 ORDER BY sequence LIMIT $3", [id, after, (long)limit], cancel);

    /// <summary>Entries up to the seq <paramref name="upTo"/> that were corrected after a revision, in the order of their corrections.</summary>
    public ValueTask<IReadOnlyList<LoggedEntry>> ReadCorrectedAsync(string id, long upTo, long revision, int limit, CancellationToken cancel = default) =>
        WholeAsync(id, "revision > $2 AND sequence <= $3 ORDER BY revision LIMIT $4", [id, revision, upTo, (long)limit], cancel);

    /// <summary>At most <paramref name="limit"/> entries after the seq <paramref name="after"/>. No connection is held while the consumer works.</summary>
    public async IAsyncEnumerable<StoredEntry> ReadAsync(
        string id, long after, long limit, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        while (limit > 0)
        {
            List<StoredEntry> batch = await BatchAsync(id, after, limit, cancel);
            foreach (StoredEntry entry in batch)
                yield return entry;
            if (batch.Count == 0)
                yield break;
            after = batch[^1].Seq;
            limit -= batch.Count;
        }
    }

    /// <summary>What the person went back behind, in the order in which that happened.</summary>
    public ValueTask<List<Rewind>> ReadRewindsAsync(string id, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            "SELECT from_seq, to_seq FROM rewinds WHERE share_id = $1 ORDER BY sequence", row => new Rewind(row.Number(0), row.Number(1)), cancel, id),
        cancel);

    /// <summary>One entry, e.g. for its images; null when there is none.</summary>
    public ValueTask<StoredEntry?> FindAsync(string id, long seq, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.FirstAsync($"SELECT {EntryColumns} FROM messages WHERE share_id = $1 AND sequence = $2", Map, cancel, id, seq), cancel);

    /// <summary>The first entries in which the text stands as it is (letters' case aside), in order of seq.</summary>
    public async ValueTask<IReadOnlyList<SearchHit>> SearchAsync(string id, string query, int limit, CancellationToken cancel = default)
    {
        string folded = SearchText.Fold(query.Trim());
        if (folded == "")
            return [];
        List<StoredEntry> entries = await database.ReadAsync(
            connection => connection.ListAsync(
                $"SELECT {EntryColumns} FROM messages WHERE share_id = $1 AND instr(search_text, $2) > 0 ORDER BY sequence LIMIT $3",
                Map, cancel, id, folded, (long)limit),
            cancel);
        return entries.ConvertAll(e => SearchText.Hit(e, folded));
    }

    private async ValueTask<IReadOnlyList<LoggedEntry>> WholeAsync(string id, string which, object?[] arguments, CancellationToken cancel)
    {
        List<StoredWhole> stored = await StoredWholeAsync(which, arguments, cancel);
        if (stored.Exists(e => e.RendererVersion != EntryRenderer.Version))
        {
            await rerendering.RefreshAsync(id, ReadAsync(id, 0, long.MaxValue, cancel), cancel);
            stored = await StoredWholeAsync(which, arguments, cancel);
        }
        return stored.ConvertAll(e => e.Entry);
    }

    private ValueTask<List<StoredWhole>> StoredWholeAsync(string which, object?[] arguments, CancellationToken cancel)
    {
        long bytes = 0;
        return database.ReadAsync(
            connection => connection.ListWhileAsync(
                $"SELECT {EntryColumns}, html, revision, renderer_version FROM messages WHERE share_id = $1 AND {which}",
                row => new StoredWhole(new LoggedEntry(Map(row), row.Bytes(9), row.Number(10)), row.Number(11)),
                e => (bytes += e.Entry.Stored.Entry.Blocks.Length + e.Entry.Html.Length) < BatchBytes, cancel, arguments),
            cancel);
    }

    private ValueTask<List<StoredFragment>> StoredFragmentsAsync(string id, long after, int limit, CancellationToken cancel)
    {
        long bytes = 0;
        return database.ReadAsync(
            connection => connection.ListWhileAsync(
                """
                SELECT sequence, type, thread, html, renderer_version FROM messages
                WHERE share_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
                """,
                row => new StoredFragment(
                    new Fragment(row.Number(0), EntryJson.ParseRole(row.Text(1)), row.TextOrNull(2), row.Bytes(3)), row.Number(4)),
                f => (bytes += f.Fragment.Html.Length) < BatchBytes, cancel, id, after, (long)limit),
            cancel);
    }

    private ValueTask<List<StoredEntry>> BatchAsync(string id, long after, long limit, CancellationToken cancel)
    {
        long bytes = 0;
        return database.ReadAsync(
            connection => connection.ListWhileAsync(
                $"SELECT {EntryColumns} FROM messages WHERE share_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
                Map, e => (bytes += e.Entry.Blocks.Length) < BatchBytes, cancel, id, after, Math.Min(limit, 200)),
            cancel);
    }

    private static StoredEntry Map(Row row) => new(row.Number(0), new Entry
    {
        Role = EntryJson.ParseRole(row.Text(1)),
        Author = row.TextOrNull(2),
        Thread = row.TextOrNull(3),
        Model = row.TextOrNull(4),
        Usage = row.NumberOrNull(5) is { } input ? new Usage(input, row.Number(6)) : null,
        Timestamp = row.TimeOrNull(7),
        Blocks = row.Bytes(8),
    });

    private sealed record StoredFragment(Fragment Fragment, long RendererVersion);

    private sealed record StoredWhole(LoggedEntry Entry, long RendererVersion);
}
