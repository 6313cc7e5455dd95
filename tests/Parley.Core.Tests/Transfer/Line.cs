using System.Security.Cryptography;
using Parley.Core.Transfer;

namespace Parley.Core.Tests.Transfer;

/// <summary>Two ends of a transfer in memory.</summary>
internal sealed class Line : IAsyncDisposable
{
    public static readonly Passphrase Secret = Passphrase.Parse("walnut-orbit-velvet-spoon");

    private static readonly RandomNumberGenerator Random = RandomNumberGenerator.Create();

    private Line(TransferChannel sender, TransferChannel receiver) => (Sender, Receiver) = (sender, receiver);

    public TransferChannel Sender { get; }

    public TransferChannel Receiver { get; }

    public static async Task<Line> OpenAsync()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => OpenAsync(sender, TransferRole.Sender, Secret));
        TransferChannel other = await OpenAsync(receiver, TransferRole.Receiver, Secret);
        return new Line(await opening, other);
    }

    public static Task<TransferChannel> OpenAsync(Stream stream, TransferRole role, Passphrase passphrase) =>
        TransferChannel.OpenAsync(stream, role, passphrase, Random, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
