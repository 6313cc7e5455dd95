using System.Buffers;
using Parley.Core.Redaction;

namespace Parley.Cli.Redacting;

/// <summary>
/// Reads a stream in pieces that end where a line ends, and writes each as soon as it is redacted. A line that is longer than
/// <see cref="MaxPiece"/> is cut.
/// </summary>
internal abstract class Filter
{
    /// <summary>The most that is held of the input.</summary>
    public const int MaxPiece = 256 * 1024 * 1024;

    private const int FirstBuffer = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _redacted = new(FirstBuffer);

    /// <summary>Gives out what is redacted of a file at its end, when every value in it is known.</summary>
    public void Run(FileRedactor file, Stream input, Stream output, CancellationToken cancel)
    {
        ForEachPiece(input, file.Add, cancel);
        file.Finish(input, output, cancel);
    }

    public void Run(Stream input, Stream output, CancellationToken cancel) => ForEachPiece(input, piece =>
    {
        _redacted.ResetWrittenCount();
        Redact(piece, _redacted);
        output.Write(_redacted.WrittenSpan);
    }, cancel);

    protected abstract void Redact(ReadOnlySpan<byte> piece, IBufferWriter<byte> output);

    /// <summary>How much of what is held can be worked on now; 0 to wait for more.</summary>
    /// <param name="held">What has been read and not been worked on.</param>
    /// <param name="known">How much of it was held before the last read: a long line must not be searched again and again.</param>
    protected virtual int Complete(ReadOnlySpan<byte> held, int known) =>
        held[known..].LastIndexOf((byte)'\n') is var at and >= 0 ? known + at + 1 : 0;

    private void ForEachPiece(Stream input, ReadOnlySpanAction piece, CancellationToken cancel)
    {
        byte[] buffer = new byte[FirstBuffer];
        int filled = 0;
        while (input.Read(buffer, filled, buffer.Length - filled) is var read and > 0)
        {
            cancel.ThrowIfCancellationRequested();
            int complete = Complete(buffer.AsSpan(0, filled + read), filled);
            filled += read;
            if (complete == 0 && filled >= MaxPiece)
                complete = filled;
            if (complete > 0)
                piece(buffer.AsSpan(0, complete));
            buffer.AsSpan(complete, filled - complete).CopyTo(buffer);
            filled -= complete;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
        if (filled > 0)
            piece(buffer.AsSpan(0, filled));
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> piece);
}
