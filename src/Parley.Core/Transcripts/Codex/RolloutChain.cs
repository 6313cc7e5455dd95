namespace Parley.Core.Transcripts.Codex;

/// <summary>The files that one conversation stands in, from its beginning on: after a fork or a rewind only what comes then is written.</summary>
/// <param name="Parts">The files, each as far as it belongs to the conversation.</param>
/// <param name="IsWhole">Whether the beginning was found.</param>
internal sealed record RolloutChain(IReadOnlyList<RolloutPart> Parts, bool IsWhole)
{
    /// <summary>Forks of forks that are followed; whoever has more loses the beginning.</summary>
    public const int MaxParts = 64;

    public static RolloutChain Of(string path, RolloutMeta meta)
    {
        var parts = new List<RolloutPart> { new(path, long.MaxValue) };
        for (HistoryBase? from = meta.Base; from is not null;)
        {
            string? file = Find(path, from.Rollout);
            if (file is null || parts.Count == MaxParts || parts.Exists(part => part.Path == file) || RolloutMeta.Read(file) is not { } earlier)
                return new RolloutChain(parts, IsWhole: false);
            parts.Insert(0, new RolloutPart(file, from.EndOffset));
            from = earlier.Base;
        }
        return new RolloutChain(parts, IsWhole: true);
    }

    private static string? Find(string path, Guid rollout) =>
        Folders(path).SelectMany(folder => RolloutName.FilesIn(folder, rollout)).FirstOrDefault(file => RolloutName.Of(file)?.Rollout == rollout);

    // Of a file that the client doesn't keep, its own folder.
    private static IEnumerable<string> Folders(string path) => RolloutName.ClientFolderOf(path) is { } client
        ? [Path.Combine(client, RolloutName.Sessions), Path.Combine(client, RolloutName.Archive)]
        : [Path.GetDirectoryName(path)!];
}

/// <summary>A file's beginning.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="End">Bytes that belong to the conversation; lines that begin later don't.</param>
internal sealed record RolloutPart(string Path, long End);
