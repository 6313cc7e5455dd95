namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The prompts from which on a growing conversation can be resolved alone: those that nothing behind them leads around. A line that names an
/// earlier one, as the first prompt after a rewind does, takes away the footholds between the two.
/// </summary>
internal sealed class Footholds(TranscriptIndex index)
{
    private readonly List<Window> _windows = [];

    /// <summary>The windows that begin at a foothold, the newest first.</summary>
    public IEnumerable<Window> NewestFirst()
    {
        for (int i = _windows.Count - 1; i >= 0; i--)
            yield return _windows[i];
    }

    /// <summary>A line names what has these numbers: a foothold behind any of them is none.</summary>
    public void Reach(int line, int message = int.MaxValue, int tool = int.MaxValue)
    {
        while (_windows.Count > 0 && _windows[^1] is var last && (line < last.Line || message < last.Message || tool < last.Tool))
            _windows.RemoveAt(_windows.Count - 1);
    }

    /// <summary>A line has been placed that nothing had named before.</summary>
    /// <param name="line">Its number.</param>
    /// <param name="before">What begins behind all that was there before it.</param>
    public void See(int line, Window before)
    {
        Node node = index.Nodes[line];
        if (node.Kind == LineKind.Prompt && node.Has(LineFlags.Sidechain) == index.IsSidechain)
            _windows.Add(before with { Line = line });
    }
}
