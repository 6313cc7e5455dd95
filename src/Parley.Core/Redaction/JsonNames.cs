using System.Text;

namespace Parley.Core.Redaction;

/// <summary>
/// Which name a string of a JSON value belongs to: its member's, the one of a <c>{"name":…,"value":…}</c> pair, or the option before it in
/// an array of arguments.
/// </summary>
internal ref struct JsonNames
{
    private const int MaxName = 100;

    private ReadOnlySpan<byte> _member;
    private ReadOnlySpan<byte> _pair;
    private ReadOnlySpan<byte> _option;
    private int _pairDepth;

    /// <summary>The type of the content block the tokens are in, e.g. <c>tool_result</c>.</summary>
    public string? Block { get; private set; }

    /// <summary>The name for the string the tokens stand at; empty where there is none.</summary>
    public ReadOnlySpan<byte> Follow(ref JsonTokens tokens)
    {
        switch (tokens.Type)
        {
            case JsonToken.Name:
                _member = tokens.Value;
                return default;
            case JsonToken.String:
                return NameOf(tokens.Value, tokens.Depth);
            default:
                _member = _option = default;
                return default;
        }
    }

    private ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> value, int depth)
    {
        ReadOnlySpan<byte> member = _member;
        if (member.IsEmpty)
        {
            ReadOnlySpan<byte> before = _option;
            _option = value is [(byte)'-', ..] && value.Length < MaxName ? value : default;
            return before;
        }
        _member = default;
        if (depth == 2 && member.SequenceEqual("type"u8))
            Block = ShortText.Of(value);
        else if (member.Length <= 6 && (Is(member, "name"u8) || Is(member, "key"u8) || Is(member, "header"u8)))
        {
            _pair = value.Length < MaxName ? value : default;
            _pairDepth = depth;
        }
        else if (Is(member, "value"u8) && _pairDepth == depth && !_pair.IsEmpty)
            return _pair;
        return member;
    }

    /// <summary>Whether a place is in a member's name that is one word and has a number as its value, as those of token counts do.</summary>
    public static bool IsNumbers(ReadOnlySpan<byte> json, int at)
    {
        int end = at, limit = Math.Max(0, at - MaxName);
        while (end < json.Length && end < at + MaxName && IsName(json[end]))
            end++;
        if (end + 2 >= json.Length || json[end] != '"' || json[end + 1] != ':' || !char.IsAsciiDigit((char)json[end + 2]))
            return false;
        while (at > limit && IsName(json[at - 1]))
            at--;
        return at > 0 && json[at - 1] == '"';
    }

    private static bool IsName(byte c) => char.IsAsciiLetterOrDigit((char)c) || c == '_';

    private static bool Is(ReadOnlySpan<byte> member, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(member, name);
}
