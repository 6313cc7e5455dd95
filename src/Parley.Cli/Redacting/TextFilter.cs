using System.Buffers;
using Parley.Core.Redaction;

namespace Parley.Cli.Redacting;

/// <summary>Redacts text. A private key that is still coming is waited for, so that it is never cut in two.</summary>
internal sealed class TextFilter(Redactor redactor) : Filter
{
    /// <summary>The longest private key that is waited for, with its framing.</summary>
    private const int MaxKey = 64 * 1024;

    protected override void Redact(ReadOnlySpan<byte> piece, IBufferWriter<byte> output) => redactor.RedactText(piece, output);

    protected override int Complete(ReadOnlySpan<byte> held, int known)
    {
        int complete = base.Complete(held, known);
        int begin = held[..complete].LastIndexOf("-----BEGIN "u8);
        if (begin < 0 || complete - begin > MaxKey || held[begin..complete].IndexOf("-----END "u8) >= 0)
            return complete;
        return held[..begin].LastIndexOf((byte)'\n') + 1;
    }
}
