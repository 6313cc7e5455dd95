using System.Text;
using System.Text.Json;

namespace Parley.Core.Redaction;

/// <summary>
/// Which name a string of a JSON value belongs to: its member's, the one of a <c>{"name":…,"value":…}</c> pair, or the option before it in
/// an array of arguments.
/// </summary>
internal struct JsonNames
{
    private byte[]? _member;
    private byte[]? _pair;
    private int _pairDepth;
    private byte[]? _option;

    /// <summary>The type of the content block the reader is in, e.g. <c>tool_result</c>.</summary>
    public string? Block { get; private set; }

    /// <summary>The name for the string the reader stands at; empty where there is none.</summary>
    public ReadOnlySpan<byte> Follow(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _member = reader.ValueSpan.ToArray();
                return default;
            case JsonTokenType.String:
                return NameOf(reader.ValueSpan, reader.CurrentDepth);
            default:
                (_member, _option) = (null, null);
                return default;
        }
    }

    private ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> value, int depth)
    {
        if (_member is null)
        {
            byte[]? before = _option;
            _option = value is [(byte)'-', ..] && value.Length < 64 ? value.ToArray() : null;
            return before;
        }
        byte[] member = _member;
        _member = null;
        if (depth == 2 && Is(member, "type"u8))
            Block = Encoding.UTF8.GetString(value);
        else if (Is(member, "name"u8) || Is(member, "key"u8) || Is(member, "header"u8))
            (_pair, _pairDepth) = (value.Length < 100 ? value.ToArray() : null, depth);
        else if (Is(member, "value"u8) && _pair is not null && _pairDepth == depth)
            return _pair;
        return member;
    }

    private static bool Is(ReadOnlySpan<byte> member, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(member, name);
}
