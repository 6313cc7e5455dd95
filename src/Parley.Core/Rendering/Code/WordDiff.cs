namespace Parley.Core.Rendering.Code;

/// <summary>Which words of a line are new against another line.</summary>
internal static class WordDiff
{
    /// <summary>The changed pieces of <paramref name="line"/>, in order; none when the two lines have so little in common that marks would only be noise.</summary>
    internal static List<Range> Changed(string other, string line)
    {
        string[] before = Words(other), after = Words(line);
        List<Edit> edits = EditScript.Between<string>(before, after);
        var changed = new List<Range>();
        int word = 0, at = 0, kept = 0;
        foreach (Edit edit in edits)
        {
            if (edit == Edit.Delete)
                continue;
            int length = after[word++].Length;
            if (edit == Edit.Keep)
                kept += length;
            else if (changed.Count > 0 && changed[^1].End.Value == at)
                changed[^1] = changed[^1].Start..(at + length);
            else
                changed.Add(at..(at + length));
            at += length;
        }
        return kept * 3 >= Math.Max(line.Length, other.Length) ? changed : [];
    }

    private static string[] Words(string line)
    {
        var words = new List<string>();
        for (int at = 0; at < line.Length;)
        {
            int end = at + 1;
            if (Marks.Length(line.AsSpan(at)) is > 0 and var mark)
            {
                end = at + mark;
            }
            else if (IsWord(line[at]))
            {
                while (end < line.Length && IsWord(line[end]))
                    end++;
            }
            else if (char.IsHighSurrogate(line[at]) && end < line.Length)
            {
                end++;
            }
            words.Add(line[at..end]);
            at = end;
        }
        return [.. words];
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
