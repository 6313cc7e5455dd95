using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// Finds all occurrences of hundreds of needles in one pass over bytes. Four bytes of each needle, its fingerprint, are put into one of 16
/// buckets; a vector of text is looked up nibble by nibble, which leaves for each position the buckets that may begin there, and only
/// those positions are compared in full. The idea is Geoffrey Langdale's, from Hyperscan.
/// </summary>
internal sealed class Teddy
{
    private const int Positions = 4;
    private const int Nibbles = 16;

    private readonly NeedleIndex _index;
    private readonly byte[] _nibbles;

    // The tables as vectors of each width: most texts are so short that making them anew would cost more than the search.
    private readonly Vector128<byte>[] _tables128 = new Vector128<byte>[Positions * 4];
    private readonly Vector256<byte>[] _tables256 = new Vector256<byte>[Positions * 4];
    private readonly Vector512<byte>[] _tables512 = new Vector512<byte>[Positions * 4];

    /// <param name="needles">The needles, each with the fingerprint and bucket that <see cref="NeedlePlan"/> chose.</param>
    /// <param name="plan">One entry for each needle.</param>
    public Teddy(IReadOnlyList<Needle> needles, IReadOnlyList<NeedlePlan> plan)
    {
        _index = new NeedleIndex(needles, plan);
        _nibbles = BucketsByNibble(BucketsByByte(needles, plan));
        for (int i = 0; i < _tables128.Length; i++)
        {
            _tables128[i] = Vector128.Create(_nibbles, i * Nibbles);
            _tables256[i] = Vector256.Create(_tables128[i], _tables128[i]);
            _tables512[i] = Vector512.Create(_tables256[i], _tables256[i]);
        }
    }

    /// <summary>The widest vector that this processor offers, in bytes; 0 where it has none that can look up nibbles.</summary>
    public static int VectorSize =>
        Avx512BW.IsSupported ? 64 : Avx2.IsSupported ? 32 : Ssse3.IsSupported || AdvSimd.Arm64.IsSupported ? 16 : 0;

    /// <summary>Adds each occurrence of each needle to <paramref name="hits"/>, in the order of their fingerprints.</summary>
    public void Find(ReadOnlySpan<byte> text, List<Hit> hits) => Find(text, hits, VectorSize);

    /// <summary>Whether any needle occurs.</summary>
    public bool Occurs(ReadOnlySpan<byte> text, List<Hit> scratch)
    {
        scratch.Clear();
        Find(text, scratch);
        return scratch.Count > 0;
    }

    /// <summary>The same with vectors of 64, 32 or 16 bytes, or 0 for none; the result does not depend on it.</summary>
    internal void Find(ReadOnlySpan<byte> text, List<Hit> hits, int vectorSize)
    {
        int done = vectorSize switch
        {
            64 => Find512(text, hits),
            32 => Find256(text, hits),
            16 => Find128(text, hits),
            _ => 0,
        };
        for (; done < text.Length; done++)
            _index.Compare(text, done, hits);
    }

    /// <summary>At how many places a vector lets a look at single needles follow: the fewer, the faster.</summary>
    internal long CountCandidates(ReadOnlySpan<byte> text)
    {
        long count = 0;
        for (int at = 0; at + Positions <= text.Length; at++)
        {
            int first = 0xFF, second = 0xFF;
            for (int p = 0; p < Positions; p++)
            {
                ReadOnlySpan<byte> table = _nibbles.AsSpan(p * 4 * Nibbles);
                (int lower, int upper) = (text[at + p] & 15, text[at + p] >> 4);
                first &= table[lower] & table[Nibbles + upper];
                second &= table[2 * Nibbles + lower] & table[3 * Nibbles + upper];
            }
            count += (first | second) != 0 ? 1 : 0;
        }
        return count;
    }

