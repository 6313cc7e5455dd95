using System.Security.Cryptography;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>Sends one file: from where the receiver's part of it ends, if that is still how the file begins, else from its beginning.</summary>
internal sealed class FileSender(TransferChannel channel, PackedFile file, SessionSent progress)
{
    public async Task SendAsync(PartMessage? part, CancellationToken cancel)
    {
        if (part is null || part.Length <= 0 || part.Length > file.Length || !await TrySendRestAsync(part, cancel))
            await SendAllAsync(cancel);
    }

    private async Task<bool> TrySendRestAsync(PartMessage part, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using Stream content = file.Open();
        await FileHash.AppendAsync(hash, content, part.Length, cancel);
        if (!hash.GetCurrentHash().AsSpan().SequenceEqual(part.Sha256))
            return false;
        await SendFromAsync(part.Length, content, hash, cancel);
        return true;
    }

    private async Task SendAllAsync(CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using Stream content = file.Open();
        await SendFromAsync(0, content, hash, cancel);
    }

    private async Task SendFromAsync(long offset, Stream content, IncrementalHash hash, CancellationToken cancel)
    {
        await channel.SendAsync(new FileMessage(file.Name, offset), cancel);
        progress.Add(offset);
        await SendChunksAsync(content, file.Length - offset, hash, cancel);
        await channel.SendAsync(new DigestMessage(hash.GetHashAndReset()), cancel);
    }

    // Two threads: one reads, hashes and compresses the next chunk while the other encrypts and writes this one.
    private async Task SendChunksAsync(Stream content, long bytes, IncrementalHash hash, CancellationToken cancel)
    {
        Task sending = Task.CompletedTask;
        try
        {
            while (bytes > 0)
            {
                Frame raw = Frame.For(TransferLimits.ChunkBytes);
                int length = await ReadAsync(raw, content, bytes, cancel);
                bytes -= length;
                hash.AppendData(raw.Room.Span[..length]);
                Frame chunk = Chunk.Pack(raw, length);
                await sending;
                sending = Task.Run(() => SendChunkAsync(chunk, length, cancel), CancellationToken.None);
            }
        }
        finally
        {
            await sending;
        }
    }

    private static async Task<int> ReadAsync(Frame raw, Stream content, long left, CancellationToken cancel)
    {
        try
        {
            int length = (int)Math.Min(left, TransferLimits.ChunkBytes);
            await content.ReadExactlyAsync(raw.Room[..length], cancel);
            return length;
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    private async Task SendChunkAsync(Frame chunk, int length, CancellationToken cancel)
    {
        using (chunk)
            await channel.SendAsync(chunk, cancel);
        progress.Add(length);
    }
}
