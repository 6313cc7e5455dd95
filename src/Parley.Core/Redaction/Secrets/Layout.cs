using System.Buffers;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Finds the value of a name where the two stand apart: on the next line, behind markup, inside an object, at the end of a phrase.</summary>
internal static class Layout
{
    private const int MaxGap = 64;
    private const int MaxPhrase = 64;
    private const int MaxBlock = 400;
    private const int MaxTags = 4;

    private static readonly SearchValues<byte> BesideTags = SearchValues.Create(" \t\r\n:="u8);
    private static readonly SearchValues<byte> TagName = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/"u8);
    private static readonly SearchValues<byte> Words = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '\"-_."u8);

    /// <summary>A value on the line behind the operator: a string, or, behind a colon, all that its line holds: <c>the password is:</c>.</summary>
    public static Operator? NextLine(ReadOnlySpan<byte> text, ReadOnlySpan<byte> op, int at)
    {
        if (at + 1 < text.Length && text[at] == '(')
            at++;
        if (at >= text.Length || text[at] is not ((byte)'\n' or (byte)'\r'))
            return null;
        int value = Gaps.Skip(text, at, Gaps.Breaks, MaxGap);
        if (IsDocumentation(text, value))
            return null;
        if (Operator.IsQuote(text, value) && !IsFence(text, value))
            return new(Link.Assignment, value);
        if (op[0] != ':')
            return null;
        if (IsFence(text, value))
            value = Gaps.Skip(text, Line(text, value), Gaps.Breaks, MaxGap);
        else if (text[Math.Min(value, text.Length)..].StartsWith("- "u8))
            value += 2;
        ReadOnlySpan<byte> line = text[Math.Min(value, text.Length)..Line(text, value)].TrimEnd(Trailing);
        return line.IsEmpty || line.Contains((byte)' ') || line[^1] is (byte)':' or (byte)'{' or (byte)',' ? null : new(Link.Prose, value);
    }

    private static ReadOnlySpan<byte> Trailing => " \t\r"u8;

    // def reset(password):\n """..."""
    private static bool IsDocumentation(ReadOnlySpan<byte> text, int at) => text[Math.Min(at, text.Length)..].StartsWith("\"\"\""u8) || text[Math.Min(at, text.Length)..].StartsWith("'''"u8);

    private static bool IsFence(ReadOnlySpan<byte> text, int at) => text[Math.Min(at, text.Length)..].StartsWith("```"u8);

    private static int Line(ReadOnlySpan<byte> text, int at)
    {
        at = Math.Min(at, text.Length);
        ReadOnlySpan<byte> rest = text[at..Math.Min(text.Length, at + Plausibility.MaxLength)];
        int length = rest.IndexOf((byte)'\n');
        return at + (length < 0 ? rest.Length : length);
    }

    /// <summary>A value behind the end of the element that holds the name: two cells, two runs of code, <c>&lt;b>name:&lt;/b> value</c>.</summary>
    public static Operator? Markup(ReadOnlySpan<byte> text, int closed)
    {
        int at = Gaps.Skip(text, closed, BesideTags, 4);
        if (!text[at..].StartsWith("</"u8))
            return null;
        bool joined = text[closed..at].ContainsAny((byte)':', (byte)'=');
        for (int tags = 0; tags < MaxTags && at < text.Length && text[at] == '<'; tags++)
        {
            joined |= text[(at + 1)..] is [not (byte)'/', ..];
            int end = Gaps.Skip(text, at + 1, TagName, 16);
            if (end == at + 1 || end >= text.Length || text[end] != '>')
                return null;
            at = Gaps.Skip(text, end + 1, BesideTags, MaxGap);
            joined |= text[(end + 1)..at].ContainsAny((byte)':', (byte)'=');
        }
        return joined && at < text.Length && text[at] != '<' ? new(Link.Assignment, at) : null;
    }

    /// <summary>A member of an object that has the name: <c>name: { "type": "x", "value": "X" }</c>, <c>variable "name" { default = "X" }</c>.</summary>
    public static Operator? Nested(ReadOnlySpan<byte> text, int closed, int sign)
    {
        int open = sign < text.Length && text[sign] is (byte)':' or (byte)'=' ? Gaps.Skip(text, sign + 1, Gaps.Spaces, 8) : sign;
        bool isQuoted = closed > 0 && text[closed - 1] == '"';
        if (open >= text.Length || text[open] is (byte)'\n' && open == sign || text[open] is not ((byte)'{' or (byte)'\n') || text[open] == '{' && !isQuoted)
            return null;
        ReadOnlySpan<byte> block = text[open..Math.Min(text.Length, open + (text[open] == '{' ? MaxBlock : MaxGap))];
        int end = text[open] == '{' ? block.IndexOf((byte)'}') : block[1..].IndexOf((byte)'\n') + 1;
        block = block[..(end <= 0 ? block.Length : end)];
        return Member(text, block, open, "default"u8) ?? Member(text, block, open, "value"u8);
    }

    private static Operator? Member(ReadOnlySpan<byte> text, ReadOnlySpan<byte> block, int open, ReadOnlySpan<byte> member)
    {
        int at = block.IndexOf(member), end = open + at + member.Length;
        if (at < 1 || block[at - 1] is not ((byte)' ' or (byte)'"' or (byte)'\n' or (byte)'\t'))
            return null;
        int value = Gaps.Skip(text, end, Gaps.LabelEnd, MaxGap);
        if (value == end || !text[end..value].ContainsAny((byte)':', (byte)'='))
            return null;
        return new(Link.Assignment, text[value - 1] is (byte)'"' or (byte)'\'' ? value - 1 : value);
    }

    /// <summary>A value at the end of a phrase: "the password for staging is X", "the password to go on with: X".</summary>
    public static Operator? Phrase(ReadOnlySpan<byte> text, int sign)
    {
        ReadOnlySpan<byte> rest = text[sign..Math.Min(text.Length, sign + MaxPhrase)];
        if (!rest.StartsWith("for "u8) && !rest.StartsWith("to "u8) && !rest.StartsWith("of "u8) && !rest.StartsWith("on "u8))
            return null;
        int words = rest.IndexOfAnyExcept(Words), verb = rest[..(words < 0 ? rest.Length : words)].IndexOf(" is "u8);
        if (verb > 0)
            return new(Link.Prose, sign + verb + " is ".Length);
        if (words < 0 || rest[words] != ':')
            return null;
        int value = Gaps.Skip(text, sign + words + 1, Gaps.Breaks, 8);
        return value > sign + words + 1 ? new(Link.Prose, value) : null;
    }
}
