using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Context;

/// <summary>Which folder is a project, and which of its folders a person means by a path.</summary>
public static class ProjectFolder
{
    /// <summary>
    /// What the project calls a folder of its own: the path is looked for below the project, then below the working directory, and may begin with the
    /// project's own name. Null when there is no such folder, or it is not within the project, also by way of a link.
    /// </summary>
    /// <param name="project">The absolute path of the project's folder.</param>
    /// <param name="workingDirectory">Where the person is.</param>
    /// <param name="path">What they wrote.</param>
    public static string? Find(string project, string workingDirectory, string path)
    {
        string root = RealPath.Of(project);
        foreach (string from in (string[])[root, workingDirectory, Path.GetDirectoryName(root) ?? root])
        {
            string folder = Path.GetFullPath(Path.Combine(from, path));
            if (Directory.Exists(folder) && Name(root, RealPath.Of(folder)) is { } name)
                return name;
        }
        return null;
    }

    /// <summary>The folder of the repository that a folder is in; the folder itself when it is in none.</summary>
    public static string RepositoryOf(string folder)
    {
        for (string? at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return at;
        }
        return folder;
    }

    private static string? Name(string root, string folder)
    {
        string name = Path.GetRelativePath(root, folder).Replace(Path.DirectorySeparatorChar, '/');
        return ContextPath.IsName(name) ? name : null;
    }
}
