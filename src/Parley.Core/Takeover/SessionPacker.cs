using Parley.Core.Redaction;
using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Takeover.Codex;
using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover;

/// <summary>Gathers the files of a session that is handed over. Each agent has its own.</summary>
public static class SessionPacker
{
    /// <summary>The session's files as they are.</summary>
    /// <exception cref="TakeoverException">It is no session of an agent that is known.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static PackedSession Pack(TranscriptInfo session) => session.Agent switch
    {
        ClaudeCodeReader.Agent => ClaudeCodePacker.Pack(session),
        CodexReader.Agent => CodexPacker.Pack(session),
        _ => throw Unknown(session),
    };

    /// <summary>Redacted copies of the session's files, which can be resumed all the same. Thinking stays behind: it is signed, and can't be changed.</summary>
    /// <param name="session">What is packed.</param>
    /// <param name="redactor">One that has served no other session.</param>
    /// <param name="temporary">A folder, in which the copies are made in a private one of their own. It goes with the packed session.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="TakeoverException">It is no session of an agent that is known.</exception>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public static PackedSession PackRedacted(TranscriptInfo session, Redactor redactor, string temporary, CancellationToken cancel = default) => session.Agent switch
    {
        ClaudeCodeReader.Agent => RedactedPacking.Pack(session, redactor, temporary, cancel),
        CodexReader.Agent => RedactedRollout.Pack(session, redactor, temporary, cancel),
        _ => throw Unknown(session),
    };

    /// <summary>The session without what lies beside its conversation: subagents' transcripts and large outputs.</summary>
    public static PackedSession OnlyConversation(PackedSession packed) => packed.Agent == ClaudeCodeReader.Agent ? packed with { Files = [packed.Files[0]] } : packed;

    private static TakeoverException Unknown(TranscriptInfo session) => new($"sessions of '{session.Agent}' can't be handed over with this version of Parley.");
}
