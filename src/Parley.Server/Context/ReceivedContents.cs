using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Parley.Core.Context;

namespace Parley.Server.Context;

/// <summary>Reads contents off a body (<see cref="ContextLimits.ContentsType"/>), some of them at a time.</summary>
internal static class ReceivedContents
{
    private const int BatchBytes = 4 * 1024 * 1024, BatchFiles = 500;

    /// <exception cref="ContextException">The body is not of that form.</exception>
    public static async IAsyncEnumerable<List<ReceivedContent>> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancel)
    {
        var judge = new FileContent();
        var batch = new List<ReceivedContent>();
        long bytes = 0;
        while (await ReadOneAsync(body, cancel) is { } content)
        {
            batch.Add(ReceivedContent.Of(content, judge));
            bytes += content.Length;
            if (bytes < BatchBytes && batch.Count < BatchFiles)
                continue;
            yield return batch;
            (batch, bytes) = ([], 0);
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private static async ValueTask<byte[]?> ReadOneAsync(Stream body, CancellationToken cancel)
    {
        byte[] head = new byte[4];
        int read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel);
        if (read == 0)
            return null;
        uint length = read == head.Length ? BinaryPrimitives.ReadUInt32BigEndian(head) : throw CutOff();
        if (length > ContextLimits.FileBytes)
            throw new ContextException($"A content has {length} bytes; {ContextLimits.FileBytes} are the most.");
        byte[] content = new byte[length];
        return await body.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancel) == content.Length ? content : throw CutOff();
    }

    private static ContextException CutOff() => new("The body ends within a content: send it again.");
}
