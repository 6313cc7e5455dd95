using System.Buffers;
using System.Security.Cryptography;

namespace Parley.Core.Transfer;

/// <summary>Hashes the beginning of a file.</summary>
internal static class FileHash
{
    /// <summary>Appends up to so many bytes of a stream, and says how many there were.</summary>
    public static async Task<long> AppendAsync(IncrementalHash hash, Stream content, long most, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(TransferLimits.ChunkBytes);
        try
        {
            long done = 0;
            while (done < most && await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - done)), cancel) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                done += read;
            }
            return done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
