using Parley.Core.Sessions;

namespace Parley.Server.Sessions;

/// <summary>A session's row: everything about it but its entries.</summary>
public sealed record SessionRecord
{
    /// <summary>The 12 characters of its link (<see cref="SessionId"/>).</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Project { get; init; }

    public string? Branch { get; init; }

    public string? Model { get; init; }

    /// <summary>When the session began on its author's machine; the time it was shared where that is unknown.</summary>
    public required DateTimeOffset Date { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is gone for everyone; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public long MessageCount { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public required long OwnerId { get; init; }

    /// <summary>Whether its link alone lets anyone read it.</summary>
    public required bool IsPublic { get; init; }

    /// <summary>The seq of the newest entry; 0 in an empty session.</summary>
    public long LastSeq { get; init; }

    /// <summary>Moves with every change of the session or its entries, so that (id, version) names one state of the page.</summary>
    public long Version { get; init; }

    /// <summary>Whether it goes on; null when it never was live.</summary>
    public LiveState? Live { get; init; }

    /// <summary>When its driver was last heard of; null when it never was live.</summary>
    public DateTimeOffset? DriverSeenAt { get; init; }

    /// <summary>Moves by one with every entry that is corrected.</summary>
    public long Revision { get; init; }

    /// <summary>Whether the conversation goes on in the workspace; null when it never did.</summary>
    public WorkspaceState? Workspace { get; init; }

    /// <summary>Whether more may be said in it.</summary>
    public bool GoesOn => Workspace is null ? Live == LiveState.Live : Workspace == WorkspaceState.Open;

    /// <summary>Which agent wrote the transcript, e.g. <c>claude-code</c>.</summary>
    public string? Agent { get; init; }

    /// <summary>The agent's own id of the session.</summary>
    public string? SourceId { get; init; }

    /// <summary>The head of its bundle.</summary>
    public SessionHeader Header => new()
    {
        Title = Title,
        Project = Project,
        Branch = Branch,
        Model = Model,
        Date = Date,
        Agent = Agent,
        SourceId = SourceId,
    };

    public SessionTerms Terms => new(OwnerId, IsPublic, ExpiresAt);
}

/// <summary>Whether a session that is or was live goes on.</summary>
public enum LiveState
{
    Live,
    Ended,
}

/// <summary>Whether a session that was promoted is a workspace now.</summary>
public enum WorkspaceState
{
    /// <summary>Its members and the agent talk; the machine that it came from does not append.</summary>
    Open,

    /// <summary>It is read only.</summary>
    Closed,
}
