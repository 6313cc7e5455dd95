namespace Parley.Core.Transfer.Handshake;

/// <summary>Tells the other side why the handshake ends, and says in words what it told.</summary>
internal static class HandshakeAlert
{
    public static async Task SendAsync(Stream stream, Alert alert, CancellationToken cancel)
    {
        try
        {
            await HandshakeRecord.SendAsync(stream, HandshakeRecord.Create(RecordKind.Alert, [(byte)alert]), cancel);
        }
        catch (Exception e) when (e is TransferException or ObjectDisposedException)
        {
            // Whoever is gone needs no telling.
        }
    }

    public static TransferException AsException(Alert alert) => alert switch
    {
        Alert.WrongPassphrase => new WrongPassphraseException(),
        Alert.NoCommonVersion => new TransferException(
            TransferFailure.NoCommonVersion, "The two sides have no version of the protocol in common. Update Parley on both machines."),
        Alert.SameRole => new TransferException(
            TransferFailure.SameRole, "Both sides send, or both receive. One runs `parley send`, the other `parley receive`."),
        Alert.Busy => new TransferException(
            TransferFailure.Busy, "The sender takes nobody now: there were wrong guesses, or it has enough receivers. Try again in a while, or ask for a new `parley send`."),
        _ => HandshakeRecord.NotParley(),
    };
}
