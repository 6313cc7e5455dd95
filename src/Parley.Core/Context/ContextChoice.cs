namespace Parley.Core.Context;

/// <summary>What of a session's context is shared, by the resources' names; the rest is private.</summary>
public sealed record ContextChoice
{
    /// <summary>Folders of files, as the project calls them, e.g. <c>server/src/service</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether the project's memory is.</summary>
    public bool Memory { get; init; }

    /// <summary>MCP servers, as the author's configuration calls them.</summary>
    public IReadOnlyList<string> Mcps { get; init; } = [];

    public bool IsEmpty => Files.Count == 0 && !Memory && Mcps.Count == 0;
}
