using System.Buffers;
using System.Net;
using System.Text;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>
/// A session that is shared while it goes on: follows the transcript and brings the server to where the transcript is, in order, one request
/// at a time. What it can't send now it finds again in the transcript later.
/// </summary>
internal sealed class LiveShare : IDisposable
{
    /// <summary>Entries in one request; the server takes no more.</summary>
    public const int MaxBatch = 200;

    /// <summary>Bytes of one request, unless a single entry has more.</summary>
    public const int MaxBatchBytes = 1024 * 1024;

    /// <summary>How often the server hears that the driver is there.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    /// <summary>How long the end waits for a server that does not answer.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>Among so many of the newest entries the last words of a turn are looked for.</summary>
    private const int LastWordsWithin = 4;

    private readonly ServerApi _server;
    private readonly TranscriptFollower _follower;
    private readonly Redactor _redactor;
    private readonly LiveEntries _entries;
    private readonly LiveLog _log;
    private readonly TranscriptWatch _watch = new();
    private readonly Backoff _backoff = new(TimeProvider.System);
    private long _heard = TimeProvider.System.GetTimestamp();
    private string? _problem;
    private volatile Awaited? _awaited;

    private LiveShare(ServerApi server, TranscriptFollower follower, Redactor redactor, LiveEntries entries, LiveLog log, ShareResult shared)
    {
        (_server, _follower, _redactor, _entries, _log) = (server, follower, redactor, entries, log);
        Shared = shared;
    }

    /// <summary>What the server answered when it was shared.</summary>
    public ShareResult Shared { get; }

    /// <summary>The transcript that is followed.</summary>
    public string Transcript => _follower.Path;

    public LiveStatus Status => new(_log.LastSeq, _log.Waiting, _problem);

    /// <summary>Is told after each step that changed something, on the thread that runs the share.</summary>
    public Action<LiveStatus>? Changed { get; set; }

    /// <summary>Shares a session with what is there, to go on with <see cref="RunAsync"/>.</summary>
    /// <param name="session">What to share.</param>
    /// <param name="terms">For how long and for whom.</param>
    /// <param name="fromNow">Whether nothing of what is there goes out.</param>
    /// <param name="server">Where to; it has to last as long as the share.</param>
    /// <param name="cancel">Leaves nothing on the server.</param>
    /// <exception cref="Failure">It could not be shared.</exception>
    public static async Task<LiveShare> StartAsync(OutgoingSession session, Terms terms, bool fromNow, ServerApi server, CancellationToken cancel)
    {
        var follower = TranscriptFollower.Open(session.Transcript.Info.Path);
        IReadOnlyList<TranscriptChange> changes = follower.Poll();
        if (fromNow)
            session = session with { Selection = session.Selection with { From = follower.Last + 1 } };
        var redactor = new Redactor(session.Redaction);
        var entries = new LiveEntries(follower, redactor, session.Selection);
        var log = new LiveLog();
        foreach (TranscriptChange change in changes)
        {
            entries.Learn(change.From);
            log.Take(change);
        }
        SessionHeader header = session.Header(redactor);
        if (fromNow)
            header = header with { Date = TimeProvider.System.GetUtcNow() };
        var upload = new FirstEntries(header, entries, log);
        using var body = new BundleUpload(upload.WriteAsync, follower.Path, compress: !server.Address.IsLoopback);
        ShareResult shared = await server.ShareAsync(body, terms with { IsLive = true }, cancel);
        upload.Remember();
        _ = redactor.TakeNewValues();
        return new LiveShare(server, follower, redactor, entries, log, shared with { Redactions = Upload.Sum(redactor.Report.Counts, shared.Redactions) });
    }

