using System.Text.RegularExpressions;

namespace Parley.Core.Context;

/// <summary>One file of a snapshot's manifest.</summary>
/// <param name="Path">Below the folder that the resource is (<see cref="ContextPath"/>).</param>
/// <param name="Sha256">The digest of its content in lower-case hexadecimal.</param>
/// <param name="Size">The bytes of its content.</param>
public partial record ContextFile(string Path, string Sha256, long Size)
{
    /// <summary>Whether a text is a digest as manifests write it.</summary>
    public static bool IsDigest(string? text) => text is not null && Digest().IsMatch(text);

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
