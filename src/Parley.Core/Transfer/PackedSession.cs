namespace Parley.Core.Transfer;

/// <summary>A session's files, ready to go out. Its temporary files, where it has any, go with it when it is disposed.</summary>
public sealed record PackedSession : IDisposable
{
    /// <summary>The name of the agent's format, e.g. <c>claude-code</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>The agent's own id of the session.</summary>
    public required string Id { get; init; }

    public required SessionOrigin Origin { get; init; }

    /// <summary>The main file first.</summary>
    public required IReadOnlyList<PackedFile> Files { get; init; }

    /// <summary>What is deleted when the session has gone out.</summary>
    public IDisposable? Temporary { get; init; }

    public void Dispose() => Temporary?.Dispose();
}

/// <summary>One file of a session.</summary>
/// <param name="Name">Its name within the session, with <c>/</c> between folders: <c>session.jsonl</c>, <c>subagents/agent-a1.jsonl</c>.</param>
/// <param name="Length">Bytes that <paramref name="Open"/> yields; of a file that grows meanwhile no more than these go out.</param>
/// <param name="Open">Opens it for reading, from its beginning.</param>
public sealed record PackedFile(string Name, long Length, Func<Stream> Open);

/// <summary>Where a session was written, so that its paths can be mapped to those of whoever takes it over. Null where it is unknown or redacted.</summary>
/// <param name="Home">The home folder, absolute, in the writing system's form.</param>
/// <param name="WorkingDirectory">The project's folder, absolute.</param>
public sealed record SessionOrigin(string? Home, string? WorkingDirectory);
