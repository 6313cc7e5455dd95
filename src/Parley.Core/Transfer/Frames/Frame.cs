using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Parley.Core.Transfer.Frames;

/// <summary>What a frame carries. The values are those of docs/protocol.md, section 4.</summary>
internal enum FrameKind : byte
{
    Message = 1,
    Chunk = 2,
    CompressedChunk = 3,
}

/// <summary>
/// One frame in a pooled buffer that is filled, sealed, sent, opened and read in place (docs/protocol.md, section 4):
/// the length in the clear, then under encryption the kind, the content's length, the content and its padding, then the tag.
/// </summary>
internal sealed class Frame : IDisposable
{
    /// <summary>Bytes of the length that goes in the clear.</summary>
    public const int PrefixBytes = 4;

    /// <summary>Bytes in front of the content, under encryption: kind and length.</summary>
    public const int HeaderBytes = 4;

    public const int TagBytes = 16;

    /// <summary>The least that is encrypted, so that all small messages look the same.</summary>
    public const int LeastBytes = 256;

    private static readonly int MostBytes = Padded(HeaderBytes + TransferLimits.MessageBytes);

    private byte[] _buffer;

    private Frame(int sealedBytes)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(PrefixBytes + sealedBytes);
        SealedBytes = sealedBytes;
    }

    /// <summary>A frame to fill with up to this many bytes of content.</summary>
    public static Frame For(int content) => new(Padded(HeaderBytes + content) + TagBytes);

    /// <summary>A frame to receive, or null where its length in the clear is beyond the limits.</summary>
    public static Frame? ToReceive(ReadOnlySpan<byte> prefix)
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length < LeastBytes + TagBytes || length > MostBytes + TagBytes)
            return null;
        var frame = new Frame((int)length);
        prefix.CopyTo(frame.Prefix);
        return frame;
    }

    /// <summary>Bytes under encryption and the tag: what the prefix says.</summary>
    public int SealedBytes { get; private set; }

    public FrameKind Kind { get; private set; }

    /// <summary>Bytes of the content, once it was filled or opened.</summary>
    public int Length { get; private set; }

    public Memory<byte> Content => _buffer.AsMemory(PrefixBytes + HeaderBytes, Length);

    /// <summary>Where content is written before <see cref="Fill"/>.</summary>
    public Memory<byte> Room => _buffer.AsMemory(PrefixBytes + HeaderBytes, SealedBytes - TagBytes - HeaderBytes);

    public Span<byte> Prefix => _buffer.AsSpan(0, PrefixBytes);

    /// <summary>What is encrypted, in place.</summary>
    public Span<byte> Body => _buffer.AsSpan(PrefixBytes, SealedBytes - TagBytes);

    public Span<byte> Tag => _buffer.AsSpan(PrefixBytes + SealedBytes - TagBytes, TagBytes);

    /// <summary>Prefix, what is encrypted, and tag: the bytes of the wire.</summary>
    public Memory<byte> Wire => _buffer.AsMemory(0, PrefixBytes + SealedBytes);

    /// <summary>Declares the first bytes of <see cref="Room"/> the content, and pads behind them.</summary>
    public void Fill(FrameKind kind, int length)
    {
        Kind = kind;
        Length = length;
        SealedBytes = Padded(HeaderBytes + length) + TagBytes;
        BinaryPrimitives.WriteUInt32BigEndian(Prefix, (uint)SealedBytes);
        BinaryPrimitives.WriteUInt32BigEndian(Body, (uint)length);
        Body[0] = (byte)kind;
        Body[(HeaderBytes + length)..].Clear();
    }

    /// <summary>Reads kind and length of a frame that was decrypted; what is wrong with them, if anything.</summary>
    public TransferFailure? Open()
    {
        uint header = BinaryPrimitives.ReadUInt32BigEndian(Body);
        Kind = (FrameKind)(header >> 24);
        Length = (int)(header & 0xFFFFFF);
        if (Kind is not (FrameKind.Message or FrameKind.Chunk or FrameKind.CompressedChunk) || Length > Body.Length - HeaderBytes)
            return TransferFailure.Malformed;
        return Length > (Kind == FrameKind.Message ? TransferLimits.MessageBytes : TransferLimits.ChunkBytes) ? TransferFailure.TooLong : null;
    }

    /// <summary>
    /// The bytes that so many are padded to: Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019), which costs at most 12 %
    /// and leaves O(log log n) bits of a length.
    /// </summary>
    public static int Padded(int bytes)
    {
        if (bytes <= LeastBytes)
            return LeastBytes;
        int exponent = BitOperations.Log2((uint)bytes);
        int free = exponent - (BitOperations.Log2((uint)exponent) + 1);
        int mask = (1 << free) - 1;
        return (bytes + mask) & ~mask;
    }

    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
