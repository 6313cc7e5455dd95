using System.Globalization;
using Parley.Cli.Promoting;

namespace Parley.Cli.Homecoming;

/// <summary>What of a project has changed since its conversation went on elsewhere, as git tells it: a line for each file.</summary>
internal static class ProjectChanges
{
    /// <summary>What is different from the commit of that time and was written since, so that what was different then already is not told.</summary>
    /// <returns>Nothing where there is no repository, or the commit is not known in it.</returns>
    public static IReadOnlyList<string> Since(string project, Original original)
    {
        if (original.Commit is not { } commit || Repository.Ask(project, "diff", "--numstat", "--no-renames", "-z", "--relative", commit, "--") is not { } differences)
            return [];
        string added = Repository.Ask(project, "ls-files", "--others", "--exclude-standard", "-z") ?? "";
        return
        [
            .. Parts(differences).Select(part => part.Split('\t', 3)).Where(part => part.Length == 3).Where(part => WasWritten(part[2])).Select(part => $"{part[2]} | {Counts(part)}"),
            .. Parts(added).Where(WasWritten).Select(path => $"{path} | new"),
        ];

        bool WasWritten(string path) => Path.Combine(project, path) is var full && (!File.Exists(full) || File.GetLastWriteTimeUtc(full) > original.At.UtcDateTime);
    }

    private static string[] Parts(string list) => list.Split('\0', StringSplitOptions.RemoveEmptyEntries);

    // Of what isn't text git counts no lines.
    private static string Counts(string[] part) => int.TryParse(part[0], CultureInfo.InvariantCulture, out int added) && int.TryParse(part[1], CultureInfo.InvariantCulture, out int removed)
        ? $"+{added} -{removed}"
        : "changed";
}
