namespace Parley.Core.Rendering.Code;

/// <summary>
/// Writes what an edit changed: the lines of both texts with the words that differ marked. Line numbers count from the beginning of the
/// edited piece, since a transcript doesn't say where in the file it stands.
/// </summary>
internal static class DiffHtml
{
    /// <summary>Unchanged lines shown around a change.</summary>
    private const int Context = 3;

    /// <summary>Longer lines are not compared word by word.</summary>
    private const int MaxMarkedLine = 500;

    /// <summary>Lines that get an element of their own.</summary>
    internal const int MaxRows = 3000;

    internal static void Write(string before, string after, string? language, HtmlWriter html)
    {
        string[] a = Split(before), b = Split(after);
        List<Edit> edits = EditScript.Between<string>(a, b);
        CodeHtml.Open(language, "code diff"u8, html);
        int i = 0, j = 0, rows = 0;
        for (int at = 0; at < edits.Count && rows < MaxRows;)
        {
            int end = EndOfRun(edits, at, e => e == Edit.Keep);
            if (end > at)
            {
                rows += WriteKept(b.AsSpan(j, end - at), j + 1, atStart: at == 0, atEnd: end == edits.Count, html);
                (i, j, at) = (i + end - at, j + end - at, end);
                continue;
            }
            end = EndOfRun(edits, at, e => e != Edit.Keep);
            int deleted = Count(edits, at, end, Edit.Delete), inserted = end - at - deleted;
            rows += WriteChange(a.AsSpan(i, deleted), i + 1, b.AsSpan(j, inserted), j + 1, MaxRows - rows, html);
            (i, j, at) = (i + deleted, j + inserted, end);
        }
        int unseen = a.Length - i + b.Length - j;
        if (rows >= MaxRows && unseen > 0)
            html.Markup("<span class=\"gap\">"u8).Number(unseen).Markup(" more lines\n</span>"u8);
        CodeHtml.Close(html);
    }

    /// <summary>How many lines an edit puts in and takes out.</summary>
    internal static (int Added, int Removed) Count(string before, string after)
    {
        List<Edit> edits = EditScript.Between<string>(Split(before), Split(after));
        return (Count(edits, 0, edits.Count, Edit.Insert), Count(edits, 0, edits.Count, Edit.Delete));
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');

    private static int EndOfRun(List<Edit> edits, int at, Func<Edit, bool> belongs)
    {
        while (at < edits.Count && belongs(edits[at]))
            at++;
        return at;
    }

    private static int Count(List<Edit> edits, int from, int to, Edit kind)
    {
        int count = 0;
        for (int i = from; i < to; i++)
            count += edits[i] == kind ? 1 : 0;
        return count;
    }

    private static int WriteKept(ReadOnlySpan<string> lines, int number, bool atStart, bool atEnd, HtmlWriter html)
    {
        int head = atStart ? 0 : Math.Min(Context, lines.Length), tail = atEnd ? 0 : Math.Min(Context, lines.Length - head);
        int hidden = lines.Length - head - tail;
        if (hidden == 1)
            (head, hidden) = (head + 1, 0);
        for (int i = 0; i < head; i++)
            WriteLine("span"u8, lines[i], number + i, html);
        if (hidden > 0)
            html.Markup("<span class=\"gap\">"u8).Number(hidden).Markup(" unchanged lines\n</span>"u8);
        for (int i = lines.Length - tail; i < lines.Length; i++)
            WriteLine("span"u8, lines[i], number + i, html);
        return head + tail;
    }

    private static int WriteChange(ReadOnlySpan<string> removed, int oldNumber, ReadOnlySpan<string> added, int newNumber, int room, HtmlWriter html)
    {
        removed = removed[..Math.Min(room, removed.Length)];
        added = added[..Math.Min(room - removed.Length, added.Length)];
        bool paired = removed.Length == added.Length;
        for (int i = 0; i < removed.Length; i++)
            WriteChanged("del"u8, removed[i], paired ? added[i] : null, oldNumber + i, html);
        for (int i = 0; i < added.Length; i++)
            WriteChanged("ins"u8, added[i], paired ? removed[i] : null, newNumber + i, html);
        return removed.Length + added.Length;
    }

    private static void WriteChanged(ReadOnlySpan<byte> element, string line, string? other, int number, HtmlWriter html)
    {
        if (other is null || line.Length > MaxMarkedLine || other.Length > MaxMarkedLine || WordDiff.Changed(other, line) is not { Count: > 0 } changed)
        {
            WriteLine(element, line, number, html);
            return;
        }
        OpenLine(element, number, html);
        int at = 0;
        foreach (Range range in changed)
        {
            (int start, int length) = range.GetOffsetAndLength(line.Length);
            html.Marked(line.AsSpan(at, start - at)).Markup("<mark>"u8).Marked(line.AsSpan(start, length)).Markup("</mark>"u8);
            at = start + length;
        }
        html.Marked(line.AsSpan(at));
        CloseLine(element, html);
    }

    private static void WriteLine(ReadOnlySpan<byte> element, string line, int number, HtmlWriter html)
    {
        OpenLine(element, number, html);
        html.Marked(line);
        CloseLine(element, html);
    }

    private static void OpenLine(ReadOnlySpan<byte> element, int number, HtmlWriter html) =>
        html.Markup("<"u8).Markup(element).Markup(" class=\"l\" data-n=\""u8).Number(number).Markup("\">"u8);

    private static void CloseLine(ReadOnlySpan<byte> element, HtmlWriter html) => html.Markup("\n</"u8).Markup(element).Markup(">"u8);
}
