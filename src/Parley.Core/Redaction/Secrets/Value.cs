using System.Buffers;

namespace Parley.Core.Redaction.Secrets;

/// <summary>The extent of an assigned value, quotes excluded.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte behind it.</param>
/// <param name="IsQuoted">Whether quotes or tags mark its end, so that any character may be part of it.</param>
internal readonly record struct Value(int Start, int End, bool IsQuoted)
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f \"'`<>,;)}]|"u8);

    public static bool TryRead(ReadOnlySpan<byte> text, Operator assigned, out Value value)
    {
        int start = SkipPrefix(text, SkipWrapper(text, assigned.Value));
        value = start >= text.Length ? default
            : text[start..].StartsWith("<![CDATA["u8) ? Until(text, start + "<![CDATA[".Length, "]]"u8)
            : text[start..].StartsWith("[["u8) ? Until(text, start + 2, "]]"u8)
            : assigned.Link == Link.Tag ? Content(text, start)
            : text[start] is (byte)'"' or (byte)'\'' or (byte)'`' ? Quoted(text, start)
            : text[start] is (byte)'|' or (byte)'>' ? Block(text, start)
            : text[start] == '{' && Braced(text, start) is { End: > 0 } braced ? braced
            : Bare(text, start);
        return value.End > value.Start;
    }

    // @"…", b'…', r"…", f"…" and the brackets of a list or dictionary that begins with the value
    private static int SkipPrefix(ReadOnlySpan<byte> text, int at)
    {
        bool prefixed = at + 1 < text.Length && text[at] is (byte)'@' or (byte)'b' or (byte)'r' or (byte)'f' or (byte)'u' or (byte)'N' or (byte)'(' or (byte)'['
            && text[at + 1] is (byte)'"' or (byte)'\'' or (byte)'`';
        return prefixed ? at + 1 : at;
    }

    // []byte("…"), Buffer.from("…"), Field(default="…"), and YAML's "!!str …" and "&anchor …"
    private static int SkipWrapper(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length)
            return at;
        if (text[at] == '&' || text[at..].StartsWith("!!"u8))
            return text[at..Math.Min(text.Length, at + MaxAnchor)].IndexOf((byte)' ') is > 1 and var space ? at + space + 1 : at;
        for (ReadOnlySpan<byte> rest = Wrappers; !rest.IsEmpty; rest = rest[(rest.IndexOf((byte)'\n') + 1)..])
        {
            ReadOnlySpan<byte> wrapper = rest[..rest.IndexOf((byte)'\n')];
            if (!text[at..].StartsWith(wrapper))
                continue;
            int inner = at + wrapper.Length;
            inner += text[inner..].StartsWith("default="u8) ? "default=".Length : 0;
            return Operator.IsQuote(text, inner) ? inner : at;
        }
        return at;
    }

    private const int MaxAnchor = 32;

    private static ReadOnlySpan<byte> Wrappers => """
        []byte(
        Buffer.from(
        encodeURIComponent(
        Field(
        SecretStr(
        SecretString(
        Some(
        String::from(
        new String(
        bytes(
        str(
        atob(
        btoa(
        b64decode(
        base64.b64decode(
        quote(
        Convert.FromBase64String(
        Encoding.UTF8.GetBytes(

        """u8;

    private static Value Until(ReadOnlySpan<byte> text, int start, ReadOnlySpan<byte> close)
    {
        int length = text[start..Math.Min(text.Length, start + Plausibility.MaxLength)].IndexOf(close);
        return length > 0 ? new(start, start + length, IsQuoted: true) : default;
    }

    // Up to the same quote on the line, or in the text if there is none: three quotes open and close like one.
    private static Value Quoted(ReadOnlySpan<byte> text, int start)
    {
        byte quote = text[start];
        int from = start;
        while (from < text.Length && from < start + 3 && text[from] == quote)
            from++;
        if (from == start + 2)
            return default;
        ReadOnlySpan<byte> rest = text[from..Math.Min(text.Length, from + Plausibility.MaxLength)];
        int length = rest.IndexOfAny(quote, (byte)'\n');
        return new(from, from + (length < 0 ? rest.Length : length), IsQuoted: true);
    }

    private static Value Content(ReadOnlySpan<byte> text, int start)
    {
        ReadOnlySpan<byte> rest = text[start..Math.Min(text.Length, start + Plausibility.MaxLength)];
        int length = rest.IndexOfAny((byte)'<', (byte)'\n');
        int end = start + (length < 0 ? rest.Length : length);
        while (end > start && text[end - 1] <= ' ')
            end--;
        return new(start, end, IsQuoted: true);
    }

    // PWD={X}; in a connection string
    private static Value Braced(ReadOnlySpan<byte> text, int start)
    {
        ReadOnlySpan<byte> rest = text[(start + 1)..Math.Min(text.Length, start + MaxBraced)];
        int length = rest.IndexOfAny("} \n:\""u8);
        return length > 0 && rest[length] == '}' && rest[(length + 1)..] is [(byte)';', ..] ? new(start + 1, start + 1 + length, IsQuoted: true) : default;
    }

    private const int MaxBraced = 128;

    // YAML's "key: |" with the value on the next line
    private static Value Block(ReadOnlySpan<byte> text, int start)
    {
        int at = start + 1;
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
            at++;
        if (at >= text.Length || text[at] is not ((byte)'\n' or (byte)'\r'))
            return default;
        while (at < text.Length && at < start + 64 && text[at] <= ' ')
            at++;
        return at < text.Length ? Bare(text, at) : default;
    }

    private static Value Bare(ReadOnlySpan<byte> text, int start)
    {
        ReadOnlySpan<byte> rest = text[start..Math.Min(text.Length, start + Plausibility.MaxLength)];
        int length = rest.IndexOfAny(Ends);
        int end = start + (length < 0 ? rest.Length : length);
        if (NextParameter(text[start..end]) is > 0 and var parameter)
            end = start + parameter;
        while (end > start + 1 && text[end - 1] is (byte)'.' or (byte)':' or (byte)'\\')
            end--;
        return new(start, end, IsQuoted: false);
    }

    // "a=1&b=2": the ampersand ends a value when a name and an equals sign follow.
    private static int NextParameter(ReadOnlySpan<byte> value)
    {
        for (int at = value.IndexOf((byte)'&'); at >= 0;)
        {
            int name = value[(at + 1)..].IndexOfAnyExcept(NameCharacters);
            if (name > 0 && value[at + 1 + name] == '=')
                return at;
            int next = value[(at + 1)..].IndexOf((byte)'&');
            at = next < 0 ? -1 : at + 1 + next;
        }
        return 0;
    }

    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-[]"u8);
}
