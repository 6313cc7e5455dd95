namespace Parley.Core.Sessions;

/// <summary>One displayed step of a session: a prompt, an answer with its blocks, tool results, a note between people, or an event.</summary>
public sealed record Entry
{
    public required Role Role { get; init; }

    /// <summary>The name of the person who wrote it, where more than one person may write; null in a session of one author.</summary>
    public string? Author { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The model that answered, as the API names it; null for everything but answers.</summary>
    public string? Model { get; init; }

    /// <summary>The id of the tool call that started the subagent this entry belongs to; null in the main conversation.</summary>
    public string? Thread { get; init; }

    /// <summary>Tokens of the message, counted once per message; null where the transcript names none.</summary>
    public Usage? Usage { get; init; }

    /// <summary>
    /// The content blocks as one JSON array of objects in the Messages API's own form (<c>text</c>, <c>thinking</c>, <c>tool_use</c>,
    /// <c>tool_result</c>, <c>image</c>, …), UTF-8, always well-formed.
    /// A block that Parley does not know keeps its type and content; a line that could not be read is <c>{"type":"unsupported","reason":…}</c>.
    /// </summary>
    public required ReadOnlyMemory<byte> Blocks { get; init; }
}

/// <summary>Who speaks in an entry. Tool results belong to the user's side, as in the Messages API.</summary>
public enum Role
{
    User,
    Assistant,

    /// <summary>Something that happened rather than was said: compacted, joined, shared context.</summary>
    Event,
}

/// <summary>Token counts of one message.</summary>
/// <param name="Input">Tokens sent, those read from or written to the prompt cache included.</param>
/// <param name="Output">Tokens generated.</param>
public readonly record struct Usage(long Input, long Output);
