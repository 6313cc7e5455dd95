using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Parley.Core.Redaction.Scanning;

/// <summary>Compares the needles that share a fingerprint with the text around a place where Teddy saw it.</summary>
internal sealed class NeedleIndex
{
    private const int Slots = 8192;
    private const int SlotShift = 32 - 13;
    // Letters are folded to lower case, which maps some other characters onto each other too; the comparison tells them apart.
    private const uint Fold4 = 0x20202020;
    private const uint Fold3 = 0x202020;

    private readonly Needle[] _needles;
    private readonly int[] _offsets;
    private readonly uint[] _fingerprints;
    private readonly short[] _first4 = new short[Slots];
    private readonly short[] _first3 = new short[Slots];
    private readonly short[] _next;

    public NeedleIndex(IReadOnlyList<Needle> needles, IReadOnlyList<NeedlePlan> plan)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needles.Count, short.MaxValue);
        _needles = new Needle[needles.Count];
        _offsets = new int[needles.Count];
        _fingerprints = new uint[needles.Count];
        _next = new short[needles.Count];
        Array.Fill(_first4, (short)-1);
        Array.Fill(_first3, (short)-1);
        for (int n = needles.Count - 1; n >= 0; n--)
        {
            (_needles[n], _offsets[n]) = (needles[n], plan[n].Offset);
            ReadOnlySpan<byte> text = _needles[n].Text.AsSpan(_offsets[n]);
            bool isFull = text.Length >= 4;
            uint fingerprint = _fingerprints[n] = isFull ? BinaryPrimitives.ReadUInt32LittleEndian(text) | Fold4 : Three(text) | Fold3;
            short[] first = isFull ? _first4 : _first3;
            _next[n] = first[Slot(fingerprint)];
            first[Slot(fingerprint)] = (short)n;
        }
    }

    /// <summary>Adds the needles whose fingerprint begins at <paramref name="at"/> and that stand there in full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Compare(ReadOnlySpan<byte> text, int at, List<Hit> hits)
    {
        if (text.Length - at < 4)
        {
            CompareAtEnd(text, at, hits);
            return;
        }
        uint four = BinaryPrimitives.ReadUInt32LittleEndian(text[at..]) | Fold4;
        uint three = four & 0xFFFFFF;
        int first4 = _first4[Slot(four)], first3 = _first3[Slot(three)];
        if ((first4 & first3) == -1)
            return;
        Compare(text, at, four, first4, hits);
        Compare(text, at, three, first3, hits);
    }

    private void CompareAtEnd(ReadOnlySpan<byte> text, int at, List<Hit> hits)
    {
        if (text.Length - at < 3)
            return;
        uint three = Three(text[at..]) | Fold3;
        Compare(text, at, three, _first3[Slot(three)], hits);
    }

    private void Compare(ReadOnlySpan<byte> text, int at, uint fingerprint, int first, List<Hit> hits)
    {
        for (int n = first; n >= 0; n = _next[n])
        {
            int start = at - _offsets[n];
            byte[] needle = _needles[n].Text;
            if (_fingerprints[n] != fingerprint || start < 0 || start + needle.Length > text.Length)
                continue;
            ReadOnlySpan<byte> there = text.Slice(start, needle.Length);
            if (_needles[n].IgnoreCase ? Ascii.EqualsIgnoreCase(there, needle) : there.SequenceEqual(needle))
                hits.Add(new Hit(start, n));
        }
    }

    private static uint Three(ReadOnlySpan<byte> text) => text[0] | (uint)text[1] << 8 | (uint)text[2] << 16;

    private static int Slot(uint fingerprint) => (int)(fingerprint * 2654435761u >> SlotShift);
}
