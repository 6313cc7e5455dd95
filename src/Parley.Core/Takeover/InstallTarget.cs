using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover;

/// <summary>Where a session is taken over to.</summary>
public sealed record InstallTarget
{
    /// <summary>The folder of the receiver's project, absolute; it is there.</summary>
    public required string ProjectFolder { get; init; }

    /// <summary>The receiver's home folder, absolute.</summary>
    public required string Home { get; init; }

    /// <summary>The agent's own folder: <c>$CLAUDE_CONFIG_DIR</c> or <c>~/.claude</c> for Claude Code, <c>$CODEX_HOME</c> or <c>~/.codex</c> for Codex. It need not exist.</summary>
    public required string ClientFolder { get; init; }

    /// <summary>Makes the id of a session whose own is taken.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>The public link that the session came by; null for every other way.</summary>
    public PublicLink? Link { get; init; }

    /// <summary>Whether the session's lines are this machine's own: then they stay as they are, and nothing is mapped, mended or left behind.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Lines that end the transcript. They are not looked at when it is found out whether the session is there already.</summary>
    public ReadOnlyMemory<byte> Ending { get; init; }

    /// <summary>The project's folder as the client sees it, links resolved.</summary>
    internal string RealProject => RealPath.Of(ProjectFolder);
}

/// <summary>A session that the receiver's agent can resume.</summary>
/// <param name="Agent">The agent that resumes it, as <see cref="Transcripts.TranscriptInfo.Agent"/> names it.</param>
/// <param name="SessionId">What <c>claude --resume</c> or <c>codex resume</c> takes.</param>
/// <param name="Path">Absolute path of its main file.</param>
/// <param name="Outcome">What has been done.</param>
public sealed record InstalledSession(string Agent, string SessionId, string Path, InstallOutcome Outcome);

public enum InstallOutcome
{
    Installed,

    /// <summary>The project has it already; nothing was written.</summary>
    AlreadyThere,

    /// <summary>Its id names another session here, so it has got one of its own.</summary>
    InstalledAsCopy,
}
