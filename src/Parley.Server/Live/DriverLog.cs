using System.Buffers;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Intake;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>
/// What drivers write: entries at the end of a session, and other content for entries that are there. The session's row gives out the places, in
/// the transaction that fills them, so that two drivers leave no gap and nothing twice.
/// </summary>
public sealed class DriverLog(Database database)
{
    /// <summary>Appends entries whose places begin after <paramref name="expectedSeq"/>.</summary>
    /// <returns>Whether they stand there, and the session's revision.</returns>
    internal ValueTask<(DriverOutcome Outcome, long Revision)> AppendAsync(
        string id, long expectedSeq, IReadOnlyList<EntryRow> rows, MessageRows made, Appending how, DateTimeOffset now, CancellationToken cancel) => database.WriteAsync(
        async connection =>
        {
            // The session's row is locked with the entries' places still free: what is written with them sees what it decides on as it will be kept.
            if (how.With is { } with)
            {
                if (await connection.ExecuteAsync($"UPDATE sessions SET version = version + 1 WHERE share_id = $1 AND last_seq = $2 AND {how.Condition}", cancel, id, expectedSeq) == 0)
                    return (await WhyNotAsync(connection, id, expectedSeq, cancel), 0);
                if (!await with(connection, expectedSeq))
                    return (DriverOutcome.Refused, 0);
            }
            EntryTotals totals = made.Totals;
            long? revision = await connection.FirstAsync(
                $"""
                UPDATE sessions SET last_seq = last_seq + $3, message_count = message_count + $3, total_input_tokens = total_input_tokens + $4,
                    total_output_tokens = total_output_tokens + $5, version = version + 1,
                    live_state = CASE WHEN workspace = 'closed' THEN 'ended' ELSE 'live' END, driver_seen_at = $6
                WHERE share_id = $1 AND last_seq = $2 AND {how.Condition} RETURNING revision
                """,
                row => (long?)row.Number(0), cancel, id, expectedSeq, totals.Entries, totals.InputTokens, totals.OutputTokens, now);
            if (revision is null)
                return (await WhyNotAsync(connection, id, expectedSeq, cancel), 0);
            await connection.InsertAsync(EntryRow.Table, EntryRow.Columns, Values(id, rows), cancel);
            await InsertRewindsAsync(connection, id, made.Rewinds, cancel);
            return (DriverOutcome.Done, revision.Value);
        },
        cancel);

    /// <summary>The digests of up to <paramref name="count"/> entries after a seq, as they were sent; null for what is not known.</summary>
    public ValueTask<List<byte[]?>> DigestsAsync(string id, long after, int count, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            "SELECT digest FROM messages WHERE share_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
            row => row.BytesOrNull(0), cancel, id, after, (long)count),
        cancel);

    /// <summary>Notes that the driver of a live session is there.</summary>
    public ValueTask<int> SeenAsync(string id, DateTimeOffset now, CancellationToken cancel) => database.WriteAsync(
        connection => connection.ExecuteAsync("UPDATE sessions SET driver_seen_at = $2 WHERE share_id = $1 AND live_state = 'live'", cancel, id, now), cancel);

    /// <summary>Gives entries other content, each with a revision of its own, so that a reader who has seen one of them knows what it has not seen.</summary>
    /// <returns>The session's revision afterwards; null when one of the entries is gone.</returns>
    internal ValueTask<long?> CorrectAsync(string id, IReadOnlyList<EntryRow> rows, CancellationToken cancel) => database.WriteAsync(
        async connection =>
        {
            long? revision = null;
            foreach (EntryRow row in rows)
                revision = await CorrectAsync(connection, id, row, cancel);
            return revision;
        },
        cancel);

    /// <summary>Notes what entries tell of rewinds.</summary>
    public static async ValueTask InsertRewindsAsync(Connection connection, string id, IEnumerable<(long Seq, Rewind Rewind)> rewinds, CancellationToken cancel)
    {
        foreach ((long seq, Rewind rewind) in rewinds)
        {
            await connection.ExecuteAsync(
                "INSERT INTO rewinds (share_id, sequence, from_seq, to_seq) VALUES ($1, $2, $3, $4)", cancel, id, seq, rewind.FromSeq, rewind.ToSeq);
        }
    }

    private static async ValueTask<DriverOutcome> WhyNotAsync(Connection connection, string id, long expectedSeq, CancellationToken cancel) =>
        await connection.FirstAsync("SELECT last_seq FROM sessions WHERE share_id = $1", row => (long?)row.Number(0), cancel, id) == expectedSeq
            ? DriverOutcome.Moved
            : DriverOutcome.Conflict;

    private static async ValueTask<long?> CorrectAsync(Connection connection, string id, EntryRow row, CancellationToken cancel)
    {
        // The session's row first: it is the lock.
        long? revision = await connection.FirstAsync(
            "UPDATE sessions SET revision = revision + 1, version = version + 1 WHERE share_id = $1 RETURNING revision", r => (long?)r.Number(0), cancel, id);
        Former? former = revision is null ? null : await connection.FirstAsync(
            "SELECT input_tokens, output_tokens, digest FROM messages WHERE share_id = $1 AND sequence = $2",
            r => new Former(new Usage(r.NumberOrNull(0) ?? 0, r.NumberOrNull(1) ?? 0), r.BytesOrNull(2)), cancel, id, row.Seq);
        if (former is null)
            return null;
        EntryTotals old = default(EntryTotals).With(former.Usage), now = default(EntryTotals).With(row.Entry.Usage);
        await connection.ExecuteAsync(
            "UPDATE sessions SET total_input_tokens = total_input_tokens + $2, total_output_tokens = total_output_tokens + $3 WHERE share_id = $1",
            cancel, id, now.InputTokens - old.InputTokens, now.OutputTokens - old.OutputTokens);
        await connection.ExecuteAsync("DELETE FROM messages WHERE share_id = $1 AND sequence = $2", cancel, id, row.Seq);
        await connection.ExecuteAsync("DELETE FROM rewinds WHERE share_id = $1 AND sequence = $2", cancel, id, row.Seq);
        await connection.InsertAsync(EntryRow.Table, EntryRow.Columns, Values(id, [row with { Digest = row.Digest ?? former.Digest }]), cancel);
        await connection.ExecuteAsync("UPDATE messages SET revision = $3 WHERE share_id = $1 AND sequence = $2", cancel, id, row.Seq, revision);
        if (Rewind.Of(row.Entry, row.Seq) is { } rewind)
            await InsertRewindsAsync(connection, id, [(row.Seq, rewind)], cancel);
        return revision;
    }

    // One array serves for all rows.
    private static async IAsyncEnumerable<object?[]> Values(string id, IReadOnlyList<EntryRow> rows)
    {
        object?[] values = new object?[EntryRow.Columns.Length];
        values[0] = id;
        var text = new ArrayBufferWriter<byte>();
        foreach (EntryRow row in rows)
        {
            row.Fill(values, text);
            yield return values;
        }
        await Task.CompletedTask;
    }

    private sealed record Former(Usage Usage, byte[]? Digest);
}
