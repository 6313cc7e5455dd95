using System.Text.Json;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>An offer as messages: shortened, cut into pages by the sender, and checked page by page by the receiver.</summary>
internal static class OfferPages
{
    /// <summary>The newest come first, so what is beyond the limit is the oldest. A session that every receiver would refuse is left out.</summary>
    public static IEnumerable<OfferMessage> Split(IReadOnlyList<OfferedSession> offer)
    {
        var page = new List<OfferedMessage>();
        int bytes = 0;
        foreach (OfferedMessage session in offer.Select(Shortened).Where(session => Objection(session) is null).Take(TransferLimits.SessionsPerOffer))
        {
            if (bytes > TransferLimits.OfferPageBytes)
            {
                yield return new OfferMessage(page, More: true);
                page = [];
                bytes = 0;
            }
            page.Add(session);
            bytes += JsonSerializer.SerializeToUtf8Bytes(session, MessageJson.Relaxed.OfferedMessage).Length;
        }
        yield return new OfferMessage(page);
    }

    /// <summary>Adds a page to what was offered before.</summary>
    /// <exception cref="TransferException">There are too many sessions, two of one id, or one that breaks a limit.</exception>
    public static void Add(Dictionary<string, OfferedSession> offer, OfferMessage page)
    {
        if (page.Sessions.Count == 0 && page.More)
            throw TransferChannel.Malformed("an empty page of an offer");
        foreach (OfferedMessage session in page.Sessions)
        {
            if (offer.Count == TransferLimits.SessionsPerOffer)
                throw new TransferException(TransferFailure.TooMuch, $"The sender offers more than {TransferLimits.SessionsPerOffer} sessions. Ask for fewer.");
            if (session is null)
                throw TransferChannel.Malformed("null for a session");
            if (Objection(session) is { } objection)
                throw objection;
            if (!offer.TryAdd(session.Id, Offered(session)))
                throw TransferChannel.Malformed("two sessions of one id");
        }
    }

    private static OfferedMessage Shortened(OfferedSession session) => new(
        session.Id,
        session.Agent,
        UntrustedText.Cut(session.Summary, TransferLimits.TextCharacters),
        UntrustedText.Cut(session.Project, TransferLimits.TextCharacters),
        session.Branch is { } branch ? UntrustedText.Cut(branch, TransferLimits.TextCharacters) : null,
        session.Messages,
        session.Modified,
        session.IsSidechain,
        session.Bytes);

    private static OfferedSession Offered(OfferedMessage session) => new()
    {
        Id = session.Id,
        Agent = session.Agent,
        Summary = session.Summary,
        Project = session.Project,
        Branch = session.Branch,
        Messages = session.Messages,
        Modified = session.Modified,
        IsSidechain = session.IsSidechain,
        Bytes = session.Bytes,
    };

    private static TransferException? Objection(OfferedMessage session)
    {
        if (!SafeId.IsSafe(session.Id, TransferLimits.IdCharacters) || !SafeId.IsSafe(session.Agent, TransferLimits.AgentCharacters))
            return TransferChannel.Malformed("a session whose id or agent is no plain name");
        if (session.Summary.Length > TransferLimits.TextCharacters || session.Project.Length > TransferLimits.TextCharacters || session.Branch?.Length > TransferLimits.TextCharacters)
            return new TransferException(TransferFailure.TooLong, $"The sender describes a session with more than {TransferLimits.TextCharacters} characters.");
        return session.Bytes is < 0 or > TransferLimits.BytesPerSession || session.Messages < 0
            ? new TransferException(TransferFailure.TooMuch, $"The sender offers a session of {session.Bytes} bytes; {TransferLimits.BytesPerSession} are taken at most.")
            : null;
    }
}
