using Parley.Cli.Live;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;

namespace Parley.Cli.Mcp;

/// <summary>
/// The live shares of a companion. Each goes on until the client leaves its session (<c>/clear</c>, <c>/branch</c>, resume of another), until
/// it is taken back, or until the companion ends; then its page says that it has ended.
/// </summary>
internal sealed class LiveShares(CurrentSession current)
{
    /// <summary>How soon it is noticed that the client has left a session.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The client holds the end of a turn up for its hooks: so long at most, and not at all while the server can't be reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<Running> _running = [];
    private string? _news;

    /// <summary>Shares a session live; one that is live already keeps its link.</summary>
    /// <exception cref="Failure">It could not be shared.</exception>
    public async Task<ShareResult> StartAsync(OutgoingSession session, Terms terms, bool fromNow, CancellationToken cancel)
    {
        if (Find(running => running.SessionId == session.Transcript.Info.SessionId) is { } live)
            return live.Share.Shared;
        var server = ServerApi.Connect();
        try
        {
            LiveShare share = await LiveShare.StartAsync(session, terms, fromNow, server, cancel);
            Begin(new Running(share, server, session.Transcript.Info.SessionId));
            return share.Shared;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Ends the live share of this id, if there is one here.</summary>
    public Task EndAsync(string shareId) => EndAsync(running => running.Share.Shared.ShareId == shareId);

    /// <summary>Ends all, and has told the server when it returns.</summary>
    public Task EndAllAsync() => EndAsync(_ => true);

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

    /// <summary>Ends what the client has left, until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancel))
            if (Find(_ => true) is not null && current.Id is { } id)
                await EndAsync(running => running.SessionId != id);
    }

    private void Begin(Running running)
    {
        lock (_lock)
            _running.Add(running);
        running.Work = Task.Run(() => RunAsync(running));
    }

    private async Task RunAsync(Running running)
    {
        try
        {
            if (await running.Share.RunAsync(running.Stop.Token) == LiveEnd.Gone)
                _news = $"Parley: this session is no longer shared live; {running.Share.Shared.Url} was taken back or has expired.";
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

    private async Task EndAsync(Func<Running, bool> which)
    {
        Running[] ending;
        lock (_lock)
            ending = [.. _running.Where(which)];
        foreach (Running running in ending)
            await running.Stop.CancelAsync();
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

        public void Dispose()
        {
            share.Dispose();
            server.Dispose();
        }
    }
}
