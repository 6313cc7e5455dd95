using System.Security.Cryptography;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Handshake;
using Parley.Server.Tests.Fixtures;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>What somebody learns who does not have the passphrase: that one guess was wrong, and nothing to try others on.</summary>
public sealed class WrongPassphraseTests
{
    private static readonly RandomNumberGenerator Random = RandomNumberGenerator.Create();

    [Fact]
    public async Task Both_sides_are_told()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
        var failure = await Assert.ThrowsAsync<WrongPassphraseException>(() => Line.OpenAsync(receiver, TransferRole.Receiver, Passphrase.Parse("another")));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => opening);
        Assert.Contains("Compare", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sender_proves_nothing_to_a_wrong_guess()
    {
        var meddler = new Meddler((_, piece) => [piece]);
        (DuplexStream sender, DuplexStream receiver) = meddler.Join();
        Task<TransferChannel> opening = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => Line.OpenAsync(receiver, TransferRole.Receiver, Passphrase.Parse("another")));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => opening);
        Assert.Equal([RecordKind.Hello, RecordKind.Round1, RecordKind.Round2, RecordKind.Alert], meddler.Heard.Select(record => (RecordKind)record[0]));
    }

    [Fact]
    public async Task A_wrong_guess_ends_the_connection()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
        await GuessAsync(receiver, confirmation: new byte[32]);
        await Assert.ThrowsAsync<WrongPassphraseException>(() => opening);
        await HandshakeRecord.SendAsync(receiver, HandshakeRecord.Create(RecordKind.Confirm, new byte[32]), default);
        sender.CompleteWriting();
        await Assert.ThrowsAsync<WrongPassphraseException>(() => HandshakeRecord.ReceiveAsync(receiver, RecordKind.Confirm, 32, 32, default));
        Assert.Equal(0, await receiver.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Hanging_up_before_the_proof_is_no_guess()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
        await GuessAsync(receiver, confirmation: null);
        receiver.Dispose();
        Assert.Equal(TransferFailure.CutOff, (await Assert.ThrowsAsync<TransferException>(() => opening)).Failure);
    }

    [Fact]
    public async Task The_same_passphrase_agrees_on_other_keys_each_time()
    {
        await using Line one = await Line.OpenAsync();
        await using Line other = await Line.OpenAsync();
        Assert.NotEqual(one.Sender.Verification, other.Sender.Verification);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0xFF)]
    public async Task Numbers_that_would_give_a_secret_away_are_refused(byte fill)
    {
        var round = new byte[KeyAgreement.Round1Bytes];
        if (fill == 1)
        {
            for (int element = KeyAgreement.ElementBytes; element <= round.Length; element += KeyAgreement.ElementBytes)
                round[element - 1] = 1;
        }
        else
        {
            Array.Fill(round, fill);
        }
        Assert.Equal(TransferFailure.NotParley, await Round1FailsAsync(round));
    }

    [Fact]
    public async Task The_senders_own_numbers_are_refused()
    {
        var own = new KeyAgreement(TransferRole.Sender, Line.Secret, Random);
        Assert.Equal(TransferFailure.NotParley, await Round1FailsAsync(own.Round1()));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("\u0001\0\0\u0005parle")]
    public async Task Whoever_speaks_another_protocol_is_told_from_a_wrong_guess(string greeting)
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        await receiver.WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
        Assert.Equal(TransferFailure.NotParley, (await Assert.ThrowsAsync<TransferException>(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret))).Failure);
    }

    [Fact]
    public async Task Two_senders_are_told_so()
    {
        (DuplexStream one, DuplexStream other) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => Line.OpenAsync(one, TransferRole.Sender, Line.Secret));
        Assert.Equal(TransferFailure.SameRole, (await Assert.ThrowsAsync<TransferException>(() => Line.OpenAsync(other, TransferRole.Sender, Line.Secret))).Failure);
        Assert.Equal(TransferFailure.SameRole, (await Assert.ThrowsAsync<TransferException>(() => opening)).Failure);
    }

    [Fact]
    public async Task Versions_without_a_common_one_are_told_so()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        byte[] later = Hello.Record(TransferRole.Receiver);
        later[^2] = later[^1] = 2;
        await receiver.WriteAsync(later);
        Assert.Equal(TransferFailure.NoCommonVersion, (await Assert.ThrowsAsync<TransferException>(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret))).Failure);
        await HandshakeRecord.ReceiveAsync(receiver, RecordKind.Hello, 11, 11, default);
        Assert.Equal(
            TransferFailure.NoCommonVersion,
            (await Assert.ThrowsAsync<TransferException>(() => HandshakeRecord.ReceiveAsync(receiver, RecordKind.Round1, 1, 1, default))).Failure);
    }

    [Fact]
    public async Task Whoever_is_turned_away_learns_that_it_may_come_back()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task refusing = TransferChannel.RefuseAsync(sender, TimeProvider.System);
        Assert.Equal(TransferFailure.Busy, (await Assert.ThrowsAsync<TransferException>(() => Line.OpenAsync(receiver, TransferRole.Receiver, Line.Secret))).Failure);
        await refusing;
    }

    [Fact]
    public async Task Whoever_says_nothing_is_let_go()
    {
        var clock = new ManualClock();
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = TransferChannel.OpenAsync(sender, TransferRole.Sender, Line.Secret, Random, clock);
        await HandshakeRecord.ReceiveAsync(receiver, RecordKind.Hello, 11, 11, default);
        clock.Advance(TransferLimits.HandshakeTime);
        Assert.Equal(TransferFailure.TooSlow, (await Assert.ThrowsAsync<TransferException>(() => opening)).Failure);
    }

    // As a receiver, with another passphrase, up to the proof.
    private static async Task GuessAsync(Stream stream, byte[]? confirmation)
    {
        var agreement = new KeyAgreement(TransferRole.Receiver, Passphrase.Parse("guess"), Random);
        await HandshakeRecord.SendAsync(stream, Hello.Record(TransferRole.Receiver), default);
        await HandshakeRecord.ReceiveAsync(stream, RecordKind.Hello, Hello.LeastBytes, Hello.MostBytes, default);
        await HandshakeRecord.SendAsync(stream, HandshakeRecord.Create(RecordKind.Round1, agreement.Round1()), default);
        agreement.Accept1((await HandshakeRecord.ReceiveAsync(stream, RecordKind.Round1, 1, KeyAgreement.Round1Bytes, default)).AsSpan(HandshakeRecord.HeaderBytes));
        await HandshakeRecord.SendAsync(stream, HandshakeRecord.Create(RecordKind.Round2, agreement.Round2()), default);
        agreement.Accept2((await HandshakeRecord.ReceiveAsync(stream, RecordKind.Round2, 1, KeyAgreement.Round2Bytes, default)).AsSpan(HandshakeRecord.HeaderBytes));
        if (confirmation is not null)
            await HandshakeRecord.SendAsync(stream, HandshakeRecord.Create(RecordKind.Confirm, confirmation), default);
    }

    private static async Task<TransferFailure> Round1FailsAsync(byte[] round)
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        await HandshakeRecord.SendAsync(receiver, Hello.Record(TransferRole.Receiver), default);
        await HandshakeRecord.SendAsync(receiver, HandshakeRecord.Create(RecordKind.Round1, round), default);
        return (await Assert.ThrowsAsync<TransferException>(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret))).Failure;
    }
}
