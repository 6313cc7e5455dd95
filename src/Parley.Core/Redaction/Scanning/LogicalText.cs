using System.Buffers;

namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// A text as a person would read it: escapes of JSON and source code at any depth (<c>\n</c>, <c>\\\"</c>, <c>\u0026</c>), ANSI colours,
/// <c>%3D</c> and <c>&amp;gt;</c> are undone. Every place in it leads back to the original bytes. Reused from text to text.
/// </summary>
internal sealed class LogicalText
{
    private readonly ArrayBufferWriter<byte> _logical = new(1024);
    private readonly Pile<Piece> _pieces = new();

    /// <summary>Reads a text and gives it as it is read. The result is valid until the next call, and as long as <paramref name="raw"/>.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> raw)
    {
        _logical.ResetWrittenCount();
        _pieces.Clear();
        int from = 0, colour = -1;
        for (int at = Next(raw, 0, ref colour); at >= 0;)
        {
            Escape escape = Escape.Read(raw[at..]);
            if (escape.Length > 0)
            {
                Copy(raw, from, at);
                Replace(at, escape);
                from = at + escape.Length;
            }
            at += Math.Max(1, escape.Length);
            at = Next(raw, at, ref colour);
        }
        if (from == 0)
            return raw;
        Copy(raw, from, raw.Length);
        return _logical.WrittenSpan;
    }

    /// <summary>Whether the text that was read last holds nothing to undo, so that it is its own logical text.</summary>
    public bool IsPlain => _pieces.Count == 0;

    /// <summary>The original's first byte of what stands at a logical place.</summary>
    public int RawStart(int logical)
    {
        if (_pieces.Count == 0)
            return logical;
        Piece piece = _pieces[PieceAt(logical)];
        return piece.IsEscape ? piece.Raw : piece.Raw + logical - piece.Logical;
    }

    /// <summary>Where the original of what stands before a logical place ends.</summary>
    public int RawEnd(int logical)
    {
        if (_pieces.Count == 0 || logical == 0)
            return logical;
        Piece piece = _pieces[PieceAt(logical - 1)];
        return piece.IsEscape ? piece.RawEnd : piece.Raw + logical - piece.Logical;
    }

    /// <summary>Whether an escape or a colour begins or ends at the place, so that letters before it don't belong to what follows.</summary>
    public bool IsSeam(int logical)
    {
        if (_pieces.Count == 0)
            return false;
        int at = PieceAt(logical);
        return at > 0 && _pieces[at].Logical == logical;
    }

    // The next place where an escape may begin; -1 when there is none. The search for four bytes at once can't be compiled ahead of time, so
    // that for colours, which are rare, goes ahead of the other.
    private static int Next(ReadOnlySpan<byte> raw, int from, ref int colour)
    {
        if (colour < from)
            colour = raw[from..].IndexOf((byte)0x1b) is >= 0 and var next ? from + next : raw.Length;
        int other = raw[from..colour].IndexOfAny((byte)'\\', (byte)'%', (byte)'&');
        return other >= 0 ? from + other : colour < raw.Length ? colour : -1;
    }

    private void Copy(ReadOnlySpan<byte> raw, int from, int to)
    {
        if (from == to)
            return;
        _pieces.Add(new Piece(_logical.WrittenCount, from, to, IsEscape: false));
        _logical.Write(raw[from..to]);
    }

    private void Replace(int at, Escape escape)
    {
        if (escape.Meaning is not { } rune)
            return;
        _pieces.Add(new Piece(_logical.WrittenCount, at, at + escape.Length, IsEscape: true));
        _logical.Advance(rune.EncodeToUtf8(_logical.GetSpan(4)));
    }

    private int PieceAt(int logical)
    {
        int low = 0, high = _pieces.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (_pieces[middle].Logical <= logical)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    private readonly record struct Piece(int Logical, int Raw, int RawEnd, bool IsEscape);
}
