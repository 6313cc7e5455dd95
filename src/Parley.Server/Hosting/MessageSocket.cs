using System.Buffers;
using System.Net.WebSockets;

namespace Parley.Server.Hosting;

/// <summary>A WebSocket of text messages: whole ones come in, and go out one after the other until it is closed. It knows nothing of what they say.</summary>
/// <param name="socket">An open one; it is disposed of.</param>
/// <param name="aborted">The connection is lost.</param>
public sealed class MessageSocket(WebSocket socket, CancellationToken aborted) : IDisposable
{
    /// <summary>For how long a server that takes its leave waits for the other end to close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private const int FirstBytes = 16 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _received = new(FirstBytes);
    private readonly CancellationTokenSource _lost = CancellationTokenSource.CreateLinkedTokenSource(aborted);

    /// <summary>The connection is lost, or is given up after a farewell.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The next message, until the one after it is received; null when there will be none, or when what came is none and the other end was told so.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(int maxBytes, CancellationToken cancel)
    {
        _received.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(_received.GetMemory(FirstBytes), cancel);
            _received.Advance(part.Count);
            switch (part)
            {
                case { MessageType: WebSocketMessageType.Close }:
                    return await CloseAsync(WebSocketCloseStatus.NormalClosure, "", cancel);
                case { MessageType: WebSocketMessageType.Binary }:
                    return await CloseAsync(WebSocketCloseStatus.InvalidMessageType, "Messages are text.", cancel);
                case var _ when _received.WrittenCount > maxBytes:
                    return await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"A message has at most {maxBytes} bytes.", cancel);
                case { EndOfMessage: true }:
                    return _received.WrittenMemory;
            }
        }
    }

    /// <param name="message">Text.</param>
    /// <param name="cancel">Gives it up before its turn. What has begun is sent whole: a WebSocket ends with a message that is given up halfway.</param>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            cancel.ThrowIfCancellationRequested();
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Lost);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Says that there will be no more, and why; the other end is expected to answer that.</summary>
    /// <returns>Null: no message.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> CloseAsync(WebSocketCloseStatus status, string reason, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await socket.CloseOutputAsync(status, reason, cancel);
            return null;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Closes for a reason of the server's own; <see cref="Lost"/> fires when the other end takes too long to answer.</summary>
    public async Task LeaveAsync(WebSocketCloseStatus status, string reason)
    {
        try
        {
            _lost.CancelAfter(Farewell);
            await CloseAsync(status, reason, _lost.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            // It was closing already.
        }
    }

    /// <summary>Lets go of a peer that does not read.</summary>
    public void Abort() => socket.Abort();

    /// <summary>Whether it says that the other end is not there any more, or was given up.</summary>
    public static bool IsGone(Exception e) => e is OperationCanceledException or WebSocketException or ObjectDisposedException or IOException;

    public void Dispose()
    {
        _sending.Dispose();
        socket.Dispose();
        _lost.Dispose();
    }
}
