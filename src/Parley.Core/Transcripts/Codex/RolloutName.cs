namespace Parley.Core.Transcripts.Codex;

/// <summary>
/// How Codex names rollouts: <c>rollout-2026-11-21T00-29-07-THREAD.jsonl</c> in a folder for each day. What comes after the thread was taken
/// back to an earlier turn stands in a rollout with an id of its own, <c>rollout-2026-11-21T00-29-50-THREAD_ROLLOUT.jsonl</c>.
/// </summary>
/// <param name="Thread">The thread's id.</param>
/// <param name="Rollout">The file's own id: the thread's, but for a thread that was taken back.</param>
internal readonly record struct RolloutName(Guid Thread, Guid Rollout)
{
    /// <summary>The folder of the rollouts, below the client's own.</summary>
    public const string Sessions = "sessions";

    /// <summary>Where <c>codex archive</c> puts them.</summary>
    public const string Archive = "archived_sessions";

    private const string Prefix = "rollout-", Suffix = ".jsonl";
    private const int TimeLength = 19, IdLength = 36;

    // sessions/YYYY/MM/DD/rollout-….jsonl
    private const int DateFolders = 3;

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true };

    /// <summary>The rollouts below a folder whose names hold an id, or all.</summary>
    public static IEnumerable<string> FilesIn(string folder, Guid? id = null) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, $"{Prefix}*{id}*{Suffix}", Everywhere).Where(file => Of(file) is not null)
        : [];

    /// <summary>Of a thread's rollouts the one that it goes on in: names begin with the time.</summary>
    public static string? NewestOf(IEnumerable<string> rollouts) => rollouts.MaxBy(Path.GetFileName, StringComparer.Ordinal);

    /// <summary>The client's own folder, when a rollout stands where the client keeps them; else null.</summary>
    public static string? ClientFolderOf(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        if (Path.GetFileName(folder) == Archive)
            return Path.GetDirectoryName(folder);
        for (int i = 0; i < DateFolders && folder is not null; i++)
            folder = Path.GetFileName(folder).All(char.IsAsciiDigit) ? Path.GetDirectoryName(folder) : null;
        return Path.GetFileName(folder) == Sessions ? Path.GetDirectoryName(folder) : null;
    }

    /// <summary>Takes a file's name apart; null if it isn't a rollout's.</summary>
    public static RolloutName? Of(string path)
    {
        const int Start = 8 + TimeLength + 1; // "rollout-", the time and a dash
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        if (!name.StartsWith(Prefix) || !name.EndsWith(Suffix) || name.Length < Start + IdLength + Suffix.Length)
            return null;
        ReadOnlySpan<char> ids = name[Start..^Suffix.Length];
        if (!Guid.TryParse(ids[..IdLength], out Guid thread))
            return null;
        if (ids.Length == IdLength)
            return new RolloutName(thread, thread);
        return ids[IdLength] == '_' && Guid.TryParse(ids[(IdLength + 1)..], out Guid rollout) ? new RolloutName(thread, rollout) : null;
    }
}
