using Parley.Cli.Servers;
using Parley.Core.Transcripts;

namespace Parley.Cli.LocalSessions;

/// <summary>The sessions of this machine, and which of them a person means.</summary>
internal static class LocalCatalog
{
    private static readonly SessionCatalog Claude = SessionCatalog.OfThisUser();
    private static readonly CodexCatalog Codex = CodexCatalog.OfThisUser();

    /// <summary>Claude Code's own folder.</summary>
    public static string ClientFolder => Claude.ConfigFolder;

    /// <summary>The own folder of an agent.</summary>
    public static string ClientFolderOf(string agent) => agent == CodexCatalog.Agent ? Codex.ClientFolder : Claude.ConfigFolder;

    /// <summary>Where sessions are looked for.</summary>
    public static IReadOnlyList<Setting> Folders() =>
    [
        Folder(Claude.ConfigFolder, "projects", "CLAUDE_CONFIG_DIR"),
        Folder(Codex.ClientFolder, "sessions", "CODEX_HOME"),
    ];

    private static Setting Folder(string client, string name, string variable) =>
        new(Path.Combine(client, name), string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)) ? "default" : variable);

    /// <summary>All sessions of every agent, newest first.</summary>
    public static IReadOnlyList<TranscriptInfo> List() => [.. Claude.List().Concat(Codex.List()).OrderByDescending(info => info.Modified)];

    /// <summary>The session that a person names; the one of this folder when <paramref name="name"/> is null.</summary>
    /// <exception cref="Failure">None or several are meant, or the file is no transcript.</exception>
    public static Transcript Open(string? name)
    {
        if (name is null)
            return OpenFile((OfThisClient() ?? OfThisFolder()).Path);
        if (File.Exists(name))
            return OpenFile(Path.GetFullPath(name));
        bool isPath = name.Contains('/') || name.Contains('\\') || name.EndsWith(".jsonl", StringComparison.Ordinal);
        return isPath ? throw new Failure($"there is no file {name}.") : OpenFile(SessionChoice.ByName(name, List()).Path);
    }

    /// <summary>The newest session of this machine; null when there is none.</summary>
    public static Transcript? Latest() => List().FirstOrDefault(s => !s.IsSidechain) is { } newest ? OpenFile(newest.Path) : null;

    /// <summary>The sample session that ships beside the command.</summary>
    public static Transcript? Sample()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "samples");
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).FirstOrDefault() is { } path
            ? OpenFile(path)
            : null;
    }

    // Within an agent's shell the client names its own session.
    private static TranscriptInfo? OfThisClient() =>
        (Environment.GetEnvironmentVariable("CLAUDE_CODE_SESSION_ID") ?? Environment.GetEnvironmentVariable("CODEX_THREAD_ID")) is { Length: > 0 } id
            ? List().FirstOrDefault(s => s.SessionId == id)
            : null;

    // The newest one of this folder, or of the folders around it up to the repository's root.
    private static TranscriptInfo OfThisFolder()
    {
        for (string? folder = Environment.CurrentDirectory; folder is not null; folder = IsRepositoryRoot(folder) ? null : Path.GetDirectoryName(folder))
            if (NewestOf(folder) is { } session)
                return session;
        throw new Failure($"no session was held in {Environment.CurrentDirectory}. Name one: `parley sessions` lists what there is.");
    }

    private static TranscriptInfo? NewestOf(string folder) =>
        new[] { Claude.NewestOf(folder), Codex.NewestOf(folder) }.OfType<TranscriptInfo>().MaxBy(info => info.Modified);

    private static bool IsRepositoryRoot(string folder) => Path.Exists(Path.Combine(folder, ".git"));

    /// <exception cref="Failure">It is no transcript.</exception>
    public static Transcript OpenFile(string path)
    {
        try
        {
            return TranscriptReader.Open(path);
        }
        catch (Exception e) when (e is UnknownTranscriptException or FileNotFoundException)
        {
            throw new Failure(e.Message);
        }
    }
}
