namespace Parley.Core.Redaction.Secrets;

/// <summary>Where a token goes on that was cut in two: on the next line, or in the next of several string literals.</summary>
internal static class Joints
{
    /// <summary>How often a token may be cut.</summary>
    public const int Max = 4;

    // Terminals and mail wrap at 80 columns or soon before, and pages of code later.
    private const int MinColumns = 76;

    private const int MaxLength = 64;

    /// <summary>Where it goes on behind a cut at <paramref name="at"/>: <c>" + "</c>, or a line's end and an indentation; 0 where there is no cut.</summary>
    public static int End(ReadOnlySpan<byte> text, int at)
    {
        text = text[..Math.Min(text.Length, at + MaxLength)];
        if (at >= text.Length)
            return 0;
        byte quote = text[at];
        if (quote is not ((byte)'"' or (byte)'\''))
            return LineBreak(text, at);
        int end = SkipSpaces(text, at + 1);
        if (end < text.Length && text[end] is (byte)'+' or (byte)'.' or (byte)'&' or (byte)'\\')
            end = SkipSpaces(text, end + 1);
        return end > at + 1 && end < text.Length && text[end] == quote ? end + 1 : 0;
    }

    /// <summary>
    /// The end of the line behind a token that ends with its line at <paramref name="end"/>, when the line was long enough to be wrapped there
    /// and the next one holds nothing but more of the same; else <paramref name="end"/>.
    /// </summary>
    public static int AfterWrap(ReadOnlySpan<byte> text, int end, ByteSet set)
    {
        if (end < MinColumns || end + 1 >= text.Length || text[end] != '\n' || text[(end - MinColumns)..end].Contains((byte)'\n'))
            return end;
        int next = end + 1;
        while (next < text.Length && next - end < Shape.MaxRun && set.Contains(text[next]))
            next++;
        ReadOnlySpan<byte> rest = text[(end + 1)..next];
        bool isLine = next == text.Length || text[next] is (byte)'\n' or (byte)'\r' or (byte)'"' or (byte)'\'';
        return isLine && rest.Length >= 8 && new Traits(rest) is { Digits: > 0, WordShare: < 0.4 } ? next : end;
    }

    private static int LineBreak(ReadOnlySpan<byte> text, int at)
    {
        int end = text[at] == '\\' ? at + 1 : at;
        if (end < text.Length && text[end] == '\r')
            end++;
        return end < text.Length && text[end] == '\n' ? SkipSpaces(text, end + 1) : 0;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
            at++;
        return at;
    }
}
