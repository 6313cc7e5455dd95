namespace Parley.Cli.Bridging;

/// <summary>What an MCP server sends, up to a bound: whoever sends more in one message is not read on.</summary>
/// <param name="inner">What is read.</param>
/// <param name="most">The most bytes of a message.</param>
/// <param name="isLines">Whether each line is a message; else all of it is one.</param>
internal sealed class BoundedStream(Stream inner, int most, bool isLines) : Stream
{
    private long _bytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">A message is too long.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = inner.Read(buffer, offset, count);
        Count(buffer.AsSpan(offset, read));
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> read)
    {
        int end = isLines ? read.LastIndexOf((byte)'\n') : -1;
        _bytes = end < 0 ? _bytes + read.Length : read.Length - end - 1;
        if (_bytes > most)
            throw new IOException($"It sent more than {most / 1024 / 1024} MiB at once.");
    }
}