    /// <summary>Follows the transcript until it is asked to stop, or until the session is gone. Then the share is no longer live.</summary>
    /// <exception cref="Failure">The server refuses for good what is sent.</exception>
    public async Task<LiveEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Look();
                if (_backoff.IsOver)
                    await SendAsync(stop);
                SettleAwaited();
                await _watch.WaitAsync(_follower.Path, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is there goes out below.
        }
        catch (ServerFailure gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            return LiveEnd.Gone;
        }
        await EndAsync();
        return LiveEnd.Stopped;
    }

    /// <summary>Has the transcript looked at now.</summary>
    public void Wake() => _watch.Wake();

    /// <summary>Waits until words that were said a moment ago, which the transcript may not have yet, are on the server.</summary>
    public Task SaidAsync(string text, CancellationToken cancel)
    {
        var awaited = new Awaited(text);
        _awaited = awaited;
        Wake();
        return awaited.Done.Task.WaitAsync(cancel);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _follower.Dispose();
    }

    private void SettleAwaited()
    {
        if (_awaited is not { } awaited || _log.Waiting > 0)
            return;
        for (int number = _follower.Last; number > 0 && number > _follower.Last - LastWordsWithin; number--)
        {
            if (_follower.Read(number) is not { } entry || Blocks.FirstText(entry.Blocks.Span) is not { } text || !awaited.Text.Contains(text.Trim(), StringComparison.Ordinal))
                continue;
            Interlocked.CompareExchange(ref _awaited, null, awaited);
            awaited.Done.TrySetResult();
            return;
        }
    }

    // Everything that is new is learned before anything of it goes out.
    private void Look()
    {
        IReadOnlyList<TranscriptChange> changes;
        try
        {
            changes = _follower.Poll();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
        foreach (TranscriptChange change in changes)
        {
            if (change.Kind != ChangeKind.Rewound)
                _entries.Learn(change.From);
            _log.Take(change);
        }
        if (_redactor.TakeNewValues().Count > 0)
            _log.DoubtAll();
        if (changes.Count > 0)
            Tell();
    }

    // What must not be on the server any more is taken out before anything is added.
    private async Task SendAsync(CancellationToken cancel)
    {
        try
        {
            while (_log.Doubtful.Count > 0)
                await CorrectAsync(_log.Doubtful.First(), cancel);
            while (_log.Waiting > 0)
                await AppendAsync(cancel);
            if (TimeProvider.System.GetElapsedTime(_heard) >= Heartbeat)
                await AppendAsync(cancel);
        }
        catch (ServerFailure failure) when (failure.LastSeq is { } lastSeq && lastSeq != _log.LastSeq)
        {
            Reconcile(lastSeq);
            Wake();
        }
        catch (ServerFailure failure) when (IsPassing(failure))
        {
            _problem = failure.Message;
            _backoff.Fail(failure.RetryAfter);
            Tell();
        }
    }

    private async Task CorrectAsync(int seq, CancellationToken cancel)
    {
        LiveEntry? entry = Make(_log[seq].Item);
        if (entry is not null && entry.Digest != _log[seq].Digest)
        {
            await _server.CorrectAsync(Shared.ShareId, seq, entry.Json, cancel);
            Heard();
        }
        _log.Settled(seq, entry?.Digest ?? _log[seq].Digest);
    }

    private async Task AppendAsync(CancellationToken cancel)
    {
        List<LiveEntry?> batch = Batch();
        await _server.AppendAsync(Shared.ShareId, Request(_log.LastSeq, batch), cancel);
        Heard();
        foreach (LiveEntry? entry in batch)
        {
            if (entry is null)
                _log.LeftOut();
            else
                _log.Sent(entry.Digest);
        }
        Tell();
    }

    private List<LiveEntry?> Batch()
    {
        var batch = new List<LiveEntry?>();
        int entries = 0, bytes = 0;
        foreach (LiveItem item in _log.Next)
        {
            LiveEntry? entry = Make(item);
            if (entry is not null && entries > 0 && (entries == MaxBatch || bytes + entry.Json.Length > MaxBatchBytes))
                break;
            batch.Add(entry);
            (entries, bytes) = (entries + (entry is null ? 0 : 1), bytes + (entry?.Json.Length ?? 0));
        }
        return batch;
    }

    private LiveEntry? Make(LiveItem item)
    {
        if (!item.IsMark)
            return _entries.Make(item.From);
        return _log.PlacesOf(item) is { } places ? LiveEntries.Rewound(places.From, places.To) : null;
    }

    private static ReadOnlyMemory<byte> Request(int expectedSeq, List<LiveEntry?> batch)
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
        if (lastSeq < _log.LastSeq)
            _log.Lost(lastSeq);
        while (_log.LastSeq < lastSeq && _log.Waiting > 0)
        {
            if (Make(_log.Next.First()) is null)
            {
                _log.LeftOut();
                continue;
            }
            _log.Sent(digest: 0);
            _log.Doubt(_log.LastSeq);
        }
    }

    private async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(LastWords);
        try
        {
            Look();
            await SendAsync(patience.Token);
            await _server.EditAsync(Shared.ShareId, new SessionChange { Live = false }, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ServerFailure)
        {
            // The server will notice that nobody drives the session any more.
            _problem ??= "the server did not answer in time.";
        }
        Tell();
    }

    // What may be different next time. A request that the server doesn't take will not be taken later either.
    private static bool IsPassing(ServerFailure failure) =>
        failure.Status is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict;

    private void Heard()
    {
        _heard = TimeProvider.System.GetTimestamp();
        _backoff.Reset();
        _problem = null;
    }

    private void Tell() => Changed?.Invoke(Status);

    private sealed record Awaited(string Text)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
