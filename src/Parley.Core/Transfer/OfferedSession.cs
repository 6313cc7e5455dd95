namespace Parley.Core.Transfer;

/// <summary>What a sender tells of a session before it is chosen. It comes from a stranger: show it as untrusted text.</summary>
public sealed record OfferedSession
{
    /// <summary>The agent's own id of the session; names it within one offer.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the agent's format, e.g. <c>claude-code</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>Its title, or the first 40 characters of its first prompt.</summary>
    public required string Summary { get; init; }

    /// <summary>The name of the project's folder, never its path.</summary>
    public string Project { get; init; } = "";

    public string? Branch { get; init; }

    /// <summary>How many entries the conversation has.</summary>
    public int Messages { get; init; }

    public DateTimeOffset? Modified { get; init; }

    public bool IsSidechain { get; init; }

    /// <summary>Bytes of its files together, as they are on the sender's disk.</summary>
    public long Bytes { get; init; }
}
