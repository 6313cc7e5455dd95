using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Context;

/// <summary>
/// What Claude Code keeps about a project: the instructions that lie in it (<c>CLAUDE.md</c>, in folders too), and the memory that it writes itself, in
/// its own folder. What is one person's own, like <c>CLAUDE.local.md</c>, is not among it.
/// </summary>
public static class ProjectMemory
{
    /// <summary>What the resource is called.</summary>
    public const string Name = "memory";

    private const string Instructions = "CLAUDE.md";

    /// <summary>The files, by their path in the resource.</summary>
    /// <param name="project">The absolute path of the project's folder.</param>
    /// <param name="clientFolder">Claude Code's own folder.</param>
    /// <param name="cancel">Ends it.</param>
    public static IEnumerable<WalkedFile> Files(string project, string clientFolder, CancellationToken cancel)
    {
        string own = Path.Combine(clientFolder, "projects", ProjectFolderName.Of(RealPath.Of(project)), "memory");
        IEnumerable<WalkedFile> instructions = FolderWalk.Of(project, ContextPath.Root, cancel)?.Where(file => Path.GetFileName(file.Path) == Instructions) ?? [];
        return instructions.Concat(Directory.Exists(own) ? Memories(own) : []).DistinctBy(file => file.Path);
    }

    private static IEnumerable<WalkedFile> Memories(string folder) =>
        from file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/')
        orderby path
        select new WalkedFile(path, file.FullName, file.Attributes.HasFlag(FileAttributes.ReparsePoint));
}
