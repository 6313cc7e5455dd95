using Parley.Core.Context;

namespace Parley.Server.Context;

/// <summary>A resource of a session's context, as it is now.</summary>
/// <param name="Id">By which it is asked for.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">A folder as the project calls it, <c>memory</c>, or the name of an MCP server.</param>
/// <param name="Permission">Who may use it beside the owner.</param>
/// <param name="IsLocked">Whether it is never to be anything but private.</param>
/// <param name="Snapshot">The snapshot that is used; null until all of the first one is there.</param>
/// <param name="Files">How many files that has.</param>
/// <param name="Bytes">How large they are together.</param>
/// <param name="AddedAt">When the newest snapshot was begun.</param>
public sealed record ContextResource(
    string Id, ContextKind Kind, string Name, ContextPermission Permission, bool IsLocked, long? Snapshot, long Files, long Bytes, DateTimeOffset AddedAt)
{
    /// <summary>Whether there is something to use.</summary>
    public bool IsComplete => Snapshot is not null;
}
