using System.Net;
using Parley.Cli.Homecoming;
using Parley.Cli.Pausing;
using Parley.Cli.Promoting;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>
/// A session that is shared while it goes on: follows the transcript and brings the server to where the transcript is. It holds no content:
/// what it can't send now it finds again in the transcript later, and after its process has died another one goes on by its journal.
/// </summary>
internal sealed class LiveShare : IDisposable
{
    /// <summary>How long the end waits for a server that does not answer.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>Among so many of the newest entries the last words of a turn are looked for.</summary>
    private const int LastEntries = 4;

    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(5);

    private readonly ServerApi _server;
    private readonly TranscriptFollower _follower;
    private readonly Redactor _redactor;
    private readonly LiveEntries _entries;
    private readonly LiveLog _log;
    private readonly LiveJournal _journal;
    private readonly LiveSender _sender;
    private readonly LiveTitle _title;
    private readonly TranscriptWatch _watch = new();
    private volatile Awaited? _awaited;
    private readonly Queue<int> _unlearned = [];
    private int? _viewers;
    private long _counted;

    // So much of the transcript is on the server for certain.
    private long _mirrored;

    private LiveShare(
        ServerApi server, TranscriptFollower follower, Redactor redactor, LiveEntries entries, LiveLog log, LiveJournal journal, ShareResult shared)
    {
        (_server, _follower, _redactor, _entries, _log, _journal, Shared) = (server, follower, redactor, entries, log, journal, shared);
        _sender = new LiveSender(server, follower, entries, log, journal);
        _title = new LiveTitle(follower, redactor.Options, journal.Terms.Selection, journal.Terms.HasOwnTitle, shared.Title);
    }

    /// <summary>What the server answered when it was shared.</summary>
    public ShareResult Shared { get; }

    /// <summary>The transcript that is followed.</summary>
    public string Transcript => _follower.Path;

    public LiveStatus Status => new(_log.LastSeq, _log.Waiting, _viewers, _sender.Problem);

    /// <summary>Is told after each step that changed something, on the thread that runs the share.</summary>
    public Action<LiveStatus>? Changed { get; set; }

    /// <summary>Whether the status tells how many are watching, for which the server is asked every few seconds.</summary>
    public bool CountsViewers { get; set; }

    /// <summary>Where the conversation goes on, once it has moved there; null before.</summary>
    public string? MovedTo { get; private set; }

