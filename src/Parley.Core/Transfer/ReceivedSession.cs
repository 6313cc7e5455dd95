namespace Parley.Core.Transfer;

/// <summary>A session that arrived whole, in a folder of its own where no agent looks for it yet.</summary>
public sealed record ReceivedSession
{
    /// <summary>The name of the agent's format, e.g. <c>claude-code</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>The agent's own id of the session.</summary>
    public required string Id { get; init; }

    public required SessionOrigin Origin { get; init; }

    /// <summary>Absolute path of the folder that holds the files.</summary>
    public required string Folder { get; init; }

    /// <summary>Names as in <see cref="PackedFile"/>, each checked by the path rules; the main file first.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
