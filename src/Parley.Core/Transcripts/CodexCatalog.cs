using System.Collections.Concurrent;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;

namespace Parley.Core.Transcripts;

/// <summary>The sessions that Codex keeps on this machine; those that it archived are not among them.</summary>
/// <param name="clientFolder">The client's own folder, e.g. <c>~/.codex</c>; it need not exist.</param>
public sealed class CodexCatalog(string clientFolder)
{
    /// <summary>The agent's name, as <see cref="TranscriptInfo.Agent"/> has it.</summary>
    public const string Agent = CodexReader.Agent;

    public string ClientFolder => clientFolder;

    /// <summary>The catalog of this user: of <c>$CODEX_HOME</c>, or else of <c>~/.codex</c>.</summary>
    public static CodexCatalog OfThisUser()
    {
        string? configured = Environment.GetEnvironmentVariable("CODEX_HOME");
        return new CodexCatalog(string.IsNullOrEmpty(configured)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".codex")
            : configured);
    }

    /// <summary>All sessions with something to read in them, the one that was written to last first. A file that can't be read is left out.</summary>
    public IReadOnlyList<TranscriptInfo> List()
    {
        var sessions = new ConcurrentBag<TranscriptInfo>();
        Parallel.ForEach(Rollouts(), path =>
        {
            if (TryRead(path, CodexReader.ReadInfo) is { EntryCount: > 0 } info)
                sessions.Add(info);
        });
        return [.. sessions.OrderByDescending(info => info.Modified).ThenBy(info => info.Path, StringComparer.Ordinal)];
    }

    /// <summary>The session of a folder that was written to last; null when there is none. The folder's subfolders have their own.</summary>
    public TranscriptInfo? NewestOf(string workingDirectory)
    {
        string folder = RealPath.Of(workingDirectory);
        return Rollouts()
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Where(path => TryRead(path, RolloutMeta.Read) is { IsSubagent: false } meta && meta.WorkingDirectory == folder)
            .Select(path => TryRead(path, CodexReader.ReadInfo))
            .FirstOrDefault(info => info is { EntryCount: > 0 });
    }

    /// <summary>The rollout that a thread goes on in; null when nothing has been written.</summary>
    public string? Find(Guid thread) =>
        RolloutName.NewestOf(RolloutName.FilesIn(Sessions, thread).Where(file => RolloutName.Of(file)?.Thread == thread));

    private string Sessions => Path.Combine(clientFolder, RolloutName.Sessions);

    // A thread that was taken back to an earlier turn goes on in another file of its name.
    private IEnumerable<string> Rollouts() => RolloutName.FilesIn(Sessions).GroupBy(file => RolloutName.Of(file)?.Thread).Select(thread => RolloutName.NewestOf(thread)!);

    private static T? TryRead<T>(string path, Func<string, T?> read)
        where T : class
    {
        try
        {
            // What has no length may be a pipe, which would block.
            return new FileInfo(path).Length > 0 ? read(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
