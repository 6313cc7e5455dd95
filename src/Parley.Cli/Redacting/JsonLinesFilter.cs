using System.Buffers;
using Parley.Core.Redaction;

namespace Parley.Cli.Redacting;

/// <summary>Redacts JSON lines: as many come out as go in, in the same order. A line that is no JSON is redacted as text.</summary>
/// <param name="redactor">Does the work.</param>
/// <param name="areRecords">Whether the lines are independent, so that no value of one may change another.</param>
internal sealed class JsonLinesFilter(Redactor redactor, bool areRecords) : Filter
{
    protected override void Redact(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (piece.Length > 0)
        {
            int end = piece.IndexOf((byte)'\n') + 1;
            ReadOnlySpan<byte> line = end == 0 ? piece : piece[..end];
            redactor.RedactJsonLines(line, output);
            if (areRecords)
                redactor.Forget();
            piece = piece[line.Length..];
        }
    }
}
