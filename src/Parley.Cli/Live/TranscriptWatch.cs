namespace Parley.Cli.Live;

/// <summary>
/// Wakes whoever follows a transcript when it may have been written to: at once where the system tells of it, and at short intervals where it
/// doesn't, as on network folders.
/// </summary>
internal sealed class TranscriptWatch : IDisposable
{
    /// <summary>After this time it is looked at in any case.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(75);

    private readonly SemaphoreSlim _written = new(0, 1);
    private FileSystemWatcher? _watcher;
    private string _path = "";

    /// <summary>Waits until something may have been written there.</summary>
    public async Task WaitAsync(string path, CancellationToken cancel)
    {
        if (path != _path)
            Watch(path);
        await _written.WaitAsync(Interval, cancel);
    }

    /// <summary>Says that something was written.</summary>
    public void Wake()
    {
        try
        {
            _written.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _written.Dispose();
    }

    private void Watch(string path)
    {
        _path = path;
        _watcher?.Dispose();
        _watcher = null;
        try
        {
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite | NotifyFilters.FileName };
            _watcher.Changed += (_, _) => Wake();
            _watcher.Created += (_, _) => Wake();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            // There are no more watches to be had, or the folder isn't there: the interval has to do.
        }
    }
}
