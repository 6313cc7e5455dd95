namespace Parley.Core.Redaction.Secrets;

/// <summary>What stands between a name and its value.</summary>
/// <param name="End">Where the value begins, spaces skipped.</param>
/// <param name="IsVague">Whether it is nothing but a space or a word, so that the value itself must convince.</param>
/// <param name="MayBreak">Whether the value may stand on the next line.</param>
internal readonly record struct Operator(int End, bool IsVague, bool MayBreak)
{
    private const int MaxSpaces = 24;

    public static bool TryRead(ReadOnlySpan<byte> text, int at, out Operator found)
    {
        found = default;
        int end = at;
        while (end < text.Length && text[end] is (byte)'"' or (byte)'\'' or (byte)'`' or (byte)']' or (byte)')' or (byte)'}')
            end++;
        bool closed = end > at;
        int spaces = end;
        end = SkipSpaces(text, end);
        if (end >= text.Length)
            return false;
        int sign = end;
        while (end < text.Length && end - sign < 4 && text[end] is (byte)'=' or (byte)':' or (byte)'?' or (byte)'.' or (byte)'|' or (byte)'>' or (byte)'+' or (byte)'-')
            end++;
        ReadOnlySpan<byte> op = text[sign..end];
        if (op is [(byte)'=', ..] or [(byte)':', ..] or [.., (byte)'='] or [.., (byte)'>'] && !op.SequenceEqual("=="u8) && !op.SequenceEqual("==="u8))
        {
            bool tag = op[^1] == '>' && op.Length == 1;
            int value = tag ? SkipAnySpaces(text, end) : SkipSpaces(text, end);
            found = new(value, false, tag);
            return value < text.Length;
        }
        if (closed && text[sign] == ',')
        {
            found = new(SkipSpaces(text, sign + 1), false, false);
            return found.End < text.Length;
        }
        if (sign == spaces)
            return false;
        found = new(sign, true, false);
        return true;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> text, int at)
    {
        int limit = Math.Min(text.Length, at + MaxSpaces);
        while (at < limit && text[at] is (byte)' ' or (byte)'\t')
            at++;
        return at;
    }

    private static int SkipAnySpaces(ReadOnlySpan<byte> text, int at)
    {
        int limit = Math.Min(text.Length, at + MaxSpaces);
        while (at < limit && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
            at++;
        return at;
    }
}