    // They are compiled well at once: their vectors can't be compiled ahead of time, and compiled badly first they would take longer to start.
    // Each of the three loops stops where a load of the fourth byte's vector would pass the end; Find checks the rest byte by byte.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find512(ReadOnlySpan<byte> text, List<Hit> hits)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        ReadOnlySpan<Vector512<byte>> tables = _tables512;
        var low = Vector512.Create((byte)0x0F);
        int at = 0;
        for (; at + Vector512<byte>.Count + Positions - 1 <= text.Length; at += Vector512<byte>.Count)
        {
            Vector512<byte> first = Vector512<byte>.AllBitsSet, second = Vector512<byte>.AllBitsSet;
            for (int p = 0; p < Positions; p++)
            {
                Vector512<byte> bytes = Vector512.LoadUnsafe(ref start, (nuint)(at + p));
                Vector512<byte> lower = bytes & low, upper = (bytes.AsUInt16() >>> 4).AsByte() & low;
                first &= Avx512BW.Shuffle(tables[p * 4], lower) & Avx512BW.Shuffle(tables[p * 4 + 1], upper);
                second &= Avx512BW.Shuffle(tables[p * 4 + 2], lower) & Avx512BW.Shuffle(tables[p * 4 + 3], upper);
            }
            Vector512<byte> any = first | second;
            if (any != Vector512<byte>.Zero)
                CheckAll(text, at, ~Vector512.Equals(any, Vector512<byte>.Zero).ExtractMostSignificantBits(), hits);
        }
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find256(ReadOnlySpan<byte> text, List<Hit> hits)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        ReadOnlySpan<Vector256<byte>> tables = _tables256;
        var low = Vector256.Create((byte)0x0F);
        int at = 0;
        for (; at + Vector256<byte>.Count + Positions - 1 <= text.Length; at += Vector256<byte>.Count)
        {
            Vector256<byte> first = Vector256<byte>.AllBitsSet, second = Vector256<byte>.AllBitsSet;
            for (int p = 0; p < Positions; p++)
            {
                Vector256<byte> bytes = Vector256.LoadUnsafe(ref start, (nuint)(at + p));
                Vector256<byte> lower = bytes & low, upper = (bytes.AsUInt16() >>> 4).AsByte() & low;
                first &= Avx2.Shuffle(tables[p * 4], lower) & Avx2.Shuffle(tables[p * 4 + 1], upper);
                second &= Avx2.Shuffle(tables[p * 4 + 2], lower) & Avx2.Shuffle(tables[p * 4 + 3], upper);
            }
            Vector256<byte> any = first | second;
            if (any != Vector256<byte>.Zero)
                CheckAll(text, at, (uint)~Vector256.Equals(any, Vector256<byte>.Zero).ExtractMostSignificantBits(), hits);
        }
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find128(ReadOnlySpan<byte> text, List<Hit> hits)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        ReadOnlySpan<Vector128<byte>> tables = _tables128;
        var low = Vector128.Create((byte)0x0F);
        int at = 0;
        for (; at + Vector128<byte>.Count + Positions - 1 <= text.Length; at += Vector128<byte>.Count)
        {
            Vector128<byte> first = Vector128<byte>.AllBitsSet, second = Vector128<byte>.AllBitsSet;
            for (int p = 0; p < Positions; p++)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref start, (nuint)(at + p));
                Vector128<byte> lower = bytes & low, upper = (bytes.AsUInt16() >>> 4).AsByte() & low;
                first &= Vector128.Shuffle(tables[p * 4], lower) & Vector128.Shuffle(tables[p * 4 + 1], upper);
                second &= Vector128.Shuffle(tables[p * 4 + 2], lower) & Vector128.Shuffle(tables[p * 4 + 3], upper);
            }
            Vector128<byte> any = first | second;
            if (any != Vector128<byte>.Zero)
                CheckAll(text, at, (ushort)~Vector128.Equals(any, Vector128<byte>.Zero).ExtractMostSignificantBits(), hits);
        }
        return at;
    }

    private void CheckAll(ReadOnlySpan<byte> text, int at, ulong lanes, List<Hit> hits)
    {
        for (; lanes != 0; lanes &= lanes - 1)
            _index.Compare(text, at + BitOperations.TrailingZeroCount(lanes), hits);
    }

    // For each of the four positions and each byte the buckets of the needles that have that byte there.
    private static ushort[] BucketsByByte(IReadOnlyList<Needle> needles, IReadOnlyList<NeedlePlan> plan)
    {
        var buckets = new ushort[Positions * 256];
        for (int n = 0; n < needles.Count; n++)
        {
            ushort bucket = (ushort)(1 << plan[n].Bucket);
            for (int p = 0; p < Positions; p++)
            {
                int at = plan[n].Offset + p;
                if (at >= needles[n].Text.Length)
                {
                    for (int b = 0; b < 256; b++)
                        buckets[p * 256 + b] |= bucket;
                    continue;
                }
                byte c = needles[n].Text[at];
                buckets[p * 256 + c] |= bucket;
                if (needles[n].IgnoreCase && char.IsAsciiLetterLower((char)c))
                    buckets[p * 256 + (c & ~0x20)] |= bucket;
            }
        }
        return buckets;
    }

    // Four tables of 16 for each position: buckets 0-7 by lower and by upper nibble, then buckets 8-15 likewise.
    private static byte[] BucketsByNibble(ushort[] buckets)
    {
        var nibbles = new byte[Positions * 4 * Nibbles];
        for (int p = 0; p < Positions; p++)
        {
            Span<byte> table = nibbles.AsSpan(p * 4 * Nibbles);
            for (int b = 0; b < 256; b++)
            {
                ushort bits = buckets[p * 256 + b];
                table[b & 15] |= (byte)bits;
                table[Nibbles + (b >> 4)] |= (byte)bits;
                table[2 * Nibbles + (b & 15)] |= (byte)(bits >> 8);
                table[3 * Nibbles + (b >> 4)] |= (byte)(bits >> 8);
            }
        }
        return nibbles;
    }
}
