using System.Buffers;

namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// A text as a person would read it: escapes of JSON and source code at any depth (<c>\n</c>, <c>\\\"</c>, <c>\u0026</c>), ANSI colours,
/// <c>%3D</c> and <c>&amp;gt;</c> are undone. Every place in it leads back to the original bytes. Reused from text to text.
/// </summary>
internal sealed class LogicalText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\\\u001b%&"u8);

    private readonly ArrayBufferWriter<byte> _logical = new(1024);
    private readonly Pile<Piece> _pieces = new();

    /// <summary>Reads a text and gives it as it is read. The result is valid until the next call, and as long as <paramref name="raw"/>.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> raw)
    {
        _logical.ResetWrittenCount();
        _pieces.Clear();
        int from = 0;
        for (int at = raw.IndexOfAny(Special); at >= 0;)
        {
            Escape escape = Escape.Read(raw[at..]);
            if (escape.Length > 0)
            {
                Copy(raw, from, at);
                Replace(at, escape);
                from = at + escape.Length;
            }
            at += Math.Max(1, escape.Length);
            int next = raw[at..].IndexOfAny(Special);
            at = next < 0 ? -1 : at + next;
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
