using Parley.Core.Sessions;

namespace Parley.Server.Intake;

/// <summary>A read-only stream that ends with an error where a body grows past its limit, so that a compression bomb is noticed while it unfolds.</summary>
/// <param name="inner">The expanded bytes.</param>
/// <param name="most">How many of them there may be.</param>
/// <param name="what">What they are, at the beginning of a sentence.</param>
internal sealed class BoundedStream(Stream inner, long most, string what = "The bundle") : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="BundleException">The body is too large, or not compressed the way that it says.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken);
        }
        // GZipStream throws the one, BrotliStream the other.
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new BundleException("The body is not what its Content-Encoding says.", e);
        }
        _read += count;
        return _read <= most ? count : throw new BundleException($"{what} is larger than {most} bytes.", tooLarge: true);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
