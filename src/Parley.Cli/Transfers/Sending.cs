using Parley.Cli.Terminals;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>What <c>parley send</c> does: asks what goes out, opens a door, tells how to come in, and receives whoever comes.</summary>
internal static class Sending
{
    public static async Task RunAsync(SendTerms terms, CancellationToken cancel)
    {
        IReadOnlyList<TranscriptInfo> sessions = await SendChoice.AskAsync(terms.Names, terms.Asks, cancel);
        Warn(terms);
        (Passphrase passphrase, bool generated) = await terms.Passphrase(terms.Asks);
        LocalOffer offer = await Task.Run(() => new LocalOffer(sessions, terms.Offer, cancel), cancel);
        // The index of a large session goes before its transfer comes, so that the two need no room at once.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await using IDoor door = terms.Relay is { } relay ? await RelayDoor.OpenAsync(relay, cancel) : await LanDoor.OpenAsync(terms.Bind, terms.Port, cancel);
        using var view = new SendView(terms.Json, offer.Sessions);
        view.Ready(Ready(door, offer, generated ? passphrase : null), terms.KeepOpen is { } time ? $"for {time.TotalMinutes:0.#} min" : "until the first has a session whole");
        using var reception = new Reception(door, offer, passphrase, terms.KeepOpen, view);
        await reception.RunAsync(cancel);
    }

    private static void Warn(SendTerms terms)
    {
        if (!terms.Json)
            Terminal.Error.WriteLine(Style.OfError.Warning(terms.Offer.Redacts ? SendText.RedactedWarning : SendText.Warning));
    }

    private static SendReady Ready(IDoor door, LocalOffer offer, Passphrase? passphrase)
    {
        string[] ids = [.. offer.Sessions.Select(session => session.Id)];
        return door switch
        {
            RelayDoor room => new SendReady(null, null, room.Code, Address(room), null, $"parley receive --relay {Address(room)} --room {room.Code}", passphrase?.ToString(), ids),
            LanDoor lan => new SendReady(lan.Service, lan.Port, null, null, lan.Addresses, lan.Service is null ? $"parley receive --to {lan.Addresses[0]}" : "parley receive", passphrase?.ToString(), ids),
            _ => throw new InvalidOperationException(),
        };
    }

    private static string Address(RelayDoor room) => room.Relay.ToString().TrimEnd('/');
}
