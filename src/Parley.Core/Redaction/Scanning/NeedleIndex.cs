using System.Buffers.Binary;
using System.Text;

namespace Parley.Core.Redaction.Scanning;

/// <summary>Compares the needles that share the first bytes of a fingerprint with the text around a place where Teddy saw it.</summary>
internal sealed class NeedleIndex
{
    /// <summary>The length of the shortest needle: so many bytes choose among all needles.</summary>
    public const int MinLength = 3;

    private const int SlotBits = 14;

    // Letters are folded to lower case, which maps some other characters onto each other too; the comparison tells them apart.
    private const uint Fold = 0x20202020;
    private const uint ThreeBytes = 0xFFFFFF;
    private const int CaseBit = 0x20;

    private readonly Needle[] _needles;
    private readonly int[] _offsets;
    // Needles of three bytes have keys of their own.
    private readonly uint[] _keys;
    // A bit for each slot that has a needle: most candidates end here, in memory that stays near.
    private readonly ulong[] _isUsed = new ulong[1 << SlotBits - 6];
    private readonly ushort[] _first = new ushort[1 << SlotBits];
    private readonly ushort[] _next;

    public NeedleIndex(Needle[] needles, NeedlePlan[] plan)
    {
        if (needles.Length >= ushort.MaxValue)
            throw new ArgumentException("There are too many needles.", nameof(needles));
        _needles = needles;
        _offsets = new int[needles.Length];
        _keys = new uint[needles.Length];
        _next = new ushort[needles.Length];
        // Links count needles from 1; 0 ends a chain.
        for (int n = needles.Length - 1; n >= 0; n--)
        {
            _offsets[n] = plan[n].Offset;
            ReadOnlySpan<byte> text = _needles[n].Text.AsSpan(_offsets[n]);
            uint slot = Slot(_keys[n] = text.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(text) | Fold : KeyAtEnd(text, 0));
            _isUsed[slot >> 6] |= 1ul << (int)slot;
            _next[n] = _first[slot];
            _first[slot] = (ushort)(n + 1);
        }
    }

    /// <summary>Adds the needles whose fingerprint begins at one of the candidates, which are in order, and that stand there in full.</summary>
    public void Compare(ReadOnlySpan<byte> text, Span<int> candidates, Pile<Hit> hits)
    {
        foreach (int at in candidates[..Filter(text, candidates)])
            Compare(text, at, hits);
    }

    /// <summary>The same for one place.</summary>
    public void Compare(ReadOnlySpan<byte> text, int at, Pile<Hit> hits)
    {
        if (text.Length - at < 4)
        {
            CompareAtEnd(text, at, hits);
            return;
        }
        uint four = Four(text, at), three = four & ThreeBytes;
        Compare(text, at, four, _first[Slot(four)], hits);
        Compare(text, at, three, _first[Slot(three)], hits);
    }

    // Moves the candidates to the front that may have a needle, without a branch that could be guessed wrong, and counts them.
    private int Filter(ReadOnlySpan<byte> text, Span<int> candidates)
    {
        ReadOnlySpan<ulong> isUsed = _isUsed;
        int kept = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            int at = candidates[i];
            candidates[kept] = at;
            if (text.Length - at < 4)
            {
                kept++;
                continue;
            }
            uint slot4 = Slot(Four(text, at)), slot3 = Slot(Four(text, at) & ThreeBytes);
            kept += (int)(isUsed[(int)(slot4 >> 6)] >> (int)slot4 | isUsed[(int)(slot3 >> 6)] >> (int)slot3) & 1;
        }
        return kept;
    }

    private void CompareAtEnd(ReadOnlySpan<byte> text, int at, Pile<Hit> hits)
    {
        if (text.Length - at >= MinLength)
            Compare(text, at, KeyAtEnd(text, at), _first[Slot(KeyAtEnd(text, at))], hits);
    }

    private void Compare(ReadOnlySpan<byte> text, int at, uint key, int link, Pile<Hit> hits)
    {
        for (; link > 0; link = _next[link - 1])
        {
            int n = link - 1, start = at - _offsets[n];
            if (_keys[n] != key || start < 0)
                continue;
            byte[] needle = _needles[n].Text;
            int last = start + needle.Length - 1;
            // The outer bytes, whatever their case, tell most needles apart that share a fingerprint.
            if (last >= text.Length || ((text[start] ^ needle[0] | text[last] ^ needle[^1]) & ~CaseBit) != 0)
                continue;
            ReadOnlySpan<byte> there = text.Slice(start, needle.Length);
            if (_needles[n].IgnoreCase ? Ascii.EqualsIgnoreCase(there, needle) : there.SequenceEqual(needle))
                hits.Add(new Hit(start, n));
        }
    }

    private static uint Four(ReadOnlySpan<byte> text, int at) => BinaryPrimitives.ReadUInt32LittleEndian(text[at..]) | Fold;

    private static uint KeyAtEnd(ReadOnlySpan<byte> text, int at) => (text[at] | (uint)text[at + 1] << 8 | (uint)text[at + 2] << 16 | Fold) & ThreeBytes;

    private static uint Slot(uint key) => key * 2654435761u >> 32 - SlotBits;
}
