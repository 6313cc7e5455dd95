namespace Parley.Core.Transcripts.Codex;

/// <summary>
/// How Codex names rollouts: <c>rollout-2026-11-21T00-29-07-THREAD.jsonl</c> in a folder for each day, and for what came after a rewind of the
/// same thread <c>rollout-2026-11-21T00-29-50-THREAD_SEGMENT.jsonl</c>.
/// </summary>
internal static class RolloutName
{
    /// <summary>The folder of the rollouts, below the client's own.</summary>
    public const string Sessions = "sessions";

    /// <summary>Where <c>codex archive</c> puts them.</summary>
    public const string Archive = "archived_sessions";

    private const string Prefix = "rollout-", Suffix = ".jsonl";
    private const int TimeLength = 19, IdLength = 36;

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true };

    /// <summary>The rollouts below a folder, of one thread or of all.</summary>
    public static IEnumerable<string> FilesIn(string folder, Guid? thread = null) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, thread is null ? $"{Prefix}*{Suffix}" : $"{Prefix}*{thread}*{Suffix}", Everywhere)
            .Where(file => ThreadOf(file) is { } id && (thread is null || id == thread))
        : [];

    /// <summary>Of a thread's rollouts the one that it goes on in: names begin with the time.</summary>
    public static string? NewestOf(IEnumerable<string> rollouts) => rollouts.MaxBy(Path.GetFileName, StringComparer.Ordinal);

    /// <summary>The thread that a file's name tells; null if it isn't named so.</summary>
    public static Guid? ThreadOf(string path)
    {
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        const int Start = 8 + TimeLength + 1;
        bool isNamed = name.StartsWith(Prefix) && name.EndsWith(Suffix) && name.Length >= Start + IdLength + Suffix.Length;
        return isNamed && Guid.TryParse(name.Slice(Start, IdLength), out Guid id) ? id : null;
    }
}
