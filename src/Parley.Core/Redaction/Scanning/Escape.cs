using System.Buffers.Text;
using System.Text;

namespace Parley.Core.Redaction.Scanning;

/// <summary>One escape sequence at the beginning of a text, of whatever notation.</summary>
/// <param name="Length">Its bytes; 0 when there is none.</param>
/// <param name="Meaning">The character it stands for; null when it stands for none, as a colour does.</param>
internal readonly record struct Escape(int Length, Rune? Meaning)
{
    /// <summary>Backslashes that are read as one escape: deeper quoting than 6 levels is taken for backslashes.</summary>
    private const int MaxBackslashes = 63;

    private const int MaxColour = 32;

    public static Escape Read(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'\\' => Backslash(text),
        0x1b => new(Colour(text, 1), null),
        (byte)'%' => Percent(text),
        (byte)'&' => Entity(text),
        _ => default,
    };

    private static Escape Backslash(ReadOnlySpan<byte> text)
    {
        int n = 1;
        while (n < text.Length && n <= MaxBackslashes && text[n] == '\\')
            n++;
        if (n == text.Length)
            return default;
        switch (text[n])
        {
            case (byte)'n': return new(n + 1, new Rune('\n'));
            case (byte)'r': return new(n + 1, new Rune('\r'));
            case (byte)'t': return new(n + 1, new Rune('\t'));
            case (byte)'"' or (byte)'\'' or (byte)'/' or (byte)'`': return new(n + 1, new Rune(text[n]));
            case (byte)'e': return new(Colour(text, n + 1), null);
            case (byte)'0' when text[n..].StartsWith("033"u8): return new(Colour(text, n + 3), null);
            case (byte)'x': return Hexadecimal(text, n + 1, 2);
            case (byte)'u': return Hexadecimal(text, n + 1, 4);
            default: return default;
        }
    }

    private static Escape Hexadecimal(ReadOnlySpan<byte> text, int at, int digits)
    {
        if (at + digits > text.Length || !Utf8Parser.TryParse(text.Slice(at, digits), out int value, out int used, 'x') || used != digits)
            return default;
        if (value == 0x1b && Colour(text, at + digits) is > 0 and var end)
            return new(end, null);
        return value is >= ' ' and < 0x7f or '\n' or '\r' or '\t' ? new(at + digits, new Rune(value)) : default;
    }

    // ESC [ numbers and a letter, of which ESC has been read.
    private static int Colour(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length || text[at] != '[')
            return 0;
        for (int i = at + 1; i < text.Length && i < at + MaxColour; i++)
        {
            if (char.IsAsciiLetter((char)text[i]))
                return i + 1;
            if (text[i] is not ((>= (byte)'0' and <= (byte)'9') or (byte)';' or (byte)':' or (byte)'?'))
                return 0;
        }
        return 0;
    }

    // %3D, and %253D where it was encoded twice.
    private static Escape Percent(ReadOnlySpan<byte> text) =>
        text.StartsWith("%25"u8) && Encoded(text[2..]) is { Length: 3 } twice ? new(5, twice.Meaning) : Encoded(text);

    private static Escape Encoded(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && Utf8Parser.TryParse(text.Slice(1, 2), out int value, out int used, 'x') && used == 2 && value is > ' ' and < 0x7f
            ? new(3, new Rune(value))
            : default;

    private static Escape Entity(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("&gt;"u8))
            return new(4, new Rune('>'));
        if (text.StartsWith("&lt;"u8))
            return new(4, new Rune('<'));
        if (text.StartsWith("&amp;"u8))
            return new(5, new Rune('&'));
        if (text.StartsWith("&quot;"u8))
            return new(6, new Rune('"'));
        if (text.StartsWith("&#39;"u8))
            return new(5, new Rune('\''));
        return text.StartsWith("&#x27;"u8) || text.StartsWith("&#x22;"u8) ? new(6, new Rune(text[4] == '7' ? '\'' : '"')) : default;
    }
}
