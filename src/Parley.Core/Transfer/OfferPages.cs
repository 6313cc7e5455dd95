using System.Text.Json;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>An offer as messages: shortened, cut into pages by the sender, and checked page by page by the receiver.</summary>
internal static class OfferPages
{
    /// <summary>The newest come first, so what is beyond the limit is the oldest.</summary>
    public static IEnumerable<OfferMessage> Split(IReadOnlyList<OfferedSession> offer)
    {
        var page = new List<OfferedSession>();
        int bytes = 0;
        foreach (OfferedSession session in offer.Take(TransferLimits.SessionsPerOffer).Select(Shortened))
        {
            if (bytes > TransferLimits.OfferPageBytes)
            {
                yield return new OfferMessage(page, More: true);
                page = [];
                bytes = 0;
            }
            page.Add(session);
            bytes += JsonSerializer.SerializeToUtf8Bytes(session, MessageJson.Relaxed.OfferedSession).Length;
        }
        yield return new OfferMessage(page);
    }

    /// <summary>Adds a page to what was offered before.</summary>
    /// <exception cref="TransferException">There are too many sessions, two of one id, or one that breaks a limit.</exception>
    public static void Add(Dictionary<string, OfferedSession> offer, OfferMessage page)
    {
        if (page.Sessions.Count == 0 && page.More)
            throw TransferChannel.Malformed("an empty page of an offer");
        foreach (OfferedSession session in page.Sessions)
        {
            if (offer.Count == TransferLimits.SessionsPerOffer)
                throw new TransferException(TransferFailure.TooMuch, $"The sender offers more than {TransferLimits.SessionsPerOffer} sessions. Ask for fewer.");
            Check(session);
            if (!offer.TryAdd(session.Id, session))
                throw TransferChannel.Malformed("two sessions of one id");
        }
    }

    private static OfferedSession Shortened(OfferedSession session) => session with
    {
        Summary = UntrustedText.Cut(session.Summary, TransferLimits.TextCharacters),
        Project = UntrustedText.Cut(session.Project, TransferLimits.TextCharacters),
        Branch = session.Branch is { } branch ? UntrustedText.Cut(branch, TransferLimits.TextCharacters) : null,
    };

    private static void Check(OfferedSession session)
    {
        if (!SafeId.IsSafe(session.Id, TransferLimits.IdCharacters) || !SafeId.IsSafe(session.Agent, TransferLimits.AgentCharacters))
            throw TransferChannel.Malformed("a session whose id or agent is no plain name");
        if (session.Summary.Length > TransferLimits.TextCharacters || session.Project.Length > TransferLimits.TextCharacters || session.Branch?.Length > TransferLimits.TextCharacters)
            throw new TransferException(TransferFailure.TooLong, $"The sender describes a session with more than {TransferLimits.TextCharacters} characters.");
        if (session.Bytes is < 0 or > TransferLimits.BytesPerSession || session.Messages < 0)
            throw new TransferException(TransferFailure.TooMuch, $"The sender offers a session of {session.Bytes} bytes; {TransferLimits.BytesPerSession} are taken at most.");
    }
}
