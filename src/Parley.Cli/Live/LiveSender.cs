using System.Buffers;
using System.Net;
using System.Text;
using Parley.Cli.Servers;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>
/// Brings a session on a server to where its log has to be: corrects, then appends, one request at a time. What fails for a while is tried again;
/// what may have arrived is sent again, which the server takes once.
/// </summary>
internal sealed class LiveSender(ServerApi server, TranscriptFollower follower, LiveEntries entries, LiveLog log, LiveJournal journal)
{
    /// <summary>Entries in one request; the server takes no more.</summary>
    public const int MaxBatch = 200;

    /// <summary>Bytes of one request, unless a single entry has more.</summary>
    public const int MaxBatchBytes = 1024 * 1024;

    /// <summary>How often the server hears that the driver is there.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private readonly string _shareId = journal.Terms.ShareId;
    private readonly Backoff _backoff = new(TimeProvider.System);
    private readonly HashSet<int> _refused = [];
    private long _heard = TimeProvider.System.GetTimestamp();
    private int _batch = MaxBatch;

    /// <summary>Why the server can't be reached; null while it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>A title that the session has to get; null when it has the right one.</summary>
    public string? Title { get; set; }

    /// <summary>Sends what has to be sent, unless it is too early to try again.</summary>
    /// <returns>Whether anything came of it, for better or worse.</returns>
    /// <exception cref="ServerFailure">The session is gone, or the server refuses for good.</exception>
    public async Task<bool> SendAsync(CancellationToken cancel)
    {
        bool isDue = TimeProvider.System.GetElapsedTime(_heard) >= Heartbeat;
        if (!_backoff.IsOver || log.Doubtful.Count + log.Waiting == 0 && Title is null && !isDue)
            return false;
        try
        {
            // What must not be there any more is taken out before anything is added.
            while (log.Doubtful.Count > 0)
                await CorrectAsync(log.Doubtful.First(), cancel);
            while (log.Waiting > 0)
                await AppendAsync(cancel);
            if (Title is not null)
                await RenameAsync(Title, cancel);
            if (isDue)
                await BeatAsync(cancel);
        }
        catch (ServerFailure failure) when (failure.LastSeq is { } lastSeq && lastSeq != log.LastSeq)
        {
            Reconcile(lastSeq);
        }
        catch (ServerFailure failure) when (IsPassing(failure))
        {
            Problem = failure.Message;
            _backoff.Fail(failure.RetryAfter);
        }
        finally
        {
            journal.Flush();
        }
        return true;
    }

    /// <summary>Appends an event that the transcript does not hold, as the last thing.</summary>
    public async Task SayAsync(string what, CancellationToken cancel) =>
        await server.AppendAsync(_shareId, Request(log.LastSeq, [LiveEntries.Happened(what)]), cancel);

