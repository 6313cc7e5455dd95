namespace Parley.Core.Redaction.Personal;

/// <summary>How paths are cut out of text: separators in every notation, and the characters that names of folders consist of.</summary>
internal static class PathText
{
    private const int MaxSeparator = 16;

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
        at == 0 || !(char.IsAsciiLetterOrDigit((char)text[at - 1]) || text[at - 1] is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' or (byte)']') || IsFlag(text, at) || IsEscapeLetter(text, at);

    // -I/home, -L/home
    private static bool IsFlag(ReadOnlySpan<byte> text, int at) =>
        at >= 2 && text[at - 2] == '-' && char.IsAsciiLetter((char)text[at - 1]) && (at == 2 || text[at - 3] is (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'\n');

    // \n/home in text that holds escaped text
    private static bool IsEscapeLetter(ReadOnlySpan<byte> text, int at) =>
        at >= 2 && text[at - 2] == '\\' && text[at - 1] is (byte)'n' or (byte)'t' or (byte)'r';

    private static bool IsEncoded(ReadOnlySpan<byte> three) =>
        three[0] == '%' && (three[1] == '2' && (three[2] | 0x20) == 'f' || three[1] == '5' && (three[2] | 0x20) == 'c');
}
