using Parley.Core.Transcripts;
using Parley.Core.Transcripts.Codex;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Codex;

/// <summary>A Codex session's files: its rollout, and as far as they belong to it those that it goes on from. What the client keeps in databases stays behind.</summary>
internal static class CodexPacker
{
    /// <exception cref="TakeoverException">It is no session any more.</exception>
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

    /// <summary>The files of the conversation, from its beginning on as far as it is there.</summary>
    /// <exception cref="TakeoverException">It is no session any more.</exception>
    public static IReadOnlyList<RolloutPart> PartsOf(TranscriptInfo session) =>
        RolloutMeta.Read(session.Path) is { } meta ? RolloutChain.Of(session.Path, meta).Parts : throw new TakeoverException($"{session.Path} is no session of Codex any more.");

    private static PackedFile FileOf(string name, RolloutPart part)
    {
        long length = Math.Min(part.End, new FileInfo(part.Path).Length);
        return new PackedFile(name, length, () => new FileHead(part.Path, length));
    }
}
