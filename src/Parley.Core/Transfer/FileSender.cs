using System.Security.Cryptography;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>Sends one file: from where the receiver's part of it ends, if that is still how the file begins, else from its beginning.</summary>
internal sealed class FileSender(TransferChannel channel, PackedFile file, SessionSent progress)
{
    public async Task SendAsync(PartMessage? part, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Stream? content = part is null ? null : await SkipAsync(part, hash, cancel);
        long offset = content is null ? 0 : part!.Length;
        content ??= file.Open();
        await using (content)
        {
            await channel.SendAsync(new FileMessage(file.Name, offset), cancel);
            progress.Add(offset);
            await SendChunksAsync(content, file.Length - offset, hash, cancel);
        }
        await channel.SendAsync(new DigestMessage(hash.GetHashAndReset()), cancel);
    }

    /// <summary>The file, read up to the end of the receiver's part; null, and nothing hashed, when that part is no longer how it begins.</summary>
    private async Task<Stream?> SkipAsync(PartMessage part, IncrementalHash hash, CancellationToken cancel)
    {
        if (part.Length <= 0 || part.Length > file.Length)
            return null;
        Stream content = file.Open();
        if (await FileHash.AppendAsync(hash, content, part.Length, cancel) == part.Length && hash.GetCurrentHash().AsSpan().SequenceEqual(part.Sha256))
            return content;
        await content.DisposeAsync();
        _ = hash.GetHashAndReset();
        return null;
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
                sending = Task.Run(() => SendAsync(chunk, length, cancel), CancellationToken.None);
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

    private async Task SendAsync(Frame chunk, int length, CancellationToken cancel)
    {
        using (chunk)
            await channel.SendAsync(chunk, cancel);
        progress.Add(length);
    }
}
