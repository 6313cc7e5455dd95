using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private const int Positions = BucketTables.Positions;
    private const int MaxVector = 64;
    private const int MaxCandidates = 160;

    // Code for wider vectors is made at run time, which takes longer than scanning this much without them.
    private const int WarmUp = 2 * 1024 * 1024;

    private readonly NeedleIndex _index;
    private readonly BucketTables _tables;
    private long _scanned;

    /// <param name="needles">The needles, each with the fingerprint and bucket that <see cref="NeedlePlan"/> chose.</param>
    /// <param name="plan">One entry for each needle.</param>
    public Teddy(Needle[] needles, NeedlePlan[] plan)
    {
        _index = new NeedleIndex(needles, plan);
        _tables = new BucketTables(needles, plan);
    }

    /// <summary>The widest vector that this processor offers, in bytes; 0 where it has none that can look up nibbles.</summary>
    public static int VectorSize =>
        Avx512BW.IsSupported ? 64 : Avx2.IsSupported ? 32 : NarrowVector;

    // By itself, since asking for wider ones can't be compiled ahead of time either.
    private static int NarrowVector => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported ? 16 : 0;

    /// <summary>Adds each occurrence of each needle to <paramref name="hits"/>, in the order of their fingerprints.</summary>
    public void Find(ReadOnlySpan<byte> text, Pile<Hit> hits)
    {
        Find(text, hits, _scanned < WarmUp ? NarrowVector : VectorSize);
        _scanned += text.Length;
    }

    /// <summary>The same with vectors of 64, 32 or 16 bytes, or 0 for none; the result does not depend on it.</summary>
    internal void Find(ReadOnlySpan<byte> text, Pile<Hit> hits, int vectorSize)
    {
        switch (vectorSize)
        {
            case 64: Find512(text, hits); break;
            case 32: Find256(text, hits); break;
            case 16: Find<ByteVector128>(text, hits); break;
            default: FindOneByOne(text, hits); break;
        }
    }

    // These two can't be compiled ahead of time, so they are compiled well at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Find512(ReadOnlySpan<byte> text, Pile<Hit> hits) => Find<ByteVector512>(text, hits);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Find256(ReadOnlySpan<byte> text, Pile<Hit> hits) => Find<ByteVector256>(text, hits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Find<T>(ReadOnlySpan<byte> text, Pile<Hit> hits) where T : struct, IByteVector<T>
    {
        int done = text.Length < T.Count + Positions - 1 ? 0 : Scan<T>(text, text, 0, hits);
        if (text.Length - done < NeedleIndex.MinLength)
            return;
        // What is left is too short for a vector with the bytes behind it, so zeros are put behind it.
        Span<byte> rest = stackalloc byte[2 * MaxVector + Positions];
        rest.Clear();
        text[done..].CopyTo(rest);
        Scan<T>(rest[..((text.Length - done + T.Count - 1) / T.Count * T.Count + Positions - 1)], text, done, hits);
    }

    // Looks at the vectors of the window, which begins at an offset in the text, and stops where a load for the fourth byte would pass its end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Scan<T>(ReadOnlySpan<byte> window, ReadOnlySpan<byte> text, int offset, Pile<Hit> hits) where T : struct, IByteVector<T>
    {
        ref byte start = ref MemoryMarshal.GetReference(window);
        Position<T> p0 = new(_tables, 0), p1 = new(_tables, 1), p2 = new(_tables, 2), p3 = new(_tables, 3);
        Span<int> candidates = stackalloc int[MaxCandidates];
        int at = 0, count = 0;
        for (; at + T.Count + Positions - 1 <= window.Length; at += T.Count)
        {
            T bytes0 = T.Load(ref Unsafe.Add(ref start, at)), bytes1 = T.Load(ref Unsafe.Add(ref start, at + 1));
            T bytes2 = T.Load(ref Unsafe.Add(ref start, at + 2)), bytes3 = T.Load(ref Unsafe.Add(ref start, at + 3));
            T first = p0.First(bytes0) & p1.First(bytes1) & p2.First(bytes2) & p3.First(bytes3);
            T second = p0.Second(bytes0) & p1.Second(bytes1) & p2.Second(bytes2) & p3.Second(bytes3);
            count = Note((first | second).NonZero, offset + at, candidates, count);
            if (count > MaxCandidates - MaxVector)
            {
                _index.Compare(text, candidates[..count], hits);
                count = 0;
            }
        }
        _index.Compare(text, candidates[..count], hits);
        return at;
    }

    // The first few are written whether they are there or not: no branch, none that is guessed wrong.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Note(ulong lanes, int at, Span<int> candidates, int count)
    {
        Span<int> next = candidates.Slice(count, MaxVector);
        int found = BitOperations.PopCount(lanes);
        next[0] = at + BitOperations.TrailingZeroCount(lanes);
        lanes &= lanes - 1;
        next[1] = at + BitOperations.TrailingZeroCount(lanes);
        lanes &= lanes - 1;
        next[2] = at + BitOperations.TrailingZeroCount(lanes);
        lanes &= lanes - 1;
        for (int i = 3; i < found; i++, lanes &= lanes - 1)
            next[i] = at + BitOperations.TrailingZeroCount(lanes);
        return count + found;
    }

    private void FindOneByOne(ReadOnlySpan<byte> text, Pile<Hit> hits)
    {
        for (int at = 0; at < text.Length; at++)
            _index.Compare(text, at, hits);
    }

    /// <summary>The tables for one of the four bytes, in registers.</summary>
    private readonly struct Position<T>(BucketTables tables, int position) where T : struct, IByteVector<T>
    {
        private readonly T _lower1 = T.Load(ref tables.Of(position, 0));
        private readonly T _upper1 = T.Load(ref tables.Of(position, 1));
        private readonly T _lower2 = T.Load(ref tables.Of(position, 2));
        private readonly T _upper2 = T.Load(ref tables.Of(position, 3));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T First(T bytes) => _lower1.At(bytes.Lower) & _upper1.At(bytes.Upper);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Second(T bytes) => _lower2.At(bytes.Lower) & _upper2.At(bytes.Upper);
    }
}
