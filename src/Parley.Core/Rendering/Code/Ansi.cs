using System.Globalization;

namespace Parley.Core.Rendering.Code;

/// <summary>
/// Writes terminal output: colours and styles become classes (<c>f0</c>-<c>f255</c> in front, <c>b0</c>-<c>b255</c> behind), every other
/// control sequence is dropped. Only SGR of ECMA-48 is understood; true colours become the closest of the 256.
/// </summary>
internal static class Ansi
{
    private const char Escape = '\e';

    internal static void Write(ReadOnlySpan<char> text, HtmlWriter html)
    {
        var style = new AnsiStyle();
        while (!text.IsEmpty)
        {
            int next = text.IndexOf(Escape);
            ReadOnlySpan<char> plain = next < 0 ? text : text[..next];
            if (!plain.IsEmpty)
            {
                bool styled = style.Open(html);
                html.Marked(plain);
                if (styled)
                    html.Markup("</span>"u8);
            }
            if (next < 0)
                return;
            text = text[next..];
            int length = SequenceLength(text, out ReadOnlySpan<char> sgr);
            if (!sgr.IsEmpty)
                style.Apply(sgr[..^1]);
            text = text[length..];
        }
    }

    /// <summary>The text without control sequences, as a terminal that only shows the last version of a line would leave it.</summary>
    internal static string Strip(string text)
    {
        if (!text.Contains(Escape))
            return text;
        var plain = new System.Text.StringBuilder(text.Length);
        ReadOnlySpan<char> rest = text;
        while (rest.IndexOf(Escape) is var at and >= 0)
        {
            plain.Append(rest[..at]);
            rest = rest[at..];
            rest = rest[SequenceLength(rest, out _)..];
        }
        return plain.Append(rest).ToString();
    }

    /// <summary>Keeps, of each line, what stands after its last carriage return: what a progress bar looked like in the end.</summary>
    internal static string LastOverwrite(string text)
    {
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (!text.Contains('\r'))
            return text;
        var kept = new System.Text.StringBuilder(text.Length);
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan()[range].TrimEnd('\r');
            kept.Append(line[(line.LastIndexOf('\r') + 1)..]).Append('\n');
        }
        return kept.ToString(0, kept.Length - 1);
    }

    // The text starts with ESC. CSI: ESC [ parameters final; OSC and the like: ESC ] … BEL or ST.
    private static int SequenceLength(ReadOnlySpan<char> text, out ReadOnlySpan<char> sgr)
    {
        sgr = default;
        if (text.Length < 2)
            return 1;
        if (text[1] == '[')
        {
            int end = 2;
            while (end < text.Length && text[end] is >= ' ' and <= '?')
                end++;
            if (end == text.Length || text[end] is < '@' or > '~')
                return end;
            if (text[end] == 'm')
                sgr = text[2..(end + 1)];
            return end + 1;
        }
        if (text[1] is not (']' or 'P' or '_' or '^' or 'X'))
            return EscapeLength(text);
        int line = text.IndexOf('\n');
        ReadOnlySpan<char> body = line < 0 ? text : text[..line];
        int bell = body.IndexOf('\a'), terminator = body.IndexOf("\e\\");
        if (bell >= 0 && (terminator < 0 || bell < terminator))
            return bell + 1;
        return terminator > 0 ? terminator + 2 : 2;
    }

    // Intermediate characters and a final one, like ESC ( B, which chooses a character set.
    private static int EscapeLength(ReadOnlySpan<char> text)
    {
        int end = 1;
        while (end < text.Length && text[end] is >= ' ' and <= '/')
            end++;
        return end < text.Length && text[end] is >= '0' and <= '~' ? end + 1 : end;
    }

    /// <summary>The closest of the 256 colours: one of the 6×6×6 cube or of the 24 greys.</summary>
    internal static int Nearest(int r, int g, int b)
    {
        int cube = 16 + 36 * Step(r) + 6 * Step(g) + Step(b);
        if (Math.Max(r, Math.Max(g, b)) - Math.Min(r, Math.Min(g, b)) > 8)
            return cube;
        int grey = (r + g + b) / 3;
        return grey < 4 ? 16 : grey > 246 ? 231 : 232 + Math.Clamp((grey - 3) / 10, 0, 23);

        static int Step(int v) => v < 48 ? 0 : v < 115 ? 1 : Math.Min(5, (v - 35) / 40);
    }

    internal static int Parameter(ReadOnlySpan<char> text) =>
        text.IsEmpty ? 0 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1;
}
