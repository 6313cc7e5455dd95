using System.Buffers;
using System.Text;

namespace Parley.Core.Redaction.Secrets;

/// <summary>What stands between a name and its value, in the notation of code, configuration, shells, tables or prose.</summary>
/// <param name="Link">How firmly it binds the value to the name.</param>
/// <param name="Value">Where the value begins, spaces skipped.</param>
internal readonly record struct Operator(Link Link, int Value)
{
    private const int MaxGap = 64;
    private const int MaxAttributes = 128;
    private static readonly SearchValues<byte> Closers = SearchValues.Create("\"'`])}*"u8);
    private static readonly SearchValues<byte> Signs = SearchValues.Create("=:?.|+-~>!"u8);
    private static readonly SearchValues<byte> Stars = SearchValues.Create("*_"u8);
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);

    /// <summary>Reads what follows the name between <paramref name="start"/> and <paramref name="end"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, int start, int end, out Operator found)
    {
        int closed = Gaps.Skip(text, end, Closers, 6);
        int sign = Gaps.Skip(text, closed, Gaps.Spaces, 24);
        found = default;
        if (sign >= text.Length)
            return false;
        found = Tag(text, start, end) ?? Layout.Nested(text, closed, sign) ?? Layout.Markup(text, closed) ?? Sign(text, closed, sign) ?? Label(text, closed) ?? Cell(text, start, sign)
            ?? Argument(text, start, end, closed, sign) ?? Prompt(text, sign) ?? Array(text, end) ?? Layout.Phrase(text, sign) ?? Word(text, end, sign) ?? Space(text, start, end, sign) ?? Comma(text, closed) ?? default;
        return found.Link != Link.None && found.Value < text.Length;
    }

    // <name>value, <name attribute="x">value and <prefix:name>value
    private static Operator? Tag(ReadOnlySpan<byte> text, int start, int end)
    {
        if (start > 0 && text[start - 1] == ':')
            start = text[..(start - 1)].LastIndexOfAnyExcept(Letters) + 1;
        if (start == 0 || text[start - 1] != '<')
            return null;
        ReadOnlySpan<byte> attributes = text[end..Math.Min(text.Length, end + MaxAttributes)];
        int close = attributes.IndexOfAny("<>\n"u8);
        bool opens = close == 0 && attributes[0] == '>' || close > 1 && attributes[close] == '>' && attributes[0] == ' ' && attributes[close - 1] != '/' && attributes[..close].Contains((byte)'=');
        return opens ? new(Link.Tag, Gaps.Skip(text, end + close + 1, Gaps.Breaks, MaxGap)) : null;
    }

    // = : := => ?= ||= .= ::= -> but not ::, also behind a type: "name: string =", "name string ="
    private static Operator? Sign(ReadOnlySpan<byte> text, int closed, int sign)
    {
        int end = Gaps.Skip(text, sign, Signs, 4);
        ReadOnlySpan<byte> op = text[sign..end];
        if (op.IsEmpty)
            return sign > closed && TypeEnd(text, sign) is > 0 and var type ? Sign(text, type, Gaps.Skip(text, type, Gaps.Spaces, 8)) : null;
        int value = Gaps.Skip(text, end, Gaps.Spaces, MaxGap);
        if (op.SequenceEqual("||"u8) || op.SequenceEqual("??"u8) || op.SequenceEqual("?:"u8))
            return IsQuote(text, value) ? new(Link.Argument, value) : op[0] == '?' ? Typed(text, value) : null;
        if (op is [(byte)'=' or (byte)'!', (byte)'=', ..])
            return IsQuote(text, value) ? new(Link.Prose, value) : null;
        bool assigns = op[0] == '=' && !op.StartsWith("=="u8) || op[0] == ':' && !op.SequenceEqual("::"u8) || op.EndsWith("="u8) && op[0] is not ((byte)'=' or (byte)'!')
            || op.EndsWith(">"u8) && op.Length > 1;
        if (!assigns)
            return null;
        if (op[0] == ':' && Typed(text, value) is { } typed)
            return typed;
        return Layout.NextLine(text, op, value) ?? new(Link.Assignment, op.SequenceEqual(":"u8) ? Emphasised(text, end, value) : value);
    }

    // **name:** value
    private static int Emphasised(ReadOnlySpan<byte> text, int end, int value)
    {
        int behind = Gaps.Skip(text, end, Stars, 2);
        return behind > end && behind < text.Length && text[behind] == ' ' ? Gaps.Skip(text, behind, Gaps.Spaces, MaxGap) : value;
    }

    private static Operator? Typed(ReadOnlySpan<byte> text, int at) => TypeEnd(text, at) is > 0 and var type ? Sign(text, type, Gaps.Skip(text, type, Gaps.Spaces, 8)) : null;

    public static bool IsQuote(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at] is (byte)'"' or (byte)'\'' or (byte)'`';

    private static int TypeEnd(ReadOnlySpan<byte> text, int at)
    {
        foreach (byte[] type in Types)
        {
            if (text[Math.Min(at, text.Length)..].StartsWith(type) && at + type.Length < text.Length && text[at + type.Length] is (byte)' ' or (byte)'=')
                return at + type.Length;
        }
        return 0;
    }

    private static readonly byte[][] Types = [.. new[] { "string", "String", "str", "&str", "&'static str", "text", "varchar", "String?", "As String", "{ get; set; }", "{ get; init; }", "{ get; }" }.Select(Encoding.ASCII.GetBytes)];

    // name: X, value: Y in JSON, YAML, XML and command lines
    private static Operator? Label(ReadOnlySpan<byte> text, int closed)
    {
        int at = closed;
        if (text[at..].StartsWith("</"u8))
            at += text[at..Math.Min(text.Length, at + 24)].IndexOf((byte)'>') + 1;
        at = Gaps.Skip(text, at, LabelGap, MaxGap);
        if (at == closed)
            return null;
        foreach (byte[] label in Labels)
        {
            if (at + label.Length >= text.Length || !Ascii.EqualsIgnoreCase(text.Slice(at, label.Length), label))
                continue;
            int end = Gaps.Skip(text, at + label.Length, Gaps.LabelEnd, 4);
            return end > at + label.Length ? new(Link.Assignment, Gaps.Skip(text, end, Gaps.Spaces, 8)) : null;
        }
        return null;
    }

    private static readonly SearchValues<byte> LabelGap = SearchValues.Create(" \t\r\n,;<\"'-{"u8);
    private static readonly byte[][] Labels = [.. new[] { "value", "string", "parametervalue", "secretstring", "default", "body" }.Select(Encoding.ASCII.GetBytes)];

    // | name | value | in Markdown and in tables that are drawn
    private static Operator? Cell(ReadOnlySpan<byte> text, int start, int sign)
    {
        int bar = text[sign] == '|' ? 1 : text[sign..].StartsWith("│"u8) || text[sign..].StartsWith("║"u8) ? 3 : 0;
        bool isCell = bar > 0 && start > 0 && (text[start - 1] is (byte)' ' or (byte)'`' or (byte)'*' || text[start - 1] == '|' && (start == 1 || text[start - 2] == '\n'));
        return isCell ? new(Link.Assignment, Gaps.Skip(text, sign + bar, Gaps.Spaces, MaxGap)) : null;
    }

    // set("name", "value"), name("value"), name{"value"}, {name, "value"}, {name, <<"value">>}
    private static Operator? Argument(ReadOnlySpan<byte> text, int start, int end, int closed, int sign)
    {
        if (closed == end && text[end] == ',' && start > 0 && text[start - 1] == '{')
        {
            int item = Gaps.Skip(text, end + 1, Gaps.Spaces, 24);
            item += text[item..].StartsWith("<<"u8) ? 2 : 0;
            return IsQuote(text, item) ? new(Link.Argument, item) : null;
        }
        int comma = closed > end && text[end] is (byte)'"' or (byte)'\'' or (byte)'`' && !text[end..closed].Contains((byte)']') && text[sign] == ',' ? sign + 1 : closed == end && text[end] is (byte)'(' or (byte)'{' ? end + 1 : 0;
        int value = comma > 0 ? Gaps.Skip(text, comma, Gaps.Spaces, 24) : text.Length;
        return IsQuote(text, value) ? new(Link.Argument, value) : null;
    }

    // char name[] = "value", name[64] = "value"
    private static Operator? Array(ReadOnlySpan<byte> text, int end)
    {
        if (end >= text.Length || text[end] != '[')
            return null;
        int close = Gaps.Skip(text, end + 1, Digits, 8);
        return close < text.Length && text[close] == ']' ? Sign(text, close + 1, Gaps.Skip(text, close + 1, Gaps.Spaces, 8)) : null;
    }

    // AWS Secret Access Key [None]: value
    private static Operator? Prompt(ReadOnlySpan<byte> text, int sign)
    {
        if (text[sign] is not ((byte)'[' or (byte)'('))
            return null;
        int close = text[sign..Math.Min(text.Length, sign + 40)].IndexOfAny("])"u8) + sign + 1;
        return close > sign && close + 1 < text.Length && text[close] == ':' ? new(Link.Assignment, Gaps.Skip(text, close + 1, Gaps.Spaces, 8)) : null;
    }

    // "the token is X", "token - 'X'", "password to X"
    private static Operator? Word(ReadOnlySpan<byte> text, int end, int sign)
    {
        if (text[sign..].StartsWith("is:"u8) && Layout.NextLine(text, ":"u8, sign + "is:".Length) is { } below)
            return below;
        foreach (byte[] word in sign == end ? WordsWithoutSpace : Words)
        {
            if (text[sign..].StartsWith(word))
                return new(Link.Prose, Gaps.Skip(text, sign + word.Length, Gaps.Spaces, 4));
        }
        return null;
    }

    private static readonly byte[][] Words = [.. new[] { "is: ", "is ", "was ", "- ", "– ", "— ", "→ ", "to ", "as ", "of " }.Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] WordsWithoutSpace = [.. new[] { "：", "是", "为", "は" }.Select(Encoding.UTF8.GetBytes)];

    // name,value at the end of a line
    private static Operator? Comma(ReadOnlySpan<byte> text, int closed) => closed < text.Length && text[closed] == ',' ? new(Link.Vague, closed + 1) : null;

    // --name value, set NAME value, name value
    private static Operator? Space(ReadOnlySpan<byte> text, int start, int end, int sign)
    {
        if (sign == end)
            return null;
        ReadOnlySpan<byte> before = text[Math.Max(0, start - 12)..start];
        bool isFlag = text[start] == '-' && start + 2 < end || before.EndsWith("set -gx "u8) || before.EndsWith("set -x "u8) || before.EndsWith("set -Ux "u8) || before.EndsWith("setenv "u8) || before.EndsWith("setx "u8)
            || IsBehindLogin(text, start);
        bool isVariable = before.EndsWith("set $"u8) || before.EndsWith("ENV "u8) || before.EndsWith("ARG "u8) || text[end] == '\t';
        bool isQuoted = text[sign] is (byte)'\'' or (byte)'"' || text[sign] == '(' && IsQuote(text, sign + 1);
        return new(isFlag || isVariable ? Link.Flag : isQuoted ? Link.Prose : Link.Vague, sign);
    }

    // "login jane password X" in a .netrc, "npm config set //example.com/:_authToken X"
    private static bool IsBehindLogin(ReadOnlySpan<byte> text, int start)
    {
        ReadOnlySpan<byte> before = text[Math.Max(0, start - MaxGap)..start];
        return before.IndexOf("login "u8) >= 0 || before[(before.LastIndexOf((byte)'\n') + 1)..].IndexOf(" config set "u8) >= 0;
    }
}

/// <summary>How firmly a value is bound to the name before it.</summary>
internal enum Link
{
    None,

    /// <summary>It merely follows.</summary>
    Vague,

    /// <summary>A word or a dash says that it is the value.</summary>
    Prose,

    /// <summary>It is a quoted argument.</summary>
    Argument,

    /// <summary>It follows a command's option.</summary>
    Flag,
    Assignment,

    /// <summary>It is an element's content, perhaps on the next line.</summary>
    Tag,
}
