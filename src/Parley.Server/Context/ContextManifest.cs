using System.Text.Json.Serialization;
using Parley.Core.Context;

namespace Parley.Server.Context;

/// <summary>A resource that somebody wants to add, as it comes over the wire.</summary>
/// <param name="Kind"><c>files</c>, <c>memory</c> or <c>mcp</c>.</param>
/// <param name="Name">What it is called; memory needs no name.</param>
/// <param name="Files">Its files; none for an MCP server.</param>
/// <param name="Locked">Whether the sender knows of a reason never to share it.</param>
public sealed record ContextRequest(string? Kind, string? Name = null, IReadOnlyList<ContextRequestFile>? Files = null, bool Locked = false);

/// <param name="Path">Below the folder.</param>
/// <param name="Sha256">The digest of its content in lower-case hexadecimal.</param>
/// <param name="Size">The bytes of its content.</param>
/// <param name="Chosen">Whether it was chosen by its own name, so that it is taken though it holds secrets.</param>
public sealed record ContextRequestFile(string? Path, string? Sha256, long Size, bool Chosen = false);

/// <summary>A request that was found to make sense: what is to be stored, and what of it is refused.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What it is called.</param>
/// <param name="IsLocked">Whether it is never to be shared.</param>
/// <param name="Files">The files that it will have.</param>
/// <param name="Refused">Those that it will not.</param>
internal sealed record ContextManifest(
    ContextKind Kind, string Name, bool IsLocked, IReadOnlyList<ManifestFile> Files, IReadOnlyList<LeftOut> Refused)
{
    private const string MemoryName = "memory";

    /// <exception cref="ContextException">It makes no sense.</exception>
    public static ContextManifest Read(ContextRequest request)
    {
        if (ContextNames.ParseKind(request.Kind) is not { } kind)
            throw new ContextException("kind is files, memory or mcp.");
        string? name = kind == ContextKind.Memory ? MemoryName : request.Name;
        if (!ContextPath.IsName(name))
            throw new ContextException("A resource's name is a relative path with / between its parts, or the name of an MCP server.");
        if (kind == ContextKind.Mcp)
            return new ContextManifest(kind, name!, request.Locked || McpPolicy.IsNeverShared(name!), [], []);
        (List<ManifestFile> files, List<LeftOut> refused) = Sort(request.Files ?? []);
        return new ContextManifest(kind, name!, IsLocked: false, files, refused);
    }

    private static (List<ManifestFile> Files, List<LeftOut> Refused) Sort(IReadOnlyList<ContextRequestFile> sent)
    {
        var files = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        var refused = new List<LeftOut>();
        foreach (ContextRequestFile file in sent)
        {
            if (Objection(file, files.Count) is { } reason)
                refused.Add(new LeftOut(file.Path ?? "", reason));
            else if (!files.TryAdd(file.Path!, new ManifestFile(file.Path!, file.Sha256!, file.Size, file.Chosen)))
                throw new ContextException($"The manifest has \"{file.Path}\" twice.");
        }
        if (files.Values.GroupBy(file => file.Sha256).FirstOrDefault(same => same.DistinctBy(file => file.Size).Skip(1).Any()) is { } liar)
            throw new ContextException($"\"{liar.First().Path}\" has one digest and two sizes.");
        return ([.. files.Values], refused);
    }

    private static LeftOutReason? Objection(ContextRequestFile file, int before)
    {
        if (!ContextFile.IsDigest(file.Sha256) || file.Size < 0)
            throw new ContextException("Each file has a path, the SHA-256 of its content in lower-case hexadecimal, and its size.");
        if (!ContextPath.IsValid(file.Path))
            return LeftOutReason.Name;
        if (file.Size > ContextLimits.FileBytes)
            return LeftOutReason.TooLarge;
        return before >= ContextLimits.Files ? LeftOutReason.TooMany : null;
    }
}

/// <summary>A file of a manifest on its way in.</summary>
internal sealed record ManifestFile(string Path, string Sha256, long Size, bool IsChosen);

/// <summary>What became of a request to add a resource.</summary>
/// <param name="ResourceId">The resource's id.</param>
/// <param name="Missing">The digests of the contents that are to be sent now; the resource is there as a whole when all of them have arrived.</param>
/// <param name="Refused">The files that it will not have, and why.</param>
public sealed record ContextReceipt(string ResourceId, IReadOnlyList<string> Missing, IReadOnlyList<RefusedFile> Refused);

/// <param name="Path">Below the folder.</param>
/// <param name="Reason"><c>secrets</c>, <c>binary</c>, <c>tooLarge</c>, <c>tooMany</c>, <c>name</c>.</param>
/// <param name="Resource">Which resource's file it is, where that is not clear.</param>
public sealed record RefusedFile(
    string Path, string Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Resource = null)
{
    internal static RefusedFile Of(LeftOut file, string? resource = null) => new(file.Path, LeftOutReasons.Name(file.Reason), resource);
}
