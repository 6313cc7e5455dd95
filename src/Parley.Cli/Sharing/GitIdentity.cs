using Parley.Core.Redaction.Personal;

namespace Parley.Cli.Sharing;

/// <summary>The name and address that git knows its user by, from the files that git itself reads.</summary>
internal static class GitIdentity
{
    /// <summary>Bytes up to which a configuration file is read.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>The names and addresses; none when there are no such files.</summary>
    /// <param name="home">The home folder.</param>
    /// <param name="project">The project's folder; null when there is none.</param>
    public static IEnumerable<string> Of(string home, string? project)
    {
        string configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder ? folder : Path.Combine(home, ".config");
        List<string> files = [Path.Combine(home, ".gitconfig"), Path.Combine(configuration, "git", "config")];
        if (project is not null)
            files.Add(Path.Combine(project, ".git", "config"));
        return files.SelectMany(Read);
    }

    private static string[] Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxLength } ? [.. GitUser.In(File.ReadLines(path))] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
