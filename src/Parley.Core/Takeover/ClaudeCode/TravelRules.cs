namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>Writes a JSON value that holds text of the conversation in the form that it travels in.</summary>
internal delegate void WriteText(ReadOnlySpan<byte> json, Stream output);

/// <summary>What is changed about a transcript's lines beside what stays behind in any case.</summary>
/// <param name="Text">For all that may hold a path or a secret.</param>
internal sealed record TravelRules(WriteText Text)
{
    /// <summary>The folder that a line was written in, for that of the sender; null to take it as text.</summary>
    public Func<string, string>? WorkingDirectory { get; init; }

    /// <summary>The id of a line that the conversation hangs off, as a JSON string; empty for none.</summary>
    public byte[] Root { get; init; } = [];

    /// <summary>The id of the session, a UUID; null to leave it.</summary>
    public string? SessionId { get; init; }
}
