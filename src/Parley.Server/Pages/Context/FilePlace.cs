using Parley.Core.Context;
using Parley.Server.Context;
using Parley.Server.Sessions;

namespace Parley.Server.Pages.Context;

/// <summary>Where among the files of a resource a page is.</summary>
/// <param name="Session">The session.</param>
/// <param name="Resource">The resource.</param>
/// <param name="Path">Below it; empty for the resource itself.</param>
public sealed record FilePlace(SessionRecord Session, ContextResource Resource, string Path)
{
    /// <summary>What the resource is called on pages.</summary>
    public string ResourceName => Resource.Name == ContextPath.Root ? Session.Project : Resource.Name;

    /// <summary>The last part of the path.</summary>
    public string Name => Path == "" ? ResourceName : Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folders around it with the paths that lead to them, the resource first.</summary>
    public IEnumerable<(string Name, string Path)> Around()
    {
        if (Path == "")
            yield break;
        yield return (ResourceName, "");
        string[] parts = Path.Split('/');
        for (int i = 1; i < parts.Length; i++)
            yield return (parts[i - 1], string.Join('/', parts[..i]));
    }

    /// <summary>The address of a path of the same resource.</summary>
    public string AddressOf(PageAddress address, string path) =>
        $"{address.Prefix}/c/{Session.Id}/files/{Resource.Id}{(path == "" ? "" : "/" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString)))}";
}

/// <summary>What is in a folder of a resource.</summary>
/// <param name="Folders">Its folders, with how many files each has in all.</param>
/// <param name="Files">Its files.</param>
public sealed record Folder(IReadOnlyList<(string Path, int Files)> Folders, IReadOnlyList<PlacedFile> Files)
{
    /// <summary>The folder at a path of a resource that has these files; null when there is none.</summary>
    public static Folder? Of(IReadOnlyList<PlacedFile> files, string path)
    {
        string prefix = path == "" ? "" : path + "/";
        List<PlacedFile> below = [.. files.Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal))];
        if (below.Count == 0 && path != "")
            return null;
        ILookup<int, PlacedFile> byDepth = below.ToLookup(file => file.Path.IndexOf('/', prefix.Length));
        var folders = byDepth.Where(group => group.Key >= 0).SelectMany(group => group, (group, file) => file.Path[..group.Key])
            .GroupBy(folder => folder).Select(group => (group.Key, group.Count())).OrderBy(folder => folder.Key, StringComparer.Ordinal);
        return new Folder([.. folders], [.. byDepth[-1]]);
    }
}
