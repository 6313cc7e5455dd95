namespace Parley.Core.Redaction.Personal;

/// <summary>How paths are cut out of text: separators in every notation, and the characters that names of folders consist of.</summary>
internal static class PathText
{
    private const int MaxSeparator = 16;
    private const int MaxColour = 32;
    private const int MaxMarker = 96;

    /// <summary>Length of the separator that begins at a place: <c>/</c>, <c>\</c>, <c>\\</c>, <c>\/</c>, <c>%2F</c>, <c>%5C</c>; 0 for none.</summary>
    public static int SeparatorAt(ReadOnlySpan<byte> text, int at)
    {
        int end = at;
        while (end < text.Length && end - at < MaxSeparator && text[end] is (byte)'/' or (byte)'\\')
            end++;
        return end > at ? end - at : at + 3 <= text.Length && IsEncoded(text.Slice(at, 3)) ? 3 : 0;
    }

    /// <summary>Length of the separator that ends at a place; 0 for none.</summary>
    public static int SeparatorBefore(ReadOnlySpan<byte> text, int at)
    {
        int start = at;
        while (start > 0 && at - start < MaxSeparator && text[start - 1] is (byte)'/' or (byte)'\\')
            start--;
        return start < at ? at - start : at >= 3 && IsEncoded(text.Slice(at - 3, 3)) ? 3 : 0;
    }

    /// <summary>Where the folder's name that begins at a place ends.</summary>
    public static int NameEnd(ReadOnlySpan<byte> text, int at)
    {
        int end = at;
        while (end < text.Length && IsName(text[end]))
            end++;
        while (end > at && text[end - 1] is (byte)'.' or (byte)'-')
            end--;
        return end;
    }

    /// <summary>Whether a byte belongs to a folder's name, spaces aside.</summary>
    public static bool IsName(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'_' or (byte)'-' or (byte)'.' or (byte)'@' or (byte)'+' or >= 128;

    /// <summary>Whether no name goes on before a place. What was replaced before, a marker or a tilde, counts as a name.</summary>
    public static bool IsBoundaryBefore(ReadOnlySpan<byte> text, int at) =>
        at == 0 || !(char.IsAsciiLetterOrDigit((char)text[at - 1]) || text[at - 1] is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || IsMarkerEnd(text, at))
        || IsFlag(text, at) || IsEscapeLetter(text, at) || IsColourEnd(text, at);

    private static bool IsMarkerEnd(ReadOnlySpan<byte> text, int at)
    {
        if (text[at - 1] != ']')
            return false;
        ReadOnlySpan<byte> before = text[Math.Max(0, at - MaxMarker)..(at - 1)];
        int open = before.LastIndexOf((byte)'[');
        return open >= 0 && before[open..].StartsWith("[REDACTED:"u8);
    }

    /// <summary>Whether the letter before a place ends a colour such as <c>ESC[90m</c>, the escape character shown, escaped or lost.</summary>
    public static bool IsColourEnd(ReadOnlySpan<byte> text, int at)
    {
        if (at < 3 || !char.IsAsciiLetter((char)text[at - 1]))
            return false;
        int start = at - 1;
        while (start > 0 && at - start < MaxColour && text[start - 1] is (>= (byte)'0' and <= (byte)'9') or (byte)';' or (byte)':' or (byte)'?')
            start--;
        return start > 0 && text[start - 1] == '[' && (start < at - 1 || (start > 1 && text[start - 2] == 0x1b));
    }

    // -I/home, -L/home
    private static bool IsFlag(ReadOnlySpan<byte> text, int at) =>
        at >= 2 && text[at - 2] == '-' && char.IsAsciiLetter((char)text[at - 1]) && (at == 2 || text[at - 3] is (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'\n');

    // \n/home in text that holds escaped text
    private static bool IsEscapeLetter(ReadOnlySpan<byte> text, int at) =>
        at >= 2 && text[at - 2] == '\\' && text[at - 1] is (byte)'n' or (byte)'t' or (byte)'r';

    private static bool IsEncoded(ReadOnlySpan<byte> three) =>
        three[0] == '%' && (three[1] == '2' && (three[2] | 0x20) == 'f' || three[1] == '5' && (three[2] | 0x20) == 'c');
}
