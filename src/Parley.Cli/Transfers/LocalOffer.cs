using Parley.Cli.LocalSessions;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Core.Sessions;
using Parley.Core.Takeover;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>What of a session goes out.</summary>
/// <param name="Redacts">Whether secrets, personal paths and names are taken out first.</param>
/// <param name="OnlyTranscript">Whether the main file goes out without what lies beside it: subagents and long tool results.</param>
internal sealed record OfferTerms(bool Redacts, bool OnlyTranscript);

/// <summary>Sessions of this machine as a receiver gets to see them: what is told of them, how their conversation begins, and their files.</summary>
internal sealed class LocalOffer
{
    /// <summary>Characters of a prompt that stands for a session without a title.</summary>
    private const int SummaryLength = 40;

    private readonly OfferTerms _terms;
    private readonly Dictionary<string, TranscriptInfo> _transcripts;

    public LocalOffer(IEnumerable<TranscriptInfo> sessions, OfferTerms terms, CancellationToken cancel)
    {
        _terms = terms;
        // A client can keep one session in two projects: the newer file is the one that goes on.
        TranscriptInfo[] chosen = [.. sessions.OrderByDescending(info => info.Modified).DistinctBy(info => info.SessionId)];
        _transcripts = chosen.ToDictionary(info => info.SessionId);
        Sessions = [.. chosen.Select(info => terms.Redacts ? DescribeRedacted(info, cancel) : Describe(info))];
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<OfferedSession> Sessions { get; }

    /// <summary>What is told of a session, before redaction.</summary>
    public static OfferedSession Describe(TranscriptInfo info) => new()
    {
        Id = info.SessionId,
        Agent = info.Agent,
        Summary = info.Title is { } title ? SessionTitle.Fit(title, SessionTitle.GivenLength)
            : info.FirstPrompt is { Length: > 0 } prompt ? SessionTitle.Fit(prompt, SummaryLength)
            : info.SessionId,
        Project = info.Project,
        Branch = info.Branch,
        Messages = info.EntryCount,
        Modified = info.Modified,
        IsSidechain = info.IsSidechain,
        Bytes = Size(info),
    };

    // One that can't be handed over is told of all the same, until somebody asks for it.
    private static long Size(TranscriptInfo info)
    {
        try
        {
            using PackedSession packed = SessionPacker.Pack(info);
            return packed.Files.Sum(file => file.Length);
        }
        catch (Exception e) when (e is TakeoverException or IOException)
        {
            return 0;
        }
    }

    /// <exception cref="IOException">It can't be read any more.</exception>
    public Task<PackedSession> PackAsync(string id, CancellationToken cancel) => ReadAsync(() => Pack(_transcripts[id], cancel));

    /// <summary>What was typed and said, from the beginning, without what tools put out.</summary>
    /// <exception cref="IOException">It can't be read any more.</exception>
    public Task<string> PreviewAsync(string id, CancellationToken cancel) => ReadAsync(() => Preview(_transcripts[id], cancel));

    private static Task<T> ReadAsync<T>(Func<T> read) => Task.Run(() =>
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is Failure or TakeoverException)
        {
            throw new IOException(e.Message, e);
        }
    });

    private PackedSession Pack(TranscriptInfo info, CancellationToken cancel)
    {
        PackedSession packed = _terms.Redacts
            ? SessionPacker.PackRedacted(info, Outgoing(info).Learn(cancel), StateFolder.Path("sending"), cancel)
            : SessionPacker.Pack(info);
        return _terms.OnlyTranscript ? SessionPacker.OnlyConversation(packed) : packed;
    }

    private static OfferedSession DescribeRedacted(TranscriptInfo info, CancellationToken cancel)
    {
        OutgoingSession outgoing = Outgoing(info);
        SessionHeader header = outgoing.Header(outgoing.Learn(cancel));
        return Describe(info) with
        {
            Summary = SessionTitle.Fit(header.Title, info.Title is null ? SummaryLength : SessionTitle.GivenLength),
            Project = header.Project ?? "",
            Branch = header.Branch,
        };
    }

    private string Preview(TranscriptInfo info, CancellationToken cancel)
    {
        OutgoingSession outgoing = Outgoing(info) with { Redacts = _terms.Redacts, Selection = new Selection { ToolResults = false, Thinking = false } };
        var text = new PreviewText();
        foreach ((_, Entry entry) in outgoing.Entries(outgoing.Learn(cancel), cancel).TakeWhile(_ => !text.IsFull))
            text.Add(entry);
        return text.ToString();
    }

    private static OutgoingSession Outgoing(TranscriptInfo info)
    {
        Transcript transcript = LocalCatalog.OpenFile(info.Path);
        return new OutgoingSession(transcript, Machine.Redaction(transcript.Info));
    }
}
