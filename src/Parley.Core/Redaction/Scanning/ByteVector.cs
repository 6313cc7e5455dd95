using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parley.Core.Redaction.Scanning;

/// <summary>What <see cref="Teddy"/> asks of a vector of bytes, so that it is written once for all widths.</summary>
internal interface IByteVector<T> where T : struct, IByteVector<T>
{
    /// <summary>Bytes in a vector.</summary>
    static abstract int Count { get; }

    static abstract T Load(ref byte from);

    static abstract T operator &(T a, T b);

    static abstract T operator |(T a, T b);

    /// <summary>The lower four bits of each byte.</summary>
    T Lower { get; }

    /// <summary>The upper four bits of each byte.</summary>
    T Upper { get; }

    /// <summary>A bit for each byte that is not zero.</summary>
    ulong NonZero { get; }

    /// <summary>For each of the indices, 0 to 15, the byte that stands there in this vector, which repeats a table of 16.</summary>
    T At(T indices);
}

internal readonly struct ByteVector512(Vector512<byte> value) : IByteVector<ByteVector512>
{
    private readonly Vector512<byte> _value = value;

    public static int Count => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 Load(ref byte from) => new(Vector512.LoadUnsafe(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 operator &(ByteVector512 a, ByteVector512 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector512 operator |(ByteVector512 a, ByteVector512 b) => new(a._value | b._value);

    public ByteVector512 Lower => new(_value & Vector512.Create((byte)0x0F));

    public ByteVector512 Upper => new((_value.AsUInt16() >>> 4).AsByte() & Vector512.Create((byte)0x0F));

    public ulong NonZero => ~Vector512.Equals(_value, Vector512<byte>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ByteVector512 At(ByteVector512 indices) => new(Avx512BW.Shuffle(_value, indices._value));
}

internal readonly struct ByteVector256(Vector256<byte> value) : IByteVector<ByteVector256>
{
    private readonly Vector256<byte> _value = value;

    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 Load(ref byte from) => new(Vector256.LoadUnsafe(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 operator &(ByteVector256 a, ByteVector256 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector256 operator |(ByteVector256 a, ByteVector256 b) => new(a._value | b._value);

    public ByteVector256 Lower => new(_value & Vector256.Create((byte)0x0F));

    public ByteVector256 Upper => new((_value.AsUInt16() >>> 4).AsByte() & Vector256.Create((byte)0x0F));

    public ulong NonZero => (uint)~Vector256.Equals(_value, Vector256<byte>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ByteVector256 At(ByteVector256 indices) => new(Avx2.Shuffle(_value, indices._value));
}

internal readonly struct ByteVector128(Vector128<byte> value) : IByteVector<ByteVector128>
{
    private readonly Vector128<byte> _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector128 Load(ref byte from) => new(Vector128.LoadUnsafe(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector128 operator &(ByteVector128 a, ByteVector128 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteVector128 operator |(ByteVector128 a, ByteVector128 b) => new(a._value | b._value);

    public ByteVector128 Lower => new(_value & Vector128.Create((byte)0x0F));

    public ByteVector128 Upper => new((_value.AsUInt16() >>> 4).AsByte() & Vector128.Create((byte)0x0F));

    public ulong NonZero => (ushort)~Vector128.Equals(_value, Vector128<byte>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ByteVector128 At(ByteVector128 indices) => new(Vector128.Shuffle(_value, indices._value));
}
