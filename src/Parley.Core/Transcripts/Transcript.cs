using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts;

/// <summary>An opened transcript: what is known of the session, and its entries, read anew from the file by each enumeration.</summary>
public sealed class Transcript
{
    private readonly Func<IEnumerable<Entry>> _read;

    public Transcript(TranscriptInfo info, Func<IEnumerable<Entry>> read)
    {
        Info = info;
        _read = read;
    }

    public TranscriptInfo Info { get; }

    /// <summary>
    /// The conversation from its beginning to its newest leaf, in the order it is displayed. An entry's <see cref="Entry.Blocks"/> belong
    /// to the reader and are valid until the next entry is asked for.
    /// </summary>
    public IEnumerable<Entry> Entries() => _read();
}

/// <summary>What one pass over a transcript tells of it, before redaction.</summary>
public sealed record TranscriptInfo
{
    /// <summary>Characters that are kept of the first prompt.</summary>
    public const int MaxFirstPrompt = 200;

    /// <summary>The name of the agent's format, <c>claude-code</c> or <c>codex</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>Whether a <see cref="TranscriptFollower"/> can go on reading while the agent writes.</summary>
    public bool CanBeFollowed => Agent == ClaudeCodeReader.Agent;

    /// <summary>Absolute path of the main file.</summary>
    public required string Path { get; init; }

    /// <summary>The agent's own id of the session, which it resumes by; for Claude Code the file's name without its ending.</summary>
    public required string SessionId { get; init; }

    /// <summary>The title that a person or the agent gave; null when there is none.</summary>
    public string? Title { get; init; }

    /// <summary>The first prompt that a person typed, cut to <see cref="MaxFirstPrompt"/> characters; null when nobody prompted.</summary>
    public string? FirstPrompt { get; init; }

    /// <summary>The working directory of the session, absolute, as the transcript's last line names it.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The name of the working directory's folder; empty when it is unknown.</summary>
    public string Project => WorkingDirectory?.TrimEnd('/', '\\') is { } path ? path[(path.LastIndexOfAny(['/', '\\']) + 1)..] : "";

    public string? Branch { get; init; }

    public string? Model { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? Modified { get; init; }

    /// <summary>How many entries <see cref="Transcript.Entries"/> yields.</summary>
    public int EntryCount { get; init; }

    /// <summary>Tokens of all messages in the conversation and its subagents', each message counted once.</summary>
    public Usage Usage { get; init; }

    /// <summary>Whether the file is a subagent's.</summary>
    public bool IsSidechain { get; init; }

    /// <summary>Lines of the conversation that could not be read and whose place in it is unknown.</summary>
    public int LostLines { get; init; }

    /// <summary>The title to show, on one line: the given one, else the first prompt's first 80 characters, else the session's id.</summary>
    public string DisplayTitle => Title is { } title ? SessionTitle.Fit(title, SessionTitle.GivenLength)
        : FirstPrompt is { Length: > 0 } prompt ? SessionTitle.Fit(prompt, SessionTitle.PromptLength)
        : SessionId;
}
