using System.Buffers;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Walks over JSON text without decoding it. Beside <c>Utf8JsonReader</c>, it skips what nobody asked for at several times the speed, since it
/// need not be well-formed in detail, and it reports malformed text instead of throwing. What is going to be shown is checked in full
/// (<see cref="SkipValid"/>).
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    /// <summary>Leaves room for the entry and the bundle that the value is put into.</summary>
    public const int MaxValidDepth = JsonText.MaxDepth - 8;

    private static readonly SearchValues<byte> QuoteEscapeOrControl =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(b => (byte)b)]);

    private static readonly SearchValues<byte> QuotesAndBrackets = SearchValues.Create("\"{}[]"u8);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Where the next value or sign is expected.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the text turned out not to be JSON; from then on nothing moves.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The first byte of the value that comes next; 0 at the end.</summary>
    public byte Next
    {
        get
        {
            while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                Position++;
            return Position < _text.Length && !IsBroken ? _text[Position] : (byte)0;
        }
    }

    /// <summary>Enters the object or array that comes next; false, without moving, if another value does.</summary>
    public bool TryEnter(byte bracket)
    {
        if (Next != bracket)
            return false;
        Position++;
        return true;
    }

    /// <summary>
    /// Moves to the value of the next member of an object; false behind its end. <paramref name="isFirst"/> begins as true. The name is
    /// without its quotes, still escaped.
    /// </summary>
    public bool NextMember(ref bool isFirst, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!NextItem(ref isFirst, (byte)'}'))
            return false;
        int start = Position + 1;
        SkipString();
        if (Next != ':')
            return Break();
        name = _text[start..Position].TrimEnd(" \t\r\n"u8)[..^1];
        Position++;
        return true;
    }

    /// <summary>Moves to the next item of an array; false behind its end. <paramref name="isFirst"/> begins as true.</summary>
    public bool NextItem(ref bool isFirst) => NextItem(ref isFirst, (byte)']');

    /// <summary>Passes over a value, looking at its quotes and brackets only, and returns it; nothing if there is none.</summary>
    public ReadOnlySpan<byte> Skip()
    {
        byte first = Next;
        int start = Position;
        if (first == '"')
            SkipString();
        else if (first is (byte)'{' or (byte)'[')
            SkipContainer();
        else
            SkipWord();
        return IsBroken ? default : _text[start..Position];
    }

    /// <summary>Passes over a value that must be JSON in every detail, nested no deeper than <see cref="MaxValidDepth"/>.</summary>
    public void SkipValid(int depth = 0)
    {
        byte first = Next;
        if (first == '"')
            SkipValidString();
        else if (depth == MaxValidDepth)
            Break();
        else if (TryEnter((byte)'{'))
            SkipValidMembers(depth + 1);
        else if (TryEnter((byte)'['))
            SkipValidItems(depth + 1);
        else
            SkipValidWord();
    }

    private void SkipValidMembers(int depth)
    {
        for (bool isFirst = true; NextItem(ref isFirst, (byte)'}');)
        {
            SkipValidString();
            if (!TryEnter((byte)':'))
                Break();
            SkipValid(depth);
        }
    }

    private void SkipValidItems(int depth)
    {
        for (bool isFirst = true; NextItem(ref isFirst);)
            SkipValid(depth);
    }

    private void SkipValidString()
    {
        if (!TryEnter((byte)'"'))
            Break();
        while (!IsBroken)
        {
            int at = _text[Position..].IndexOfAny(QuoteEscapeOrControl);
            Position += at + 1;
            if (at >= 0 && _text[Position - 1] == '"')
                return;
            if (at < 0 || _text[Position - 1] != '\\')
                Break();
            else
                SkipEscape();
        }
    }

    private void SkipEscape()
    {
        byte escaped = Position < _text.Length ? _text[Position++] : (byte)0;
        if ("\"\\/bfnrt"u8.Contains(escaped))
            return;
        if (escaped != 'u' || Position + 4 > _text.Length || _text.Slice(Position, 4).ContainsAnyExcept(HexDigits))
            Break();
        else
            Position += 4;
    }

    private void SkipValidWord()
    {
        int start = Position;
        SkipWord();
        ReadOnlySpan<byte> word = _text[start..Position];
        if (!word.SequenceEqual("true"u8) && !word.SequenceEqual("false"u8) && !word.SequenceEqual("null"u8) && !IsNumber(word))
            Break();
    }

    private static bool IsNumber(ReadOnlySpan<byte> word)
    {
        if (word.StartsWith("-"u8))
            word = word[1..];
        int integer = Digits(word);
        if (integer == 0 || integer > 1 && word[0] == '0')
            return false;
        word = word[integer..];
        if (word.StartsWith("."u8))
        {
            int fraction = Digits(word[1..]);
            if (fraction == 0)
                return false;
            word = word[(1 + fraction)..];
        }
        return word.IsEmpty || IsExponent(word);
    }

    private static bool IsExponent(ReadOnlySpan<byte> word)
    {
        if (word[0] is not ((byte)'e' or (byte)'E'))
            return false;
        ReadOnlySpan<byte> digits = word.Length > 1 && word[1] is (byte)'+' or (byte)'-' ? word[2..] : word[1..];
        return !digits.IsEmpty && Digits(digits) == digits.Length;
    }

    private static int Digits(ReadOnlySpan<byte> word) =>
        word.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : word.Length;

    private void SkipString()
    {
        if (!TryEnter((byte)'"'))
            Break();
        while (!IsBroken)
        {
            int at = _text[Position..].IndexOfAny((byte)'"', (byte)'\\');
            Position += at + 1;
            if (at >= 0 && _text[Position - 1] == '"')
                return;
            if (at < 0 || Position++ == _text.Length)
                Break();
        }
    }

    private void SkipContainer()
    {
        int depth = 0;
        do
        {
            int at = IsBroken ? -1 : _text[Position..].IndexOfAny(QuotesAndBrackets);
            if (at < 0)
            {
                Break();
                return;
            }
            Position += at;
            byte found = _text[Position];
            if (found == '"')
            {
                SkipString();
                continue;
            }
            depth += found is (byte)'{' or (byte)'[' ? 1 : -1;
            Position++;
        }
        while (depth > 0);
    }

    private void SkipWord()
    {
        int start = Position;
        while (Position < _text.Length && _text[Position] is not ((byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            Position++;
        if (Position == start)
            Break();
    }

    private bool NextItem(ref bool isFirst, byte end)
    {
        byte next = Next;
        if (next == end)
        {
            Position++;
            return false;
        }
        if (!isFirst)
        {
            if (next != ',')
                return Break();
            Position++;
        }
        isFirst = false;
        return Next != 0 || Break();
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
