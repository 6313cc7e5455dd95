using System.Security.Cryptography;

namespace Parley.Cli.Promoting;

/// <summary>A transcript of this machine as it was when its conversation went on in a workspace.</summary>
/// <param name="Bytes">How long it was.</param>
/// <param name="Sha256">The digest of so many bytes, in hex: what was written since comes behind them.</param>
/// <param name="LastSeq">The last entry that the workspace has of this machine; what follows was said there.</param>
/// <param name="At">When that was, by this machine's clock.</param>
/// <param name="Commit">What the project's repository had checked out; null where there is none.</param>
internal sealed record Original(long Bytes, string Sha256, long LastSeq, DateTimeOffset At, string? Commit)
{
    /// <summary>What stands in a transcript now.</summary>
    /// <param name="path">The transcript.</param>
    /// <param name="bytes">So much of it counts.</param>
    /// <param name="lastSeq">The last entry that the server has of it.</param>
    /// <param name="commit">What is checked out.</param>
    public static Original Of(string path, long bytes, long lastSeq, string? commit) =>
        new(bytes, Digest(path, bytes) ?? "", lastSeq, TimeProvider.System.GetUtcNow(), commit);

    /// <summary>Whether a transcript still begins with it.</summary>
    public bool IsBeginningOf(string path) => Digest(path, Bytes) == Sha256;

    private static string? Digest(string path, long bytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[256 * 1024];
            long left = bytes;
            for (; left > 0 && file.Read(buffer, 0, (int)Math.Min(left, buffer.Length)) is var read and > 0; left -= read)
                digest.AppendData(buffer, 0, read);
            return left == 0 ? Convert.ToHexStringLower(digest.GetHashAndReset()) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
