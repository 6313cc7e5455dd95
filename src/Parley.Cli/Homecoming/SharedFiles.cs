using System.Security.Cryptography;
using Parley.Cli.Context;
using Parley.Cli.Servers;
using Parley.Core.Context;

namespace Parley.Cli.Homecoming;

/// <summary>Compares the files that a workspace has of a project with those that are there now.</summary>
internal static class SharedFiles
{
    /// <summary>The files, by their paths in the project, that are not as they were shared.</summary>
    /// <param name="server">Where the workspace is, asked as one of its people.</param>
    /// <param name="workspace">Its id.</param>
    /// <param name="project">The project's folder.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>None where nothing is shared, or it is deleted already.</returns>
    public static async Task<IReadOnlyList<string>> ChangedAsync(ServerApi server, string workspace, string project, CancellationToken cancel)
    {
        var changed = new List<string>();
        try
        {
            foreach (SharedResource resource in (await server.ContextAsync(workspace, cancel)).Resources.Where(resource => resource is { Kind: "files", Complete: true }))
            {
                foreach (SharedFile file in (await server.FilesAsync(workspace, resource.ResourceId, cancel)).Files)
                {
                    string path = ContextPath.Join(resource.Name, file.Path);
                    if (ContextPath.IsValid(path) && StateOf(Path.Combine(project, path), file) is { } state)
                        changed.Add($"{path} ({state})");
                }
            }
        }
        catch (ServerFailure)
        {
            // Whoever only reads along is not told what is shared; then it is not known what changed.
        }
        return changed;
    }

    private static string? StateOf(string path, SharedFile shared)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return "gone";
            if (file.Length != shared.Size)
                return "changed";
            using FileStream content = file.OpenRead();
            return Convert.ToHexStringLower(SHA256.HashData(content)) == shared.Sha256 ? null : "changed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "can't be read";
        }
    }
}
