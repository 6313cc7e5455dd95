using System.Buffers;
using System.Globalization;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>
/// Puts fragments one after the other, those of one subagent folded into a group inside the flow, and what the person went back behind folded away.
/// </summary>
/// <param name="html">Where they are written.</param>
/// <param name="rewinds">The session's rewinds.</param>
public sealed class EntryList(IBufferWriter<byte> html, IEnumerable<Rewind>? rewinds = null)
{
    private readonly List<Rewind> _abandoned = Merge(rewinds ?? []);
    private string? _thread;
    private Rewind? _fold;

    /// <summary>Opens, closes or continues groups; the caller writes the fragment after it.</summary>
    /// <param name="seq">The place of the entry that comes next.</param>
    /// <param name="thread">Its thread; null in the main conversation.</param>
    /// <param name="fragment">Its fragment, which says what the subagent was started for.</param>
    /// <param name="open">Whether groups that begin here are unfolded.</param>
    public void Next(long seq, string? thread, ReadOnlySpan<byte> fragment, bool open = false)
    {
        Rewind? fold = Fold(seq);
        if (fold != _fold)
        {
            End();
            _fold = fold;
            if (fold is { } rewind)
                OpenFold(rewind, open);
        }
        if (thread == _thread)
            return;
        EndThread();
        _thread = thread;
        if (thread is not null)
            OpenThread(thread, fragment, open);
    }

    /// <summary>Whether two entries are folded away together.</summary>
    public bool AreTogether(long seq, long other) => Fold(seq) is { } fold && other >= fold.FromSeq && other <= fold.ToSeq;

    /// <summary>Closes the groups that are open, if any.</summary>
    public void End()
    {
        EndThread();
        if (_fold is not null)
            html.Write("</details>"u8);
        _fold = null;
    }

    private void EndThread()
    {
        if (_thread is not null)
            html.Write("</div></details>"u8);
        _thread = null;
    }

    private Rewind? Fold(long seq)
    {
        foreach (Rewind rewind in _abandoned)
        {
            if (seq >= rewind.FromSeq && seq <= rewind.ToSeq)
                return rewind;
        }
        return null;
    }

    private void OpenFold(Rewind rewind, bool open)
    {
        long count = rewind.ToSeq - rewind.FromSeq + 1;
        new HtmlWriter(html).Markup("<details class=\"rewound\""u8).Markup(open ? " open"u8 : ""u8).Markup("><summary>"u8)
            .Text(count == 1 ? "One abandoned entry" : string.Create(CultureInfo.InvariantCulture, $"{count} abandoned entries")).Markup("</summary>"u8);
    }

    private void OpenThread(string thread, ReadOnlySpan<byte> fragment, bool open) =>
        new HtmlWriter(html).Markup("<details class=\"thread\""u8).Attribute("data-thread"u8, thread).Markup(open ? " open"u8 : ""u8)
            .Markup("><summary><span class=\"badge\" data-kind=\"agent\">Subagent</span><span class=\"note\">"u8)
            .Markup(Title(fragment)).Markup("</span></summary><div class=\"steps\">"u8);

    // Going back twice abandons what was abandoned before.
    private static List<Rewind> Merge(IEnumerable<Rewind> rewinds)
    {
        List<Rewind> merged = [];
        foreach (Rewind next in rewinds.OrderBy(r => r.FromSeq))
        {
            if (merged.Count > 0 && next.FromSeq <= merged[^1].ToSeq)
                merged[^1] = merged[^1] with { ToSeq = Math.Max(merged[^1].ToSeq, next.ToSeq) };
            else
                merged.Add(next);
        }
        return merged;
    }

    // Rendering wrote it into the first tag, escaped; text can't hold it there, since every quote of a transcript is escaped.
    private static ReadOnlySpan<byte> Title(ReadOnlySpan<byte> fragment)
    {
        ReadOnlySpan<byte> mark = " data-title=\""u8, tag = fragment[..Math.Max(0, fragment.IndexOf((byte)'>'))];
        int start = tag.IndexOf(mark);
        if (start < 0)
            return default;
        tag = tag[(start + mark.Length)..];
        return tag[..Math.Max(0, tag.IndexOf((byte)'"'))];
    }
}
