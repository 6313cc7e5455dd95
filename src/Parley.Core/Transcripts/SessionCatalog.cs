using System.Collections.Concurrent;
using System.Text.Json;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts;

/// <summary>The sessions that Claude Code keeps on this machine.</summary>
/// <param name="configFolder">The client's own folder, e.g. <c>~/.claude</c>; it need not exist.</param>
public sealed class SessionCatalog(string configFolder)
{
    /// <summary>The agent's name, as <see cref="TranscriptInfo.Agent"/> has it.</summary>
    public const string Agent = ClaudeCodeReader.Agent;

    public string ConfigFolder => configFolder;

    private readonly string _projects = Path.Combine(configFolder, "projects");
    private readonly string _clients = Path.Combine(configFolder, "sessions");

    /// <summary>The catalog of this user: of <c>$CLAUDE_CONFIG_DIR</c>, or else of <c>~/.claude</c>.</summary>
    public static SessionCatalog OfThisUser()
    {
        string? configured = Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR");
        return new SessionCatalog(string.IsNullOrEmpty(configured)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".claude")
            : configured);
    }

    /// <summary>
    /// All sessions with something to read in them, the one that was written to last first. Counts and tokens are without subagents', which
    /// stand in files of their own. A file that can't be read is left out.
    /// </summary>
    public IReadOnlyList<TranscriptInfo> List()
    {
        var sessions = new ConcurrentBag<TranscriptInfo>();
        Parallel.ForEach(ProjectFolders().SelectMany(TranscriptsIn), path =>
        {
            if (TryReadInfo(path) is { EntryCount: > 0 } info)
                sessions.Add(info);
        });
        return [.. sessions.OrderByDescending(info => info.Modified).ThenBy(info => info.Path, StringComparer.Ordinal)];
    }

    /// <summary>The session of a folder that was written to last; null when there is none. The folder's subfolders have their own.</summary>
    public TranscriptInfo? NewestOf(string workingDirectory)
    {
        string folder = Path.Combine(_projects, ProjectFolderName.Of(RealPath.Of(workingDirectory)));
        return TranscriptsIn(folder)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Select(TryReadInfo)
            .FirstOrDefault(info => info is { EntryCount: > 0, IsSidechain: false });
    }

    /// <summary>
    /// The session that a running client is in, as the client itself keeps it in <c>sessions/PID.json</c>: it follows <c>/clear</c>,
    /// <c>/branch</c> and resume. Null when the process is no client, or the file is just being written.
    /// </summary>
    public string? CurrentOf(int clientProcess) => ReadClient(Path.Combine(_clients, $"{clientProcess}.json"))?.SessionId;

    /// <summary>
    /// The clients that are in a session, by what each says of itself in <c>sessions/PID.json</c>. One that was killed has left its file behind: whether the
    /// process is there is the caller's to find out.
    /// </summary>
    public IReadOnlyList<RunningClient> ClientsOf(string sessionId) =>
        [.. ListOrNothing(_clients, path => Directory.GetFiles(path, "*.json")).Select(ReadClient).OfType<RunningClient>().Where(client => client.SessionId == sessionId)];

    private static RunningClient? ReadClient(string path)
    {
        try
        {
            using JsonDocument client = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = client.RootElement;
            return root.ValueKind == JsonValueKind.Object && Text(root, "sessionId") is { } id && int.TryParse(Path.GetFileNameWithoutExtension(path), out int process)
                ? new RunningClient(process, id, Text(root, "status") is "busy" or "waiting")
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// The transcript of a session, in whatever project's folder it is (<c>/cd</c> moves it to another); null when nothing has been written.
    /// </summary>
    /// <param name="sessionId">A UUID; nothing else names a session that a client is in.</param>
    public string? Find(string sessionId) => !Guid.TryParse(sessionId, out _) ? null : ProjectFolders()
        .Select(folder => Path.Combine(folder, $"{sessionId}.jsonl"))
        .Where(File.Exists)
        .MaxBy(File.GetLastWriteTimeUtc);

    private string[] ProjectFolders() => ListOrNothing(_projects, Directory.GetDirectories);

    private static string[] TranscriptsIn(string folder) => ListOrNothing(folder, path => Directory.GetFiles(path, "*.jsonl"));

    private static string[] ListOrNothing(string folder, Func<string, string[]> list)
    {
        try
        {
            return list(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static TranscriptInfo? TryReadInfo(string path)
    {
        try
        {
            // What has no length may be a pipe, which would block.
            return new FileInfo(path).Length > 0 ? ClaudeCodeReader.ReadInfo(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A client, by its own word.</summary>
/// <param name="Process">Its process.</param>
/// <param name="SessionId">The session that it is in.</param>
/// <param name="IsInTurn">Whether the agent works there, or waits for an answer of its user's in the middle of its work.</param>
public sealed record RunningClient(int Process, string SessionId, bool IsInTurn);
