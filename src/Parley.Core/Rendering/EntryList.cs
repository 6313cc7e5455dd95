using System.Buffers;

namespace Parley.Core.Rendering;

/// <summary>Puts fragments one after the other, those of one subagent folded into a group inside the flow.</summary>
public sealed class EntryList(IBufferWriter<byte> html)
{
    private string? _thread;

    /// <summary>Opens, closes or continues a group; the caller writes the fragment after it.</summary>
    /// <param name="thread">The thread of the entry that comes next; null in the main conversation.</param>
    /// <param name="fragment">Its fragment, which says what the subagent was started for.</param>
    /// <param name="open">Whether a group that begins here is unfolded.</param>
    public void Next(string? thread, ReadOnlySpan<byte> fragment, bool open = false)
    {
        if (thread == _thread)
            return;
        End();
        _thread = thread;
        if (thread is null)
            return;
        var writer = new HtmlWriter(html);
        writer.Markup("<details class=\"thread\""u8).Attribute("data-thread"u8, thread).Markup(open ? " open"u8 : ""u8)
            .Markup("><summary><span class=\"badge\" data-kind=\"agent\">Subagent</span><span class=\"note\">"u8)
            .Markup(Title(fragment)).Markup("</span></summary><div class=\"steps\">"u8);
    }

    /// <summary>Closes the group that is open, if any.</summary>
    public void End()
    {
        if (_thread is not null)
            html.Write("</div></details>"u8);
        _thread = null;
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
