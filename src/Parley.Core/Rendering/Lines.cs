namespace Parley.Core.Rendering;

/// <summary>Small questions about text that is shown line by line.</summary>
internal static class Lines
{
    /// <summary>How many lines the text has; a line feed at the end starts no line of its own.</summary>
    internal static int Count(ReadOnlySpan<char> text) =>
        text.IsEmpty ? 0 : text.Count('\n') + (text[^1] == '\n' ? 0 : 1);

    /// <summary>The text on one line, runs of white space as one space, cut at <paramref name="length"/> characters with an ellipsis.</summary>
    internal static string OneLine(ReadOnlySpan<char> text, int length)
    {
        Span<char> line = length <= 512 ? stackalloc char[length + 1] : new char[length + 1];
        int written = 0;
        bool space = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                space = written > 0;
                continue;
            }
            if (written + (space ? 1 : 0) >= length)
            {
                if (char.IsHighSurrogate(line[written - 1]))
                    written--;
                line[written++] = '…';
                break;
            }
            if (space)
                line[written++] = ' ';
            space = false;
            line[written++] = c;
        }
        return new string(line[..written]);
    }

    /// <summary>The first line that holds anything.</summary>
    internal static ReadOnlySpan<char> First(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        int end = text.IndexOf('\n');
        return end < 0 ? text.TrimEnd() : text[..end].TrimEnd();
    }
}
