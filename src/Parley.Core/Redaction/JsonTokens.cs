using System.Runtime.Intrinsics;

namespace Parley.Core.Redaction;

/// <summary>
/// Reads JSON token by token (RFC 8259), decoding nothing, and reports what is not JSON instead of throwing. It takes what <c>Utf8JsonReader</c>
/// takes; other than that one it needs nothing compiled when the process starts, which costs more time than redacting a short session.
/// </summary>
internal ref struct JsonTokens(ReadOnlySpan<byte> json)
{
    /// <summary>How deep objects and arrays may be nested.</summary>
    public const int MaxDepth = 1_000_000;

    private const int LevelsInWord = 64;

    private readonly ReadOnlySpan<byte> _json = json;

    // One bit for each open bracket, the innermost lowest: whether it is an object's. Each 64 of them make room for the next.
    private ulong _isObject;
    private Stack<ulong>? _outer;
    private Due _due = Due.Value;
    private int _at;

    public JsonToken Type { get; private set; }

    /// <summary>Where the token begins: at a string's quote.</summary>
    public int Start { get; private set; }

    /// <summary>What stands between the quotes of a string or name, still escaped; nothing for any other token.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether there are escapes in <see cref="Value"/>.</summary>
    public bool IsEscaped { get; private set; }

    /// <summary>How many objects and arrays the token is in.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether the text turned out not to be JSON.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Goes on to the next token; false behind the last one, and where the text is not JSON.</summary>
    public bool Read()
    {
        Type = JsonToken.Other;
        Value = default;
        IsEscaped = false;
        byte next = Next();
        if (_due == Due.End)
            return _at != _json.Length && Break();
        if (_due == Due.Separator && next == ',')
        {
            _at++;
            _due = IsInObject ? Due.Name : Due.Value;
            next = Next();
        }
        Start = _at;
        return next switch
        {
            (byte)'}' or (byte)']' => TryLeave(next == '}') || Break(),
            (byte)'"' when _due is Due.Name or Due.FirstName => TryReadName() || Break(),
            _ when _due is Due.Value or Due.FirstValue => TryReadValue(next) || Break(),
            _ => Break(),
        };
    }

    private readonly bool IsInObject => (_isObject & 1) != 0;

    private bool TryReadName()
    {
        if (!TryReadString() || Next() != ':')
            return false;
        _at++;
        Type = JsonToken.Name;
        _due = Due.Value;
        return true;
    }

    private bool TryReadValue(byte first)
    {
        if (first is (byte)'{' or (byte)'[')
            return TryEnter(first == '{');
        _due = Depth == 0 ? Due.End : Due.Separator;
        if (first != '"')
            return first switch
            {
                (byte)'t' => TryReadWord("true"u8),
                (byte)'f' => TryReadWord("false"u8),
                (byte)'n' => TryReadWord("null"u8),
                _ => TryReadNumber(),
            };
        Type = JsonToken.String;
        return TryReadString();
    }

    private bool TryEnter(bool isObject)
    {
        if (Depth == MaxDepth)
            return false;
        if (Depth > 0 && Depth % LevelsInWord == 0)
            (_outer ??= new()).Push(_isObject);
        _isObject = _isObject << 1 | (isObject ? 1ul : 0);
        Depth++;
        _at++;
        _due = isObject ? Due.FirstName : Due.FirstValue;
        return true;
    }

    private bool TryLeave(bool isObject)
    {
        if (Depth == 0 || isObject != IsInObject || _due is not (Due.Separator or Due.FirstName or Due.FirstValue))
            return false;
        Depth--;
        _isObject >>= 1;
        if (Depth > 0 && Depth % LevelsInWord == 0)
            _isObject = _outer!.Pop();
        _at++;
        _due = Depth == 0 ? Due.End : Due.Separator;
        return true;
    }

    private bool TryReadString()
    {
        int at = _at + 1;
        for (at += Plain(_json[at..]); at < _json.Length && _json[at] == '\\'; at += Plain(_json[at..]))
        {
            int escape = EscapeLength(_json[at..]);
            if (escape == 0)
                return false;
            IsEscaped = true;
            at += escape;
        }
        if (at == _json.Length || _json[at] != '"')
            return false;
        Value = _json[(_at + 1)..at];
        _at = at + 1;
        return true;
    }

    /// <summary>How many bytes stand before a quote, a backslash or a control character.</summary>
    private static int Plain(ReadOnlySpan<byte> text)
    {
        int at = 0;
        for (; Vector128.IsHardwareAccelerated && at + Vector128<byte>.Count <= text.Length; at += Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.Create(text[at..]);
            Vector128<byte> ends = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1F)), bytes);
            if (ends != Vector128<byte>.Zero)
                return at + int.TrailingZeroCount((int)ends.ExtractMostSignificantBits());
        }
        while (at < text.Length && text[at] is not ((byte)'"' or (byte)'\\' or < 0x20))
            at++;
        return at;
    }

    /// <summary>The length of the escape that a text begins with; 0 when JSON has none such.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
            return 0;
        if (text[1] is (byte)'n' or (byte)'"' or (byte)'\\' or (byte)'t' or (byte)'r' or (byte)'/' or (byte)'b' or (byte)'f')
            return 2;
        return text[1] == 'u' && text.Length >= 6 && IsHex(text[2]) && IsHex(text[3]) && IsHex(text[4]) && IsHex(text[5]) ? 6 : 0;
    }

    private static bool IsHex(byte c) => char.IsAsciiHexDigit((char)c);

    private bool TryReadWord(ReadOnlySpan<byte> word)
    {
        if (!_json[_at..].StartsWith(word))
            return false;
        _at += word.Length;
        return true;
    }

    private bool TryReadNumber()
    {
        _at += Peek() == '-' ? 1 : 0;
        if (Peek() == '0')
            _at++;
        else if (!TryReadDigits())
            return false;
        if (Peek() == '.')
        {
            _at++;
            if (!TryReadDigits())
                return false;
        }
        if (Peek() is not ((byte)'e' or (byte)'E'))
            return true;
        _at++;
        _at += Peek() is (byte)'+' or (byte)'-' ? 1 : 0;
        return TryReadDigits();
    }

    private bool TryReadDigits()
    {
        int start = _at;
        while (char.IsAsciiDigit((char)Peek()))
            _at++;
        return _at > start;
    }

    /// <summary>The next byte that is no white space, to which it goes; 0 at the end.</summary>
    private byte Next()
    {
        while (Peek() is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
        return Peek();
    }

    private readonly byte Peek() => _at < _json.Length ? _json[_at] : (byte)0;

    private bool Break()
    {
        IsBroken = true;
        _due = Due.End;
        _at = _json.Length;
        return false;
    }

    /// <summary>What must come next.</summary>
    private enum Due : byte
    {
        Value,

        /// <summary>A value, or the end of an empty array.</summary>
        FirstValue,
        Name,

        /// <summary>A name, or the end of an empty object.</summary>
        FirstName,

        /// <summary>A comma, or the end of the object or array.</summary>
        Separator,
        End,
    }
}

/// <summary>What a token is, as far as it matters to who looks for strings.</summary>
internal enum JsonToken : byte
{
    /// <summary>A bracket, a number, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    Other,

    /// <summary>The name of an object's member, its colon included.</summary>
    Name,
    String,
}
