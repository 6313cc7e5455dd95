using System.Text.Unicode;
using Parley.Core.Redaction;

namespace Parley.Core.Context;

/// <summary>
/// Decides by its bytes alone whether a file may be part of a snapshot. The author's machine asks before it sends, and the server once more
/// before it stores. Not thread-safe.
/// </summary>
public sealed class FileContent
{
    private readonly SecretCheck _secrets = new();

    /// <summary>What speaks against the content; null for nothing.</summary>
    public LeftOutReason? Objection(ReadOnlySpan<byte> content)
    {
        if (content.Length > ContextLimits.FileBytes)
            return LeftOutReason.TooLarge;
        if (content.Contains((byte)0) || !Utf8.IsValid(content))
            return LeftOutReason.Binary;
        return _secrets.Finds(content) ? LeftOutReason.Secrets : null;
    }
}
