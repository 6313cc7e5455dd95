using Parley.Cli.Pausing;

namespace Parley.Cli.Mcp;

/// <summary>Looks after the pause of the session that the client is in: once its workspace is closed or gone, the session goes on here.</summary>
internal sealed class PauseWatch(CurrentSession current) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _soon = new(0, 1);
    private string? _news;

    /// <summary>Has the server asked now.</summary>
    public void CheckSoon()
    {
        try
        {
            _soon.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is going to be asked already.
        }
    }

    /// <summary>What a person should be told of a pause that ended by itself; each is told once.</summary>
    public string? TakeNews() => Interlocked.Exchange(ref _news, null);

    /// <summary>Until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (current.Id is { } id && PausedSession.Find(id) is { } paused && await PauseCheck.RunAsync(paused, cancel) is { } news)
                _news = news;
            await _soon.WaitAsync(Interval, cancel);
        }
    }

    public void Dispose() => _soon.Dispose();
}
