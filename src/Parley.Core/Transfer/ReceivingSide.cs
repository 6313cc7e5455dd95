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
    public async Task<IReadOnlyList<OfferedSession>> OfferAsync(CancellationToken cancel = default) => [.. (await OfferedAsync(cancel)).Values];

    /// <summary>The conversation of a session as plain text of at most <see cref="TransferLimits.PreviewBytes"/>. Untrusted.</summary>
    /// <exception cref="TransferException">The sender can't give it or breaks the protocol, or the connection ended.</exception>
    public Task<string> PreviewAsync(string id, CancellationToken cancel = default) => OrTellAsync(
        async () =>
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
        },
        cancel);

    /// <summary>
    /// Fetches a session into a folder of its own below <paramref name="staging"/>, and goes on where an earlier attempt into the same folder stopped. The
    /// sender is told that it arrived only when every file is there and every digest is right.
    /// </summary>
    /// <exception cref="TransferException">It did not arrive whole. What did arrive stays for the next attempt.</exception>
    public Task<ReceivedSession> FetchAsync(string id, string staging, IProgress<FetchProgress>? progress = null, CancellationToken cancel = default) => OrTellAsync(
        async () =>
        {
            OfferedSession offered = await RequireOfferedAsync(id, cancel);
            return await OrNotStoredAsync(staging, () => FetchAsync(offered, staging, progress, cancel));
        },
        cancel);

    /// <summary>Tells the sender that this was all.</summary>
    public Task FinishAsync(CancellationToken cancel = default) => channel.SendAsync(new GoodbyeMessage(), cancel);

    internal static TransferException Unavailable(UnavailableMessage message) => new(
        TransferFailure.Unavailable, $"The sender can't give this session: {UntrustedText.Shown(message.Message)}");

    private async Task<ReceivedSession> FetchAsync(OfferedSession offered, string staging, IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        using Staging folder = await Staging.OpenAsync(staging, offered.Id, cancel);
        await channel.SendAsync(new ChooseMessage(offered.Id, folder.Parts), cancel);
        ReceivedSession session = await new SessionReceiver(channel, offered, folder, progress).ReceiveAsync(cancel);
        await channel.SendAsync(new WholeMessage(offered.Id), cancel);
        return session;
    }

    private async Task<Dictionary<string, OfferedSession>> OfferedAsync(CancellationToken cancel) => _offer ??= await OrTellAsync(
        async () =>
        {
            var offer = new Dictionary<string, OfferedSession>(StringComparer.OrdinalIgnoreCase);
            for (bool more = true; more;)
            {
                if (await channel.ReceiveMessageAsync(cancel) is not OfferMessage page)
                    throw TransferChannel.Unexpected("a message before its offer");
                OfferPages.Add(offer, page);
                more = page.More;
            }
            return offer;
        },
        cancel);

    private async Task<OfferedSession> RequireOfferedAsync(string id, CancellationToken cancel) =>
        (await OfferedAsync(cancel)).TryGetValue(id, out OfferedSession? session) && session.Id == id
            ? session
            : throw new TransferException(TransferFailure.Unavailable, $"The sender does not offer \"{UntrustedText.Shown(id)}\". List what it offers, and choose from that.");

    private static async Task<T> OrNotStoredAsync<T>(string staging, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TransferException(
                TransferFailure.NotStored, $"The session can't be stored below {staging}: {e.Message} Make room or mend that, and run the same command again: it goes on where it stopped.", e);
        }
    }

    private async Task<T> OrTellAsync<T>(Func<Task<T>> work, CancellationToken cancel)
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
