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