    /// <summary>How many are watching; null while that can't be had.</summary>
    /// <exception cref="ServerFailure">The session is gone.</exception>
    public async Task<int?> ViewersAsync(CancellationToken cancel)
    {
        try
        {
            return Problem is null ? (await server.SessionAsync(_shareId, cancel)).Viewers : null;
        }
        catch (ServerFailure failure) when (failure.Status != HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task RenameAsync(string title, CancellationToken cancel)
    {
        await server.EditAsync(_shareId, new SessionChange { Title = title }, cancel);
        Heard();
        Title = null;
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        await server.AppendAsync(_shareId, Request(log.LastSeq, []), cancel);
        Heard();
    }

    private async Task CorrectAsync(int seq, CancellationToken cancel)
    {
        SentItem known = log[seq];
        LiveEntry? entry = Make(known.Item);
        try
        {
            if (entry is not null && entry.Digest != known.Digest)
            {
                await server.CorrectAsync(_shareId, seq, entry.Json, cancel);
                Heard();
                journal.Corrected(seq, entry.Digest);
            }
            log.Settled(seq, entry?.Digest ?? known.Digest);
        }
        catch (ServerFailure failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            // The session is gone, or only this entry is: the server says which.
            await BeatAsync(cancel);
            log.Settled(seq, known.Digest);
        }
        catch (ServerFailure failure) when (IsAboutContent(failure) && _refused.Add(known.Item.From))
        {
            // Next time something stands in its place.
        }
    }

    private async Task AppendAsync(CancellationToken cancel)
    {
        List<LiveEntry?> batch = Batch();
        try
        {
            if (batch.Exists(entry => entry is not null))
                await server.AppendAsync(_shareId, Request(log.LastSeq, batch), cancel);
        }
        catch (ServerFailure failure) when (IsAboutContent(failure) && (batch.Count > 1 || _refused.Add(log.Next.First().From)))
        {
            _batch = 1;
            return;
        }
        Heard();
        foreach (LiveEntry? entry in batch)
            Remember(entry?.Digest);
        _batch = MaxBatch;
    }

    private void Remember(UInt128? digest)
    {
        LiveItem item = log.Next.First();
        if (digest is { } sent)
            log.Sent(sent);
        else
            LeaveOut(item);
        if (item.IsMark)
            journal.Rewound(item, digest);
        else if (digest is not null)
            journal.Sent(item.From, follower[item.From], digest.Value);
    }

    private void LeaveOut(LiveItem item)
    {
        if (!item.IsMark && !log.IsLeftOut(item.From))
            journal.LeftOut(item.From, follower[item.From]);
        log.LeftOut();
    }

    private List<LiveEntry?> Batch()
    {
        var batch = new List<LiveEntry?>();
        int count = 0, bytes = 0;
        foreach (LiveItem item in log.Next)
        {
            LiveEntry? entry = Make(item);
            if (entry is not null && count > 0 && (count == _batch || bytes + entry.Json.Length > MaxBatchBytes))
                break;
            batch.Add(entry);
            (count, bytes) = entry is null ? (count, bytes) : (count + 1, bytes + entry.Json.Length);
        }
        return batch;
    }

    private LiveEntry? Make(LiveItem item)
    {
        if (item.IsMark)
            return log.PlacesOf(item) is { } places ? LiveEntries.Rewound(places.From, places.To) : null;
        return _refused.Contains(item.From) ? LiveEntries.Refused : entries.Make(item.From);
    }

    private static ReadOnlyMemory<byte> Request(int expectedSeq, IEnumerable<LiveEntry?> batch)
    {
        var json = new ArrayBufferWriter<byte>();
        json.Write(Encoding.UTF8.GetBytes($$"""{"expectedSeq":{{expectedSeq}},"entries":["""));
        bool isFirst = true;
        foreach (LiveEntry entry in batch.OfType<LiveEntry>())
        {
            json.Write(isFirst ? [] : ","u8);
            json.Write(entry.Json.Span);
            isFirst = false;
        }
        json.Write("]}"u8);
        return json.WrittenMemory;
    }

    // An answer was lost, or the server has lost entries. What it has beyond what is known here was waiting to go there.
    private void Reconcile(int lastSeq)
    {
        if (lastSeq < log.LastSeq)
        {
            log.Lost(lastSeq);
            journal.Lost(lastSeq);
        }
        while (log.LastSeq < lastSeq && log.Waiting > 0)
        {
            if (Make(log.Next.First()) is null)
            {
                LeaveOut(log.Next.First());
                continue;
            }
            Remember(digest: 0);
            log.Doubt(log.LastSeq);
        }
    }

    // What may be different next time. A conversation that has moved on does not come back.
    private static bool IsPassing(ServerFailure failure) => failure.MovedTo is null && failure.Status is null or >= HttpStatusCode.InternalServerError
        or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict;

    private static bool IsAboutContent(ServerFailure failure) => failure.Status is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest;

    private void Heard()
    {
        _heard = TimeProvider.System.GetTimestamp();
        _backoff.Reset();
        Problem = null;
    }
}
