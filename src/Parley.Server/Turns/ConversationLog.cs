using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>The part of a session that the agent is given: from the last compaction on, without what the person went back behind and without subagents.</summary>
public sealed class ConversationLog(Database database, SessionLog log)
{
    public async IAsyncEnumerable<StoredEntry> ReadAsync(string sessionId, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<Rewind> rewinds = await log.ReadRewindsAsync(sessionId, cancel);
        long start = await StartAsync(sessionId, rewinds, cancel);
        await foreach (StoredEntry stored in log.ReadAsync(sessionId, start - 1, long.MaxValue, cancel))
        {
            if (stored.Entry.Thread is null && !rewinds.Exists(r => r.FromSeq <= stored.Seq && stored.Seq <= r.ToSeq))
                yield return stored;
        }
    }

    // The newest compaction that was not gone back behind.
    private async ValueTask<long> StartAsync(string sessionId, List<Rewind> rewinds, CancellationToken cancel)
    {
        List<long> compactions = await database.ReadAsync(
            connection => connection.ListAsync(
                """
                SELECT sequence FROM messages
                WHERE share_id = $1 AND type = 'event' AND thread IS NULL AND instr(content_json, '"compacted"') > 0 ORDER BY sequence DESC
                """,
                row => row.Number(0), cancel, sessionId),
            cancel);
        return compactions.Find(seq => !rewinds.Exists(r => r.FromSeq <= seq && seq <= r.ToSeq)) is > 0 and var last ? last : 1;
    }
}

/// <summary>The answer that gives it to a runner, a line for each entry in the form of <see cref="EntryJson"/>.</summary>
internal sealed class ConversationStream(ConversationLog log, string sessionId) : IResult
{
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext http)
    {
        http.Response.ContentType = "application/jsonl";
        PipeWriter body = http.Response.BodyWriter;
        await foreach (StoredEntry stored in log.ReadAsync(sessionId, http.RequestAborted))
        {
            EntryJson.Write(body, stored.Entry, stored.Seq);
            body.Write("\n"u8);
            if (body.UnflushedBytes >= FlushBytes)
                await body.FlushAsync(http.RequestAborted);
        }
        await body.FlushAsync(http.RequestAborted);
    }
}
