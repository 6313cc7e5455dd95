using Parley.Core.Turns;

namespace Parley.Server.Turns;

/// <summary>A turn's row.</summary>
public sealed record TurnRecord
{
    public required string Id { get; init; }

    public required string SessionId { get; init; }

    public required Person Author { get; init; }

    /// <summary>By which the author's browser knows it: what it sends twice is one turn.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its place in the queue; the lowest is taken first.</summary>
    public required long Position { get; init; }

    public required Turn Turn { get; init; }

    /// <summary>The prompt, redacted; empty once it stands in the log or is never to stand there.</summary>
    public required string Text { get; init; }

    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>How often its author has changed it.</summary>
    public long Edits { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who accepted or declined it.</summary>
    public Person? DecidedBy { get; init; }

    /// <summary>Who asked for its end.</summary>
    public Person? StoppedBy { get; init; }

    public string? Runner { get; init; }

    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>The prompt's place in the log, once it was taken.</summary>
    public long? PromptSeq { get; init; }

    /// <summary>How many times its runners have appended, so that what one of them sends twice is appended once.</summary>
    public long Step { get; init; }

    /// <summary>What its runner says that it waits for, e.g. a model that is busy.</summary>
    public string? Status { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }
}

/// <summary>An account with the name that people know it by.</summary>
public sealed record Person(long Id, string Name);

/// <summary>A file of the shared context that goes with a prompt.</summary>
/// <param name="ResourceId">The resource.</param>
/// <param name="Path">Within it.</param>
/// <param name="Place">The path that people and the agent know it by.</param>
public sealed record Attachment(string ResourceId, string Path, string Place = "");
