using System.Security.Cryptography;

namespace Parley.Core.Transfer.Handshake;

/// <summary>
/// The handshake of one connection (docs/protocol.md, section 3): hellos, two rounds of J-PAKE, then each side proves that it has the passphrase.
/// The receiver proves it first, so that the sender knows of every wrong guess before it has said anything that a guess could be checked against.
/// </summary>
internal sealed class Handshaking(Stream stream, TransferRole role, Passphrase passphrase, RandomNumberGenerator random)
{
    public async Task<ChannelKeys> RunAsync(CancellationToken cancel)
    {
        byte[][] hellos = await HelloAsync(cancel);
        var agreement = new KeyAgreement(role, passphrase, random);
        byte[][] round1 = await ExchangeAsync(RecordKind.Round1, agreement.Round1(), cancel);
        await AcceptAsync(() => agreement.Accept1(Theirs(round1)), cancel);
        byte[][] round2 = await ExchangeAsync(RecordKind.Round2, agreement.Round2(), cancel);
        await AcceptAsync(() => agreement.Accept2(Theirs(round2)), cancel);
        var keys = new ChannelKeys(agreement.Secret(), [.. hellos, .. round1, .. round2]);
        if (role == TransferRole.Receiver)
            await ConfirmAsync(keys, cancel);
        await CheckAsync(keys, cancel);
        if (role == TransferRole.Sender)
            await ConfirmAsync(keys, cancel);
        return keys;
    }

    private TransferRole Other => role == TransferRole.Sender ? TransferRole.Receiver : TransferRole.Sender;

    private async Task<byte[][]> HelloAsync(CancellationToken cancel)
    {
        byte[] own = Hello.Record(role);
        await HandshakeRecord.SendAsync(stream, own, cancel);
        byte[] other = await Hello.ReceiveAsync(stream, cancel);
        if (Hello.Parse(other).Objection(role) is { } alert)
        {
            await HandshakeAlert.SendAsync(stream, alert, cancel);
            throw HandshakeAlert.AsException(alert);
        }
        return SenderFirst(own, other);
    }

    private async Task<byte[][]> ExchangeAsync(RecordKind kind, byte[] body, CancellationToken cancel)
    {
        byte[] own = HandshakeRecord.Create(kind, body);
        await HandshakeRecord.SendAsync(stream, own, cancel);
        return SenderFirst(own, await HandshakeRecord.ReceiveAsync(stream, kind, body.Length, body.Length, cancel));
    }

    private async Task AcceptAsync(Action accept, CancellationToken cancel)
    {
        try
        {
            accept();
        }
        catch (TransferException)
        {
            await HandshakeAlert.SendAsync(stream, Alert.BadKeyExchange, cancel);
            throw;
        }
    }

    private Task ConfirmAsync(ChannelKeys keys, CancellationToken cancel) =>
        HandshakeRecord.SendAsync(stream, HandshakeRecord.Create(RecordKind.Confirm, keys.Confirmation(role)), cancel);

    private async Task CheckAsync(ChannelKeys keys, CancellationToken cancel)
    {
        byte[] expected = keys.Confirmation(Other);
        byte[] record = await HandshakeRecord.ReceiveAsync(stream, RecordKind.Confirm, expected.Length, expected.Length, cancel);
        if (CryptographicOperations.FixedTimeEquals(expected, record.AsSpan(HandshakeRecord.HeaderBytes)))
            return;
        await HandshakeAlert.SendAsync(stream, Alert.WrongPassphrase, cancel);
        throw new WrongPassphraseException();
    }

    private byte[][] SenderFirst(byte[] own, byte[] other) => role == TransferRole.Sender ? [own, other] : [other, own];

    private ReadOnlySpan<byte> Theirs(byte[][] records) => records[role == TransferRole.Sender ? 1 : 0].AsSpan(HandshakeRecord.HeaderBytes);
}
