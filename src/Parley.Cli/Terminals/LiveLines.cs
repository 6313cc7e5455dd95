namespace Parley.Cli.Terminals;

/// <summary>
/// Lines at the end of stderr that are drawn over while something goes on; what has happened stands above them. Without a terminal only that
/// is written. May be called from any thread.
/// </summary>
internal sealed class LiveLines : IDisposable
{
    private readonly Lock _gate = new();
    private readonly bool _on = Terminal.ErrorIsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb";
    private IReadOnlyList<string> _lines = [];
    private int _drawn;

    /// <summary>Writes a line that stays.</summary>
    public void Write(string line)
    {
        lock (_gate)
        {
            Clear();
            Terminal.Error.WriteLine(line);
            Draw();
        }
    }

    /// <summary>What the lines that are drawn over say from now on.</summary>
    public void Set(params IReadOnlyList<string> lines)
    {
        lock (_gate)
        {
            Clear();
            _lines = lines;
            Draw();
        }
    }

    public void Dispose() => Set();

    private void Clear()
    {
        if (_drawn > 0)
            Terminal.Error.Write($"\e[{_drawn}A\r\e[J");
        _drawn = 0;
    }

    // A line that wrapped would be two to go back over.
    private void Draw()
    {
        if (!_on)
            return;
        foreach (string line in _lines)
            Terminal.Error.WriteLine(DisplayText.Fit(line, Terminal.Width - 1));
        _drawn = _lines.Count;
    }
}
