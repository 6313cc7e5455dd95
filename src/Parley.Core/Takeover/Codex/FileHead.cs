using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.Codex;

/// <summary>The first bytes of a file, read from its beginning to its end once.</summary>
/// <param name="path">The file; what is written to it meanwhile is not seen.</param>
/// <param name="length">How many bytes.</param>
internal sealed class FileHead(string path, long length) : Stream
{
    private readonly FileStream _file = new(TranscriptFile.Open(path), FileAccess.Read, bufferSize: 0);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => _file.Read(buffer[..(int)Math.Min(buffer.Length, length - _file.Position)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }
}
