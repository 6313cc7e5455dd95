using Parley.Cli.Servers;
using Parley.Core.Transcripts;

namespace Parley.Cli.LocalSessions;

/// <summary>The sessions of this machine, as the command finds them.</summary>
internal static class LocalCatalog
{
    /// <summary>Where sessions are looked for.</summary>
    public static IReadOnlyList<Setting> Folders()
    {
        string? configured = Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return string.IsNullOrEmpty(configured)
            ? [new Setting(Path.Combine(home, ".claude", "projects"), "default")]
            : [new Setting(Path.Combine(configured, "projects"), "CLAUDE_CONFIG_DIR")];
    }

    public static IReadOnlyList<TranscriptInfo> List() =>
        [.. Folders().Select(f => f.Value).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateDirectories(f)).SelectMany(f => Directory.EnumerateFiles(f, "*.jsonl"))
            .Select(Describe).OfType<TranscriptInfo>().OrderByDescending(i => i.Modified)];

    private static TranscriptInfo? Describe(string path)
    {
        try
        {
            return TranscriptReader.Open(path).Info;
        }
        catch (Exception e) when (e is UnknownTranscriptException or IOException)
        {
            return null;
        }
    }

    /// <summary>The session that a person names; the one of this folder when <paramref name="name"/> is null.</summary>
    /// <exception cref="Failure">None or several are meant, or the file is no transcript.</exception>
    public static Transcript Open(string? name)
    {
        if (name is not null && File.Exists(name))
            return OpenFile(Path.GetFullPath(name));
        if (name is not null && (name.Contains('/') || name.Contains('\\') || name.EndsWith(".jsonl", StringComparison.Ordinal)))
            throw new Failure($"there is no file {name}.");
        IReadOnlyList<TranscriptInfo> catalog = List();
        TranscriptInfo chosen = name is null ? OfThisFolder(catalog) : SessionChoice.ByName(name, catalog);
        return OpenFile(chosen.Path);
    }

    /// <summary>The newest session of this machine; null when there is none.</summary>
    public static Transcript? Latest() => List().FirstOrDefault(s => !s.IsSidechain && s.EntryCount > 0) is { } newest ? OpenFile(newest.Path) : null;

    /// <summary>The sample session that ships beside the command.</summary>
    public static Transcript? Sample()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "samples");
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).FirstOrDefault() is { } path
            ? OpenFile(path)
            : null;
    }

    // Within Claude Code the client names its session; elsewhere it is the newest one of the folder.
    private static TranscriptInfo OfThisFolder(IReadOnlyList<TranscriptInfo> catalog)
    {
        string? current = Environment.GetEnvironmentVariable("CLAUDE_CODE_SESSION_ID");
        return catalog.FirstOrDefault(s => s.SessionId == current)
            ?? SessionChoice.OfFolder(Environment.CurrentDirectory, catalog, folder => Path.Exists(Path.Combine(folder, ".git")));
    }

    private static Transcript OpenFile(string path)
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
