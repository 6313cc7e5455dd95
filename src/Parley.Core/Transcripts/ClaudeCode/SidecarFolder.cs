using Microsoft.Win32.SafeHandles;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The folder beside a transcript that belongs to its session. Names that a transcript gives are taken as names of files right in one of its
/// subfolders, never as paths, and links are not followed: nothing outside the session can be read through it.
/// </summary>
internal sealed class SidecarFolder
{
    private const string TranscriptEnding = ".jsonl";

    private readonly string? _path;

    private SidecarFolder(string? path) => _path = path;

    /// <summary>The folder of a main transcript: <c>SESSION.jsonl</c> has <c>SESSION/</c>.</summary>
    public static SidecarFolder Beside(string transcript) =>
        new(transcript.EndsWith(TranscriptEnding, StringComparison.Ordinal) ? transcript[..^TranscriptEnding.Length] : null);

    /// <summary>The plain files of a subfolder that match a pattern, by name.</summary>
    public IReadOnlyList<string> Files(string subfolder, string pattern)
    {
        if (SubfolderPath(subfolder) is not { } folder)
            return [];
        try
        {
            return [.. Directory.GetFiles(folder, pattern).Where(IsPlainFile).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Opens a plain file of a subfolder by the last part of a path that a transcript names; null if it isn't there.</summary>
    public SafeFileHandle? TryOpen(string subfolder, string namedPath)
    {
        if (PathOf(subfolder, namedPath) is not { } path)
            return null;
        try
        {
            return TranscriptFile.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The length of such a file in bytes; 0 if it isn't there.</summary>
    public long LengthOf(string subfolder, string namedPath) =>
        PathOf(subfolder, namedPath) is { } path && new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private string? PathOf(string subfolder, string namedPath)
    {
        string name = namedPath[(namedPath.LastIndexOfAny(['/', '\\']) + 1)..];
        bool isName = name.Length > 0 && name[0] != '.' && name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0;
        return isName && SubfolderPath(subfolder) is { } folder && IsPlainFile(Path.Combine(folder, name)) ? Path.Combine(folder, name) : null;
    }

    private string? SubfolderPath(string subfolder)
    {
        if (_path is null || !IsPlainFolder(_path))
            return null;
        string path = Path.Combine(_path, subfolder);
        return IsPlainFolder(path) ? path : null;
    }

    private static bool IsPlainFolder(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    // Pipes and devices, which would block whoever opens them, have no length.
    private static bool IsPlainFile(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null, Length: > 0 };
}
