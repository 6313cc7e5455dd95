namespace Parley.Core.Takeover;

/// <summary>A stream that keeps nothing, and tells whether a file begins with what is written to it.</summary>
internal sealed class SameBytes(Stream file) : Stream
{
    private const int ChunkBytes = 64 * 1024;

    private readonly byte[] _there = new byte[ChunkBytes];
    private long _position;

    /// <summary>False as soon as a byte has been another.</summary>
    public bool AreSame { get; private set; } = true;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _position += buffer.Length;
        while (AreSame && !buffer.IsEmpty)
        {
            int length = Math.Min(buffer.Length, ChunkBytes);
            int read = file.ReadAtLeast(_there.AsSpan(0, length), length, throwOnEndOfStream: false);
            AreSame = buffer[..length].SequenceEqual(_there.AsSpan(0, read));
            buffer = buffer[length..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _position;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
