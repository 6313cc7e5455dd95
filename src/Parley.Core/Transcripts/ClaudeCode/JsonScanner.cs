using System.Buffers;
using System.Runtime.CompilerServices;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Walks over JSON text without decoding it. Other than <c>Utf8JsonReader</c> it skips what nobody asked for by its quotes and brackets, and
/// reports malformed text instead of throwing. What is going to be shown is checked in full (<see cref="SkipValid"/>).
/// </summary>
/// <remarks>
/// It is most of a transcript's first pass. A command would be over before the runtime had optimised these methods by itself, therefore they
/// are marked.
/// </remarks>
internal ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    /// <summary>Leaves room for the entry and the bundle that the value is put into.</summary>
    public const int MaxValidDepth = JsonText.MaxDepth - 8;

    private static readonly SearchValues<byte> QuoteEscapeOrControl =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(b => (byte)b)]);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>How far the text was passed over; all of it once it is broken.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next value or sign stands.</summary>
    public int NextPosition => Next == 0 ? _text.Length : Position;

    /// <summary>Whether the text turned out not to be JSON; from then on there is nothing in it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The first byte of the value that comes next; 0 at the end.</summary>
    public byte Next
    {
        get
        {
            while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                Position++;
            return Position < _text.Length ? _text[Position] : (byte)0;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool NextMember(ref bool isFirst, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!NextItem(ref isFirst, (byte)'}'))
            return false;
        int start = Position + 1;
        SkipValidString();
        int end = Position - 1;
        if (Next != ':')
            return Break();
        name = _text[start..end];
        Position++;
        return true;
    }

    /// <summary>Moves to the next item of an array; false behind its end. <paramref name="isFirst"/> begins as true.</summary>
    public bool NextItem(ref bool isFirst) => NextItem(ref isFirst, (byte)']');

    /// <summary>Passes over a value, looking at its quotes and brackets only, and returns it; nothing if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>
    /// Passes over a value that must be JSON in every detail and returns it. It may be nested <see cref="MaxValidDepth"/> deep, together with
    /// the <paramref name="depth"/> at which it stands.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> SkipValid(int depth = 0)
    {
        byte first = Next;
        int start = Position;
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
        return IsBroken ? default : _text[start..Position];
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
        if (escaped is (byte)'n' or (byte)'"' or (byte)'\\' or (byte)'t' or (byte)'r' or (byte)'/' or (byte)'b' or (byte)'f')
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    // Between strings there are few bytes, so they are looked at one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SkipContainer()
    {
        int depth = 0;
        do
        {
            if (Position == _text.Length)
            {
                Break();
                return;
            }
            byte one = _text[Position];
            if (one == '"')
            {
                SkipString();
                continue;
            }
            if (one is (byte)'{' or (byte)'[')
                depth++;
            else if (one is (byte)'}' or (byte)']')
                depth--;
            Position++;
        }
        while (depth > 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
        Position = _text.Length;
        return false;
    }
}