    /// <summary>What readers are told at the end, e.g. <c>cleared</c>; null for nothing but that it has ended.</summary>
    public string? Farewell { get; set; }

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
        var upload = new FirstEntries(entries, log);
        using var body = new BundleUpload(header, upload.Entries(), follower.Path, compress: !server.Address.IsLoopback);
        ShareResult shared = await server.ShareAsync(body, terms with { IsLive = true }, cancel);
        _ = redactor.TakeNewValues();
        var journal = LiveJournal.Create(LiveTerms.Of(session, terms, shared, server.Address, fromNow));
        upload.Remember(journal, follower);
        shared = shared with { Redactions = Upload.Sum(redactor.Report.Counts, shared.Redactions) };
        return new LiveShare(server, follower, redactor, entries, log, journal, shared);
    }

    /// <summary>Goes on with a share whose process has died, from what its journal tells.</summary>
    /// <exception cref="Failure">The session is gone, or the server does not answer.</exception>
    public static async Task<LiveShare> ResumeAsync(AbandonedShare abandoned, ServerApi server, CancellationToken cancel)
    {
        LiveTerms terms = abandoned.Journal.Terms;
        SessionFacts facts = await server.SessionAsync(terms.ShareId, cancel);
        (LiveLog log, IReadOnlyList<GivenEntry> given) = LiveLog.Restore(abandoned.Records);
        var follower = TranscriptFollower.Open(abandoned.Transcript, given);
        IReadOnlyList<TranscriptChange> changes = follower.Poll();
        var redactor = new Redactor(Machine.Redaction(follower.Info()));
        var shared = new ShareResult(terms.ShareId, terms.Url, facts.Title, facts.LastSeq, new Dictionary<string, int>(), facts.ExpiresAt);
        var share = new LiveShare(server, follower, redactor, new LiveEntries(follower, redactor, terms.Selection), log, abandoned.Journal, shared);
        for (int number = 1; number <= given.Count; number++)
        {
            if (follower.IsRewound(number) && log.SeqOf(number) > 0)
                share._unlearned.Enqueue(number);
        }
        share.Take(changes);
        return share;
    }

    /// <summary>Follows the transcript until it is asked to stop, or until the session is gone. Then the share is no longer live.</summary>
    /// <exception cref="Failure">The server refuses for good what is sent.</exception>
    public async Task<LiveEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (await StepAsync(stop) | await CountAsync(stop))
                    Changed?.Invoke(Status);
                await _watch.WaitAsync(_follower.Path, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is there goes out below.
        }
        catch (ServerFailure gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            _journal.Delete();
            return LiveEnd.Gone;
        }
        catch (ServerFailure failure) when (failure.MovedTo is { } url)
        {
            return Move(url);
        }
        return await EndAsync();
    }

    /// <summary>Has the transcript looked at now.</summary>
    public void Wake() => _watch.Wake();

    /// <summary>Waits until words that were said a moment ago, which the transcript need not have yet, are on the server.</summary>
    public Task SaidAsync(string words, CancellationToken cancel) => AwaitAsync(words, cancel);

    /// <summary>Waits until all that the transcript has now is on the server.</summary>
    public Task CatchUpAsync(CancellationToken cancel) => AwaitAsync(words: null, cancel);

    private async Task AwaitAsync(string? words, CancellationToken cancel)
    {
        var awaited = new Awaited(words);
        _awaited = awaited;
        Wake();
        await awaited.Sent.Task.WaitAsync(cancel);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _follower.Dispose();
        _journal.Dispose();
    }

    private bool HasCome(string words)
    {
        for (int number = _follower.Last; number > 0 && number > _follower.Last - LastEntries; number--)
        {
            if (_follower.Read(number) is { } entry && Blocks.FirstText(entry.Blocks.Span) is { } text && words.Contains(text.Trim(), StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private async Task<bool> CountAsync(CancellationToken cancel)
    {
        if (!CountsViewers || TimeProvider.System.GetElapsedTime(_counted) < CountInterval)
            return false;
        _counted = TimeProvider.System.GetTimestamp();
        int? before = _viewers;
        _viewers = await _sender.ViewersAsync(cancel);
        return _viewers != before;
    }

    // Whether anything came of it. While its client moves or writes the transcript it can't be read for a moment: then the next step does it.
    private async Task<bool> StepAsync(CancellationToken cancel)
    {
        try
        {
            // Taken before the transcript is looked at: who asks later means what comes later.
            Awaited? awaited = _awaited;
            long length = new FileInfo(_follower.Path).Length;
            IReadOnlyList<TranscriptChange> changes = _follower.Poll();
            Take(changes);
            Learn();
            bool sent = await _sender.SendAsync(cancel);
            if (_log.Waiting == 0)
                _mirrored = length;
            if (awaited is not null && _log.Waiting == 0 && (awaited.Words is null || HasCome(awaited.Words)))
                awaited.Sent.TrySetResult();
            return sent || changes.Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Take(IReadOnlyList<TranscriptChange> changes)
    {
        foreach (TranscriptChange change in changes)
        {
            if (change.Kind != ChangeKind.Rewound)
                _unlearned.Enqueue(change.From);
            if (!_log.Take(change))
                _journal.Rewound(LiveItem.Mark(change.From, change.To), digest: null);
        }
    }

    // Everything that is new is learned before anything of it goes out; what is recognised late has to be taken out of what is out already.
    private void Learn()
    {
        for (; _unlearned.TryPeek(out int number); _unlearned.Dequeue())
            _entries.Learn(number);
        bool knowsMore = _redactor.TakeNewValues().Count > 0;
        if (knowsMore)
            _log.DoubtAll();
        _sender.Title = _title.Changed(_redactor, knowsMore) ?? _sender.Title;
    }

    private async Task<LiveEnd> EndAsync()
    {
        using var patience = new CancellationTokenSource(LastWords);
        try
        {
            await StepAsync(patience.Token);
            if (Farewell is { } what)
                await _sender.SayAsync(what, patience.Token);
            await _server.EditAsync(Shared.ShareId, new SessionChange { Live = false }, patience.Token);
            _journal.Delete();
            return LiveEnd.Stopped;
        }
        catch (ServerFailure gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            _journal.Delete();
            return LiveEnd.Gone;
        }
        catch (ServerFailure failure) when (failure.MovedTo is { } url)
        {
            return Move(url);
        }
        catch (Exception e) when (e is OperationCanceledException or ServerFailure)
        {
            // The server notices by itself that nobody drives the session any more.
            return LiveEnd.Unheard;
        }
    }

    // It is written down here, since whoever opens the session on this machine has to be told.
    private LiveEnd Move(string url)
    {
        MovedTo = url;
        LiveTerms terms = _journal.Terms;
        string id = System.IO.Path.GetFileNameWithoutExtension(terms.Transcript);
        var original = Original.Of(_follower.Path, _mirrored, _log.LastSeq, Repository.CommitOf(_follower.Info().WorkingDirectory));
        new WorkspaceNote(WorkspaceNote.Version, terms.Server, id, terms.ShareId, url, "") { Original = original }.Save();
        PausedSession.Begin(_server.Address, id, terms.ShareId, url);
        _journal.Delete();
        return LiveEnd.Moved;
    }

    /// <param name="Words">What has to have come; null for all that was there when it was asked for.</param>
    private sealed record Awaited(string? Words)
    {
        public TaskCompletionSource Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
