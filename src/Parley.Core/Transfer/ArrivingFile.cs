using System.Buffers;
using System.Security.Cryptography;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>A file of the staging folder that grows by chunks, to exactly the length that was announced.</summary>
internal sealed class ArrivingFile : IDisposable
{
    private readonly FileStream _content;
    private readonly IncrementalHash _hash;
    private readonly byte[] _room = ArrayPool<byte>.Shared.Rent(TransferLimits.ChunkBytes);
    private readonly Action<int> _stored;
    private long _missing;

    public ArrivingFile(Staging staging, FileMessage file, long length, Action<int> stored)
    {
        (_content, _hash) = staging.Open(file.Name, file.Offset);
        _missing = length - file.Offset;
        _stored = stored;
    }

    /// <summary>
    /// Stores chunks up to the message behind them, which is given back. Two threads: one receives and decrypts the next frame while the other expands,
    /// hashes and stores this one.
    /// </summary>
    public async Task<TransferMessage> ReceiveAsync(TransferChannel channel, CancellationToken cancel)
    {
        Task storing = Task.CompletedTask;
        try
        {
            while (true)
            {
                Frame frame = await channel.ReceiveAsync(cancel);
                await storing;
                if (frame.Kind == FrameKind.Message)
                {
                    using (frame)
                        return TransferChannel.Read(frame);
                }
                storing = Task.Run(() => Store(frame), CancellationToken.None);
            }
        }
        finally
        {
            // What went wrong with this chunk came before whatever is wrong with the next frame.
            await storing;
        }
    }

    /// <summary>Whether as many bytes are there as were announced.</summary>
    public bool IsComplete => _missing == 0;

    public bool Matches(ReadOnlySpan<byte> sha256) => _hash.GetCurrentHash().AsSpan().SequenceEqual(sha256);

    private void Store(Frame chunk)
    {
        using (chunk)
        {
            ReadOnlySpan<byte> piece = Chunk.Unpack(chunk, _room).Span;
            if (piece.Length == 0)
                throw TransferChannel.Malformed("a chunk with nothing in it");
            if (piece.Length > _missing)
                throw new TransferException(TransferFailure.TooMuch, "The sender sent more of a file than it announced. Do not trust this sender.");
            _hash.AppendData(piece);
            _content.Write(piece);
            _missing -= piece.Length;
            _stored(piece.Length);
        }
    }

    public void Dispose()
    {
        _content.Dispose();
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_room);
    }
}
