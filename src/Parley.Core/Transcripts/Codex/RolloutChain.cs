using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>The files that one conversation stands in, from its beginning on: a fork or a rewind writes only what comes after it.</summary>
/// <param name="Parts">The files, each as far as it belongs to the conversation.</param>
/// <param name="IsWhole">Whether the beginning was found.</param>
internal sealed record RolloutChain(IReadOnlyList<RolloutPart> Parts, bool IsWhole)
{
    /// <summary>Forks of forks that are followed; whoever has more loses the beginning.</summary>
    public const int MaxParts = 64;

    // The number stands in a line's first members.
    private const int HeadBytes = 256;

    // sessions/YYYY/MM/DD/rollout-….jsonl
    private const int DateFolders = 3;

    public static RolloutChain Of(string path, RolloutMeta meta)
    {
        var parts = new List<RolloutPart> { new(path, long.MaxValue) };
        for (HistoryBase? from = meta.Base; from is not null;)
        {
            if (parts.Count == MaxParts || Find(path, from, parts) is not { } found)
                return new RolloutChain(parts, IsWhole: false);
            parts.Insert(0, new RolloutPart(found, from.EndOffset));
            from = RolloutMeta.Read(found)?.Base;
        }
        return new RolloutChain(parts, IsWhole: true);
    }

    private static string? Find(string path, HistoryBase from, List<RolloutPart> known) => RolloutName.NewestOf(Folders(path)
        .SelectMany(folder => RolloutName.FilesIn(folder, from.Thread))
        .Where(file => !known.Exists(part => part.Path == file) && HasLineAt(file, from)));

    // Where the client keeps the rollouts among which this one stands; of a file that stands elsewhere, its own folder.
    private static IEnumerable<string> Folders(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string? sessions = folder;
        for (int i = 0; i < DateFolders && sessions is not null; i++)
            sessions = Path.GetFileName(sessions).All(char.IsAsciiDigit) ? Path.GetDirectoryName(sessions) : null;
        string? home = Path.GetDirectoryName(sessions ?? folder);
        return home is null ? [folder] : sessions is null && Path.GetFileName(folder) != RolloutName.Archive
            ? [folder]
            : [Path.Combine(home, RolloutName.Sessions), Path.Combine(home, RolloutName.Archive)];
    }

    private static bool HasLineAt(string path, HistoryBase from)
    {
        try
        {
            using SafeFileHandle file = TranscriptFile.Open(path);
            if (from.EndOffset < 1 || RandomAccess.GetLength(file) < from.EndOffset)
                return false;
            var head = new byte[1 + HeadBytes];
            int read = RandomAccess.Read(file, head, from.EndOffset - 1);
            ReadOnlySpan<byte> next = head.AsSpan(0, read);
            return next is [(byte)'\n', ..] && (read == 1 || next.IndexOf(Ordinal(from.EndOrdinal)) >= 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[] Ordinal(long number) => System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"ordinal\":{number},"));
}

/// <summary>A file's beginning.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="End">Bytes that belong to the conversation; lines that begin later don't.</param>
internal sealed record RolloutPart(string Path, long End);
