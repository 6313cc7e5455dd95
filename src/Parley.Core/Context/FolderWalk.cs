namespace Parley.Core.Context;

/// <summary>
/// Walks a folder of a project the way Git sees it: what the project's rules ignore is passed over, and so are links, wherever they lead. It reads
/// names and rules, no contents.
/// </summary>
public sealed class FolderWalk
{
    private const string RulesFile = ".gitignore";

    private readonly string _project;
    private readonly IgnoreRules _rules = new();

    private FolderWalk(string project) => _project = project;

    /// <summary>The paths of the files below a folder, in the order of their names, with the links that were passed over.</summary>
    /// <param name="project">The absolute path of the project's folder.</param>
    /// <param name="name">The folder, as the project calls it; <see cref="ContextPath.Root"/> for the project.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Null when the project's rules ignore the folder.</returns>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public static IEnumerable<WalkedFile>? Of(string project, string name, CancellationToken cancel)
    {
        string root = ProjectFolder.RepositoryOf(project);
        var walk = new FolderWalk(root);
        walk._rules.Add("", ReadRules(Path.Combine(root, ".git", "info", "exclude")));
        string within = Path.GetRelativePath(root, Path.Combine(project, name)).Replace(Path.DirectorySeparatorChar, '/');
        return walk.TryReach(within == ContextPath.Root ? "" : within) ? walk.Files(within == ContextPath.Root ? "" : within, "", cancel) : null;
    }

    /// <summary>Reads the rules on the way down to a folder; false when they ignore it.</summary>
    private bool TryReach(string folder)
    {
        string at = "";
        foreach (string part in folder == "" ? [] : folder.Split('/'))
        {
            AddRules(at);
            at = Below(at, part);
            if (_rules.IsIgnored(at, isFolder: true))
                return false;
        }
        return true;
    }

    private IEnumerable<WalkedFile> Files(string folder, string below, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        AddRules(folder);
        FileSystemInfo[] all = new DirectoryInfo(Path.Combine(_project, folder)).GetFileSystemInfos();
        foreach (FileSystemInfo entry in all.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string path = Below(folder, entry.Name), shown = Below(below, entry.Name);
            bool isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint), isFolder = entry is DirectoryInfo && !isLink;
            if (entry.Name == ".git" || _rules.IsIgnored(path, isFolder))
                continue;
            if (!isFolder)
                yield return new WalkedFile(shown, entry.FullName, isLink);
            else
                foreach (WalkedFile file in Files(path, shown, cancel))
                    yield return file;
        }
    }

    private void AddRules(string folder) => _rules.Add(folder, ReadRules(Path.Combine(_project, folder, RulesFile)));

    private static string Below(string folder, string name) => folder == "" ? name : $"{folder}/{name}";

    private static string[] ReadRules(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}

/// <summary>A file that a walk came by.</summary>
/// <param name="Path">Below the folder that was walked.</param>
/// <param name="FullName">Where it is on this machine.</param>
/// <param name="IsLink">Whether it is a link to something else, a folder or a file.</param>
public readonly record struct WalkedFile(string Path, string FullName, bool IsLink);
