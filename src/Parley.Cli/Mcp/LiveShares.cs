using System.Net;
using Parley.Cli.Live;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;

namespace Parley.Cli.Mcp;

/// <summary>
/// The live shares of a companion. Each goes on until the client leaves its session (<c>/clear</c>, <c>/branch</c>, resume of another), until
/// it is taken back, or until the companion ends; then its page says that it has ended.
/// </summary>
internal sealed class LiveShares(CurrentSession current) : IDisposable
{
    /// <summary>How soon it is noticed that the client has left a session.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The client holds the end of a turn up for its hooks: so long at most, and not at all while the server can't be reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long a live share may take to catch up before its session is promoted.</summary>
    private static readonly TimeSpan CatchingUp = TimeSpan.FromSeconds(20);

    /// <summary>How long it waits before it asks a server again that does not answer.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _lock = new();
    private readonly List<Running> _running = [];
    private volatile string? _session;
    private string? _news;

    /// <summary>Shares a session live; one that is live already keeps its link.</summary>
    /// <exception cref="Failure">It could not be shared.</exception>
    public async Task<ShareResult> StartAsync(OutgoingSession session, Terms terms, bool fromNow, CancellationToken cancel)
    {
        string id = session.Transcript.Info.SessionId;
        await _gate.WaitAsync(cancel);
        try
        {
            await EnterAsync(id, cancel);
            if (Find(running => running.SessionId == id) is { } live)
                return live.Share.Shared;
            return Begin(await Running.StartAsync(id, server => LiveShare.StartAsync(session, terms, fromNow, server, cancel)));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The live share of a session, once all that was said so far is on the server; null when it is not shared live from here.</summary>
    /// <exception cref="Failure">The server does not answer.</exception>
    public async Task<ShareResult?> CatchUpAsync(string sessionId, CancellationToken cancel)
    {
        if (Find(running => running.SessionId == sessionId) is not { } live)
            return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(CatchingUp);
        try
        {
            await live.Share.CatchUpAsync(patience.Token);
            return live.Share.Shared;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new Failure(live.Share.Status.Problem ?? "the live share of this session has not caught up with it. Ask again in a moment.");
        }
    }

    /// <summary>Ends the live share of this id, if there is one here.</summary>
    public Task EndAsync(string shareId) => EndAsync(running => running.Share.Shared.ShareId == shareId, farewell: null);

    /// <summary>Ends all, and has told the server when it returns.</summary>
    public Task EndAllAsync() => EndAsync(_ => true, farewell: null);

    /// <summary>Waits until the turn's last words, which the transcript may not have yet, are on the server.</summary>
    public async Task SaidAsync(string text, CancellationToken cancel)
    {
        if (text.Length == 0 || Find(running => running.SessionId == current.Id) is not { } running || running.Share.Status.Problem is not null)
            return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await running.Share.SaidAsync(text, patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It will go out when it can.
        }
    }

    /// <summary>What a person should be told of a live share that ended by itself; each is told once.</summary>
    public string? TakeNews() => Interlocked.Exchange(ref _news, null);

    /// <summary>
    /// Until it is cancelled: ends what the client has left, and goes on with what was broken off of the session that it is in, since a
    /// companion that has died is started again.
    /// </summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            if (current.Id is not { } id || id == _session)
                continue;
            await _gate.WaitAsync(cancel);
            bool hasEntered = await EnterAsync(id, cancel);
            _gate.Release();
            if (!hasEntered)
                await Task.Delay(RetryInterval, cancel);
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    public void Dispose() => _gate.Dispose();

    // False while a share can't be gone on with, because the server does not answer.
    private async Task<bool> EnterAsync(string sessionId, CancellationToken cancel)
    {
        if (sessionId == _session)
            return true;
        await EndAsync(running => running.SessionId != sessionId, "went_on_in_another_session");
        bool hasEntered = true;
        foreach (AbandonedShare abandoned in LiveJournal.Abandoned())
            hasEntered &= await ResumeAsync(abandoned, sessionId, cancel);
        if (hasEntered)
            _session = sessionId;
        return hasEntered;
    }

    private async Task<bool> ResumeAsync(AbandonedShare abandoned, string sessionId, CancellationToken cancel)
    {
        LiveJournal journal = abandoned.Journal;
        bool goesOn = false;
        try
        {
            if (!journal.Terms.IsOf(sessionId, Settings.Address(Settings.Server())) || current.Transcript is not { } transcript)
                return true;
            Running running = await Running.StartAsync(sessionId, server => LiveShare.ResumeAsync(abandoned with { Transcript = transcript }, server, cancel));
            goesOn = true;
            _news = $"Parley: this session is still shared live: {Begin(running).Url}";
            return true;
        }
        catch (ServerFailure gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            journal.Delete();
            return true;
        }
        catch (Failure)
        {
            return false;
        }
        finally
        {
            if (!goesOn)
                journal.Dispose();
        }
    }

    private ShareResult Begin(Running running)
    {
        lock (_lock)
            _running.Add(running);
        running.Work = Task.Run(() => RunAsync(running));
        return running.Share.Shared;
    }

    private async Task RunAsync(Running running)
    {
        try
        {
            LiveEnd end = await running.Share.RunAsync(running.Stop.Token);
            if (!running.Stop.IsCancellationRequested)
                _news = Farewell(end, running.Share) ?? _news;
        }
        catch (Failure failure)
        {
            _news = $"Parley: this session is no longer shared live: {failure.Message}";
        }
        finally
        {
            lock (_lock)
                _running.Remove(running);
            running.Dispose();
        }
    }

    private static string? Farewell(LiveEnd end, LiveShare share) => end switch
    {
        LiveEnd.Gone => $"Parley: this session is no longer shared live; {share.Shared.Url} was taken back or has expired.",
        LiveEnd.Moved => $"Parley: this conversation goes on in its workspace: {share.MovedTo} What you type here stays here.",
        _ => null,
    };

    private async Task EndAsync(Func<Running, bool> which, string? farewell)
    {
        Running[] ending;
        lock (_lock)
            ending = [.. _running.Where(which)];
        foreach (Running running in ending)
        {
            running.Share.Farewell = farewell;
            await running.Stop.CancelAsync();
        }
        await Task.WhenAll(ending.Select(running => running.Work));
    }

    private Running? Find(Func<Running, bool> which)
    {
        lock (_lock)
            return _running.FirstOrDefault(which);
    }

    private sealed class Running(LiveShare share, ServerApi server, string sessionId) : IDisposable
    {
        public LiveShare Share => share;

        public string SessionId => sessionId;

        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;

        public static async Task<Running> StartAsync(string sessionId, Func<ServerApi, Task<LiveShare>> start)
        {
            var server = ServerApi.Connect();
            try
            {
                return new Running(await start(server), server, sessionId);
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            share.Dispose();
            server.Dispose();
        }
    }
}
