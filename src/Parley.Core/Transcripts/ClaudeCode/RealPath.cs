namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>An absolute path without links, as the client sees its working directory.</summary>
internal static class RealPath
{
    // Linux's own limit; more links than these are taken for a circle.
    private const int MaxLinks = 40;

    public static string Of(string path)
    {
        string real = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (int links = 0; links < MaxLinks && ResolveFirstLink(real) is { } next; links++)
            real = next;
        return real;
    }

    private static string? ResolveFirstLink(string path)
    {
        string root = Path.GetPathRoot(path)!;
        string[] parts = path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        string at = root;
        for (int i = 0; i < parts.Length; i++)
        {
            string folder = at;
            at = Path.Combine(at, parts[i]);
            if (new DirectoryInfo(at).LinkTarget is { } target)
                return Path.GetFullPath(Path.Combine([folder, target, .. parts[(i + 1)..]]));
        }
        return null;
    }
}
