namespace Parley.Server.Audit;

/// <summary>What somebody did with a session. Stored by name.</summary>
public enum AuditAction
{
    /// <summary>Its page, the table of its prompts, a search or an image.</summary>
    ReadPage,

    ReadMessages,

    ReadBundle,

    StreamOpened,

    StreamClosed,

    /// <summary>The public link was opened, or a token made.</summary>
    Shared,

    /// <summary>The public link or a token was taken back.</summary>
    Revoked,

    /// <summary>Its title, its end or a token's end was changed.</summary>
    Edited,

    /// <summary>Somebody was invited, or an open invitation got another role.</summary>
    Invited,

    InvitationWithdrawn,

    /// <summary>An invitation was accepted.</summary>
    Joined,

    /// <summary>A member got another role.</summary>
    RoleChanged,

    /// <summary>A member was removed.</summary>
    Removed,

    /// <summary>A member left.</summary>
    Left,

    /// <summary>The session was handed to another owner.</summary>
    HandedOn,

    /// <summary>A folder, the memory or the name of an MCP server was uploaded.</summary>
    ContextAdded,

    /// <summary>Another one may use a resource of the context, or nobody may.</summary>
    ContextPermitted,

    ContextRemoved,

    /// <summary>Somebody opened a file of the context.</summary>
    ContextOpened,

    /// <summary>The agent used the context for whoever prompted it.</summary>
    ContextUsed,

    /// <summary>It became a workspace.</summary>
    Promoted,

    /// <summary>A prompt was put into the queue.</summary>
    Prompted,

    /// <summary>A prompt was put before those who may prompt.</summary>
    Suggested,

    PromptEdited,

    PromptWithdrawn,

    SuggestionAccepted,

    SuggestionDeclined,

    AgentInterrupted,

    /// <summary>The agent's model or its budget was changed.</summary>
    AgentChanged,

    /// <summary>The agent has answered a prompt, or it was closed without an answer; by the prompt's author.</summary>
    PromptClosed,

    /// <summary>The agent asked whether it may do something; by the prompt's author.</summary>
    PermissionAsked,

    PermissionAllowed,

    PermissionDenied,

    /// <summary>Nobody decided in time on what the agent asked for.</summary>
    PermissionExpired,

    /// <summary>A member may decide on what the agent asks for.</summary>
    ApproverMade,

    /// <summary>A member decides no more on what the agent asks for.</summary>
    ApproverEnded,

    /// <summary>A machine answers in the workspace.</summary>
    HostAdded,

    HostRevoked,

    /// <summary>The workspace was closed, and its context deleted.</summary>
    Closed,
}

/// <summary>Something that happened, on its way into the trail.</summary>
/// <param name="SessionId">To which session.</param>
/// <param name="At">When; for what is done again and again, the first time in a while.</param>
/// <param name="Action">What.</param>
/// <param name="Actor">By whom.</param>
/// <param name="IsReading">Whether it makes somebody a reader of the session who is not its owner.</param>
/// <param name="Detail">Which share, for example; null where the action says all.</param>
public sealed record AuditEvent(string SessionId, DateTimeOffset At, AuditAction Action, Actor Actor, bool IsReading = false, string? Detail = null);

/// <summary>Something that happened, as the owner is told.</summary>
/// <param name="Id">By which earlier ones are asked for.</param>
/// <param name="At">When.</param>
/// <param name="Who">An account's name, a token's, or a network.</param>
/// <param name="What">The action, e.g. <c>readPage</c>.</param>
/// <param name="Detail">Which share, for example.</param>
public sealed record AuditEntry(
    long Id,
    DateTimeOffset At,
    string Who,
    string What,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Detail);
