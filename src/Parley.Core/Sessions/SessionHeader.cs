namespace Parley.Core.Sessions;

/// <summary>What is known of a session besides its entries. Everything in it has been redacted once it has left the author's machine.</summary>
public sealed record SessionHeader
{
    public required string Title { get; init; }

    /// <summary>The name of the project's folder, never its path.</summary>
    public required string Project { get; init; }

    public string? Branch { get; init; }

    /// <summary>The model of the last answer.</summary>
    public string? Model { get; init; }

    /// <summary>When the session began.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Which agent wrote the transcript, e.g. <c>claude-code</c>.</summary>
    public string? Agent { get; init; }

    /// <summary>The agent's own id of the session, so that sharing it again can be recognised.</summary>
    public string? SourceId { get; init; }
}
