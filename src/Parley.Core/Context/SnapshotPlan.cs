using System.Security.Cryptography;

namespace Parley.Core.Context;

/// <summary>
/// What of a folder becomes a snapshot, file by file, and what stays out and why. The plan is what the author is shown; what is sent is read again and is
/// sent only where it is still the same.
/// </summary>
/// <param name="Name">The folder, as the project calls it.</param>
/// <param name="Files">What goes along.</param>
/// <param name="LeftOut">What does not. Files that the project ignores are not among them.</param>
public sealed record SnapshotPlan(string Name, IReadOnlyList<PlannedFile> Files, IReadOnlyList<LeftOut> LeftOut)
{
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Plans the snapshot of a folder.</summary>
    /// <param name="name">The folder, as the project calls it.</param>
    /// <param name="files">What is in it.</param>
    /// <param name="chosen">Paths below the folder that are taken though they hold secrets.</param>
    /// <param name="read">Reads a file; null when it can't be read, and at most one byte more than <see cref="ContextLimits.FileBytes"/>.</param>
    /// <param name="cancel">Ends it.</param>
    public static SnapshotPlan Of(string name, IEnumerable<WalkedFile> files, IReadOnlySet<string> chosen, Func<string, byte[]?> read, CancellationToken cancel)
    {
        var judge = new FileContent();
        var planned = new List<PlannedFile>();
        var leftOut = new List<LeftOut>();
        foreach (WalkedFile file in files)
        {
            cancel.ThrowIfCancellationRequested();
            bool isChosen = chosen.Contains(file.Path);
            byte[]? content = file.IsLink ? null : read(file.FullName);
            if (Objection(file, content, judge, planned.Count) is { } reason && !(reason == LeftOutReason.Secrets && isChosen))
                leftOut.Add(new LeftOut(file.Path, reason));
            else
                planned.Add(new PlannedFile(file.Path, file.FullName, Convert.ToHexStringLower(SHA256.HashData(content!)), content!.Length, isChosen));
        }
        return new SnapshotPlan(name, planned, leftOut);
    }

    /// <summary>Reads a file of this machine for a plan.</summary>
    public static byte[]? Read(string path)
    {
        try
        {
            // Pipes and devices have no length and may never end; a file without length has nothing to read.
            if (new FileInfo(path).Length == 0)
                return [];
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] content = new byte[Math.Min(file.Length, ContextLimits.FileBytes + 1)];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return length == content.Length ? content : content[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static LeftOutReason? Objection(WalkedFile file, byte[]? content, FileContent judge, int before) => content switch
    {
        _ when file.IsLink => LeftOutReason.Link,
        _ when !ContextPath.IsValid(file.Path) => LeftOutReason.Name,
        null => LeftOutReason.Unreadable,
        _ when before >= ContextLimits.Files => LeftOutReason.TooMany,
        _ => judge.Objection(content),
    };
}

/// <summary>A file that becomes part of a snapshot.</summary>
/// <param name="Path">Below the folder.</param>
/// <param name="FullName">Where it is on this machine.</param>
/// <param name="Sha256">The digest of its content.</param>
/// <param name="Size">The bytes of its content.</param>
/// <param name="IsChosen">Whether it was chosen by its own name.</param>
public sealed record PlannedFile(string Path, string FullName, string Sha256, long Size, bool IsChosen);
