using System.Security.Cryptography;
using System.Text;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Frames;

namespace Parley.Core.Tests.Transfer;

/// <summary>Two ends of a transfer in memory.</summary>
internal sealed class Line : IAsyncDisposable
{
    public static readonly Passphrase Secret = Passphrase.Parse("walnut-orbit-velvet-spoon");

    private static readonly RandomNumberGenerator Random = RandomNumberGenerator.Create();

    private Line(TransferChannel sender, TransferChannel receiver) => (Sender, Receiver) = (sender, receiver);

    public TransferChannel Sender { get; }

    public TransferChannel Receiver { get; }

    /// <summary>After a handshake.</summary>
    public static async Task<Line> OpenAsync()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => OpenAsync(sender, TransferRole.Sender, Secret));
        TransferChannel other = await OpenAsync(receiver, TransferRole.Receiver, Secret);
        return new Line(await opening, other);
    }

    /// <summary>As if there had been a handshake, which takes a while.</summary>
    public static Line Ready() => Ready(DuplexStream.Pair());

    public static Line Ready((DuplexStream Sender, DuplexStream Receiver) ends, string keys = "", TimeProvider? time = null) =>
        new(Channel(ends.Sender, TransferRole.Sender, keys, time), Channel(ends.Receiver, TransferRole.Receiver, keys, time));

    /// <summary>One end, with keys that the other one has too.</summary>
    public static TransferChannel Channel(Stream stream, TransferRole role, string keys = "", TimeProvider? time = null)
    {
        FrameCipher fromSender = new(Key("sender" + keys)), fromReceiver = new(Key("receiver" + keys));
        return role == TransferRole.Sender
            ? new TransferChannel(stream, fromSender, fromReceiver, time ?? TimeProvider.System, "")
            : new TransferChannel(stream, fromReceiver, fromSender, time ?? TimeProvider.System, "");
    }

    public static Task<TransferChannel> OpenAsync(Stream stream, TransferRole role, Passphrase passphrase) =>
        TransferChannel.OpenAsync(stream, role, passphrase, Random, TimeProvider.System);

    private static byte[] Key(string of) => SHA256.HashData(Encoding.UTF8.GetBytes(of));

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
