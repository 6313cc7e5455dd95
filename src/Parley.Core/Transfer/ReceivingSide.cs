using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>
/// The receiver's side of one connection. The sender is a stranger who knows a passphrase: everything that it says is checked, and what breaks a rule ends
/// the connection by name. One call at a time; after a <see cref="TransferException"/> other than <see cref="TransferFailure.Unavailable"/> connect again.
/// </summary>
public sealed class ReceivingSide(TransferChannel channel)
{
    private Dictionary<string, OfferedSession>? _offer;

    /// <summary>What the sender offers, in its order. Untrusted text.</summary>
    /// <exception cref="TransferException">The sender breaks the protocol, or the connection ended.</exception>
    public Task<IReadOnlyList<OfferedSession>> OfferAsync(CancellationToken cancel = default) =>
        TellingAsync<IReadOnlyList<OfferedSession>>(async () => [.. (await OfferedAsync(cancel)).Values], cancel);

    /// <summary>The conversation of a session as plain text of at most <see cref="TransferLimits.PreviewBytes"/>. Untrusted.</summary>
    /// <exception cref="TransferException">The sender can't give it or breaks the protocol, or the connection ended.</exception>
    public Task<string> PreviewAsync(string id, CancellationToken cancel = default) => TellingAsync(() => PreviewedAsync(id, cancel), cancel);

    /// <summary>
    /// Fetches a session into a folder of its own below <paramref name="staging"/>, and goes on where an earlier attempt into the same folder stopped. The
    /// sender is told that it arrived only when every file is there and every digest is right.
    /// </summary>
    /// <exception cref="TransferException">It did not arrive whole. What did arrive stays for the next attempt.</exception>
    public Task<ReceivedSession> FetchAsync(string id, string staging, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default) =>
        TellingAsync(() => FetchedAsync(id, staging, progress, cancel), cancel);

    /// <summary>Tells the sender that this was all, if it is still there.</summary>
    public async Task FinishAsync(CancellationToken cancel = default)
    {
        try
        {
            await channel.SendAsync(new GoodbyeMessage(), cancel);
        }
        catch (TransferException e) when (e.Failure == TransferFailure.CutOff)
        {
            // What was asked for has arrived: a sender that has gone by now is missed by nobody.
        }
    }

    internal static TransferException Unavailable(UnavailableMessage message) => new(
        TransferFailure.Unavailable, $"The sender can't give this session: {UntrustedText.Shown(message.Message)}");

    private async Task<Dictionary<string, OfferedSession>> OfferedAsync(CancellationToken cancel)
    {
        if (_offer is not null)
            return _offer;
        var offer = new Dictionary<string, OfferedSession>(StringComparer.OrdinalIgnoreCase);
        for (bool more = true; more;)
        {
            if (await channel.ReceiveMessageAsync(cancel) is not OfferMessage page)
                throw TransferChannel.Unexpected("a message before its offer");
            OfferPages.Add(offer, page);
            more = page.More;
        }
        return _offer = offer;
    }

    private async Task<OfferedSession> RequireOfferedAsync(string id, CancellationToken cancel) =>
        (await OfferedAsync(cancel)).TryGetValue(id, out OfferedSession? session) && session.Id == id
            ? session
            : throw new TransferException(TransferFailure.Unavailable, $"The sender does not offer \"{UntrustedText.Shown(id)}\". List what it offers, and choose from that.");

    private async Task<string> PreviewedAsync(string id, CancellationToken cancel)
    {
        await RequireOfferedAsync(id, cancel);
        await channel.SendAsync(new PreviewMessage(id), cancel);
        return await channel.ReceiveMessageAsync(cancel) switch
        {
            PreviewedMessage previewed when previewed.Id == id && Preview.Fits(previewed.Text) => previewed.Text,
            PreviewedMessage previewed when previewed.Id == id => throw new TransferException(
                TransferFailure.TooLong, $"The sender's preview is longer than {TransferLimits.PreviewBytes} bytes."),
            UnavailableMessage unavailable when unavailable.Id == id => throw Unavailable(unavailable),
            _ => throw TransferChannel.Unexpected("a message"),
        };
    }

    private async Task<ReceivedSession> FetchedAsync(string id, string staging, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        OfferedSession offered = await RequireOfferedAsync(id, cancel);
        try
        {
            using Staging folder = await Staging.OpenAsync(staging, id, cancel);
            await channel.SendAsync(new ChooseMessage(id, folder.Parts), cancel);
            ReceivedSession session = await new SessionReceiver(channel, offered, folder, progress).ReceiveAsync(cancel);
            await channel.SendAsync(new WholeMessage(id), cancel);
            return session;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TransferException(
                TransferFailure.NotStored, $"The session can't be stored below {staging}: {e.Message} Make room or mend that, and run the same command again: it goes on where it stopped.", e);
        }
    }

    // The sender learns why it is left, where that is not its own doing.
    private async Task<T> TellingAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        try
        {
            return await work();
        }
        catch (TransferException e) when (e.Failure is not (TransferFailure.Unavailable or TransferFailure.CutOff or TransferFailure.EndedByOther))
        {
            await channel.SendErrorAsync(e, cancel);
            throw;
        }
    }
}
