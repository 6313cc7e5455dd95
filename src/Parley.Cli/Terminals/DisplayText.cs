using System.Globalization;
using System.Text;

namespace Parley.Cli.Terminals;

/// <summary>
/// Text of strangers on a terminal: on one line, without control characters (which could move the cursor, set a title or hide text), and as
/// wide as the terminal draws it.
/// </summary>
internal static class DisplayText
{
    /// <summary>One line; white space runs become one space; controls and characters that turn the direction of text are dropped.</summary>
    public static string OneLine(string? text)
    {
        var line = new StringBuilder(text?.Length ?? 0);
        foreach (Rune rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (line.Length > 0 && line[^1] != ' ')
                    line.Append(' ');
            }
            else if (!Rune.IsControl(rune) && !TurnsDirection(rune.Value))
            {
                line.Append(rune);
            }
        }
        return line.ToString().TrimEnd();
    }

    /// <summary>Columns that the text takes.</summary>
    public static int Width(string text)
    {
        int width = 0;
        for (int i = 0, length; i < text.Length; i += length)
        {
            length = StringInfo.GetNextTextElementLength(text, i);
            width += ElementWidth(text.AsSpan(i, length));
        }
        return width;
    }

    /// <summary>The text in at most <paramref name="width"/> columns, with … where it was cut. A grapheme is never split.</summary>
    public static string Fit(string text, int width)
    {
        if (Width(text) <= width)
            return text;
        return width > 0 ? text[..Within(text, width - 1)] + "…" : "";
    }

    /// <summary>The lines of a text, each made harmless and broken, at a space where there is one, to at most <paramref name="width"/> columns.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string rest = OneLine(line);
            while (Width(rest) > width && width > 1)
            {
                int end = Within(rest, width), space = rest.LastIndexOf(' ', end);
                int cut = space > end / 2 ? space : end;
                yield return rest[..cut];
                rest = rest[cut..].TrimStart();
            }
            yield return rest;
        }
    }

    // How many characters of the text fit.
    private static int Within(string text, int width)
    {
        int used = 0, end = 0;
        while (end < text.Length)
        {
            int length = StringInfo.GetNextTextElementLength(text, end);
            used += ElementWidth(text.AsSpan(end, length));
            if (used > width)
                break;
            end += length;
        }
        return end;
    }

    // A grapheme is as wide as its first rune, and two columns when it asks for the emoji form (U+FE0F).
    private static int ElementWidth(ReadOnlySpan<char> element)
    {
        Rune.DecodeFromUtf16(element, out Rune first, out _);
        if (IsWide(first.Value) || element.Contains('\uFE0F'))
            return 2;
        return Rune.GetUnicodeCategory(first) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0 : 1;
    }

    private static bool TurnsDirection(int rune) => rune is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    // East Asian Wide and Fullwidth (Unicode's EastAsianWidth.txt), in the blocks where terminals draw two columns.
    private static bool IsWide(int rune) => rune is (>= 0x1100 and <= 0x115F) or 0x231A or 0x231B or 0x2329 or 0x232A
        or (>= 0x23E9 and <= 0x23EC) or 0x23F0 or 0x23F3 or 0x25FD or 0x25FE or 0x2614 or 0x2615 or (>= 0x2648 and <= 0x2653) or 0x267F or 0x2693
        or 0x26A1 or 0x26AA or 0x26AB or 0x26BD or 0x26BE or 0x26C4 or 0x26C5 or 0x26CE or 0x26D4 or 0x26EA or 0x26F2 or 0x26F3 or 0x26F5 or 0x26FA
        or 0x26FD or 0x2705 or 0x270A or 0x270B or 0x2728 or 0x274C or 0x274E or (>= 0x2753 and <= 0x2755) or 0x2757 or (>= 0x2795 and <= 0x2797)
        or 0x27B0 or 0x27BF or 0x2B1B or 0x2B1C or 0x2B50 or 0x2B55 or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0x33FF)
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97C) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE10 and <= 0xFE19) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
        or (>= 0x16FE0 and <= 0x18CFF) or (>= 0x1B000 and <= 0x1B2FF) or 0x1F004 or 0x1F0CF or 0x1F18E or (>= 0x1F191 and <= 0x1F19A)
        or (>= 0x1F1E6 and <= 0x1F202) or (>= 0x1F210 and <= 0x1F23B) or (>= 0x1F240 and <= 0x1F265) or (>= 0x1F300 and <= 0x1F320)
        or (>= 0x1F32D and <= 0x1F335) or (>= 0x1F337 and <= 0x1F37C) or (>= 0x1F37E and <= 0x1F393) or (>= 0x1F3A0 and <= 0x1F3CA)
        or (>= 0x1F3CF and <= 0x1F3D3) or (>= 0x1F3E0 and <= 0x1F3F0) or 0x1F3F4 or (>= 0x1F3F8 and <= 0x1F43E) or 0x1F440
        or (>= 0x1F442 and <= 0x1F4FC) or (>= 0x1F4FF and <= 0x1F53D) or (>= 0x1F54B and <= 0x1F567) or 0x1F57A or 0x1F595 or 0x1F596 or 0x1F5A4
        or (>= 0x1F5FB and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6C5) or 0x1F6CC or (>= 0x1F6D0 and <= 0x1F6D7) or (>= 0x1F6DC and <= 0x1F6EC)
        or (>= 0x1F6F4 and <= 0x1F6FC) or (>= 0x1F7E0 and <= 0x1F7F0) or (>= 0x1F90C and <= 0x1F9FF) or (>= 0x1FA70 and <= 0x1FAFF)
        or (>= 0x20000 and <= 0x3FFFD);
}
