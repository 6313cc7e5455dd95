using System.Buffers.Binary;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>A record of the handshake, or a frame, on its way through somebody's hands (docs/protocol.md, sections 3 and 4).</summary>
/// <param name="FromSender">Which way it goes.</param>
/// <param name="IsFrame">Whether it is a frame, and so encrypted.</param>
/// <param name="Number">Its place among those records, or frames, that went the same way before it, from 0.</param>
/// <param name="Bytes">All of it, the length in front included.</param>
public sealed record Passing(bool FromSender, bool IsFrame, int Number, byte[] Bytes)
{
    /// <summary>Bytes in front that say how long it is; of a record of the handshake also the kind, which is never 0.</summary>
    private const int HeaderBytes = 4;

    public bool Is(bool fromSender, int frame) => IsFrame && FromSender == fromSender && Number == frame;

    /// <summary>Takes a stream apart. What is cut off within a record is given as it is.</summary>
    public static async IAsyncEnumerable<Passing> ReadAsync(Stream stream, bool fromSender)
    {
        int records = 0, frames = 0;
        while (true)
        {
            var header = new byte[HeaderBytes];
            if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
                yield break;
            bool isFrame = header[0] == 0;
            var bytes = new byte[HeaderBytes + (int)(BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF)];
            header.CopyTo(bytes, 0);
            int count = await stream.ReadAtLeastAsync(bytes.AsMemory(HeaderBytes), bytes.Length - HeaderBytes, throwOnEndOfStream: false);
            yield return new Passing(fromSender, isFrame, isFrame ? frames++ : records++, bytes[..(HeaderBytes + count)]);
        }
    }
}
