using System.Security.Cryptography;
using System.Text;
using Parley.Core.Context;

namespace Parley.Core.Tests.Context;

/// <summary>A project of a test's own, with a folder beside it that belongs to nobody's project.</summary>
public sealed class ProjectFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-project-");

    public ProjectFiles() => Directory.CreateDirectory(Path.Combine(Project, ".git", "info"));

    public string Project => Path.Combine(_folder.FullName, "project");

    public string Outside => _folder.FullName;

    /// <summary>What looks like a secret and opens nothing.</summary>
    public static string FakeToken() => "ghp_" + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 36);

    public ProjectFiles With(string path, string text = "text\n") => With(path, Encoding.UTF8.GetBytes(text));

    public ProjectFiles With(string path, byte[] content)
    {
        string full = Path.Combine(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return this;
    }

    public ProjectFiles WithLink(string path, string target)
    {
        string full = Path.Combine(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.CreateSymbolicLink(full, target);
        return this;
    }

    /// <summary>The paths of the files that a walk of a folder comes by.</summary>
    public string[] Walk(string folder = ContextPath.Root) => [.. FolderWalk.Of(Project, folder, default)!.Select(file => file.Path)];

    /// <summary>The plan of a folder's snapshot.</summary>
    public SnapshotPlan Plan(string folder = ContextPath.Root, params string[] chosen) =>
        SnapshotPlan.Of(folder, FolderWalk.Of(Project, folder, default)!, chosen.ToHashSet(), SnapshotPlan.Read, default);

    public void Dispose() => _folder.Delete(recursive: true);
}
