using System.Buffers.Binary;

namespace Parley.Core.Tests.Transfer;

/// <summary>Somebody in the middle of a line: passes what the sender says on to the receiver as it likes, frame by frame or record by record.</summary>
/// <param name="meddle">Of the number of a piece (from 0) and its bytes, the pieces that go on in its stead.</param>
/// <param name="fromReceiver">Meddle with what the receiver says instead.</param>
internal sealed class Meddler(Func<int, byte[], IEnumerable<byte[]>> meddle, bool fromReceiver = false)
{
    /// <summary>The piece in the middle of which it hangs up.</summary>
    public int CutsAt { get; init; } = int.MaxValue;

    /// <summary>Everything that the sender said, piece by piece.</summary>
    public List<byte[]> Heard { get; } = [];

    /// <summary>The two outer ends of a line through the middle.</summary>
    public (DuplexStream Sender, DuplexStream Receiver) Join()
    {
        (DuplexStream sender, DuplexStream nearSender) = DuplexStream.Pair();
        (DuplexStream nearReceiver, DuplexStream receiver) = DuplexStream.Pair();
        (DuplexStream from, DuplexStream to) = fromReceiver ? (nearReceiver, nearSender) : (nearSender, nearReceiver);
        _ = Task.Run(() => PassAsync(from, to));
        _ = Task.Run(async () =>
        {
            await to.CopyToAsync(from);
            from.CompleteWriting();
        });
        return (sender, receiver);
    }

    private async Task PassAsync(DuplexStream from, DuplexStream to)
    {
        var prefix = new byte[4];
        for (int number = 0; await from.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false) == 4; number++)
        {
            // A record of the handshake has its kind in the first byte, which a frame's length never reaches.
            int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(prefix) & 0xFFFFFF);
            var piece = new byte[4 + length];
            prefix.CopyTo(piece, 0);
            await from.ReadExactlyAsync(piece.AsMemory(4));
            Heard.Add(piece);
            if (number == CutsAt)
            {
                await to.WriteAsync(piece.AsMemory(0, piece.Length / 2));
                break;
            }
            foreach (byte[] passed in meddle(number, [.. piece]))
                await to.WriteAsync(passed);
        }
        to.CompleteWriting();
    }
}
