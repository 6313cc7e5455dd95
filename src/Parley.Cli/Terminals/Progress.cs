using System.Diagnostics;

namespace Parley.Cli.Terminals;

/// <summary>One line on stderr that counts up, on a terminal only, and is gone when the work has ended.</summary>
internal sealed class Progress(int total) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _on = Terminal.ErrorIsTerminal;
    private long _drawn = Stopwatch.GetTimestamp();
    private bool _dirty;

    public void Report(int done)
    {
        if (!_on || Stopwatch.GetElapsedTime(_drawn) < Interval)
            return;
        _drawn = Stopwatch.GetTimestamp();
        _dirty = true;
        Terminal.Error.Write($"\rSharing: {done:N0} of {total:N0} entries ");
    }

    public void Dispose()
    {
        if (_dirty)
            Terminal.Error.Write("\r\e[K");
    }
}
