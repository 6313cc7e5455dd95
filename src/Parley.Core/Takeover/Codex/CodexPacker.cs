using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Codex;

/// <summary>A Codex session's files: its rollout, and as far as they belong to it those that it goes on from. What the client keeps in databases stays behind.</summary>
internal static class CodexPacker
{
    /// <exception cref="TakeoverException">The session's beginning is not there.</exception>
    public static PackedSession Pack(TranscriptInfo session)
    {
        IReadOnlyList<RolloutPart> parts = PartsOf(session);
        return new PackedSession
        {
            Agent = session.Agent,
            Id = session.SessionId,
            Origin = SenderFolders.Of(session),
            Files = [FileOf(SessionFiles.Main, parts[^1]), .. parts.SkipLast(1).Select((part, number) => FileOf(SessionFiles.Earlier(number), part))],
        };
    }

    /// <summary>The files of the conversation, from its beginning on.</summary>
    /// <exception cref="TakeoverException">The session's beginning is not there.</exception>
    public static IReadOnlyList<RolloutPart> PartsOf(TranscriptInfo session)
    {
        RolloutMeta meta = RolloutMeta.Read(session.Path) ?? throw new TakeoverException($"{session.Path} is no session of Codex any more.");
        RolloutChain chain = RolloutChain.Of(session.Path, meta);
        return chain.IsWhole ? chain.Parts
            : throw new TakeoverException("the session goes on from another one, which is not on this machine. It can be shared as it is, but not resumed.");
    }

    private static PackedFile FileOf(string name, RolloutPart part) =>
        new(name, Math.Min(part.End, new FileInfo(part.Path).Length), () => new FileStream(TranscriptFile.Open(part.Path), FileAccess.Read, bufferSize: 0));
}
