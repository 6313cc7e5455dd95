namespace Parley.Core.Redaction.Secrets;

/// <summary>The extent of an assigned value, quotes excluded.</summary>
internal readonly record struct Value(int Start, int End, bool IsQuoted)
{
    public static bool TryRead(ReadOnlySpan<byte> text, Operator assigned, out Value value)
    {
        int start = assigned.End;
        value = default;
        if (start >= text.Length)
            return false;
        while (start < text.Length && text[start] is (byte)'@' or (byte)'b' or (byte)'r' or (byte)'f' && start + 1 < text.Length && text[start + 1] is (byte)'"' or (byte)'\'')
            start++;
        byte quote = text[start];
        if (quote is (byte)'"' or (byte)'\'' or (byte)'`')
        {
            int length = text[(start + 1)..Math.Min(text.Length, start + 1 + Plausibility.MaxLength)].IndexOfAny(quote, (byte)'\n');
            value = new(start + 1, start + 1 + Math.Max(length, 0), true);
            return length > 0;
        }
        int end = start;
        int limit = Math.Min(text.Length, start + Plausibility.MaxLength);
        while (end < limit && !IsEnd(text, end))
            end++;
        value = new(start, end, false);
        return end > start;
    }

    private static bool IsEnd(ReadOnlySpan<byte> text, int at) => text[at] <= ' '
        || text[at] is (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'<' or (byte)'>' or (byte)',' or (byte)';' or (byte)')' or (byte)'}' or (byte)']' or (byte)'|' or (byte)'&';
}
