using System.Buffers;
using System.Net.WebSockets;
using Parley.Core.Bridging;

namespace Parley.Server.Bridge;

/// <summary>The socket of a machine: whole messages come in one after the other and go out one at a time. It knows nothing of what they say.</summary>
public sealed class BridgeSocket(WebSocket socket) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _received = new(FirstBytes);

    /// <summary>The next message; null when there will be none, or when what came is none and the other end was told so.</summary>
    public async ValueTask<BridgeMessage?> ReceiveAsync(CancellationToken cancel)
    {
        _received.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(_received.GetMemory(FirstBytes), cancel);
            if (part.MessageType != WebSocketMessageType.Text)
                return await CloseAsync(WebSocketCloseStatus.NormalClosure, "", cancel);
            _received.Advance(part.Count);
            if (_received.WrittenCount > BridgeLimits.MessageBytes)
                return await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"A message has at most {BridgeLimits.MessageBytes} bytes.", cancel);
            if (part.EndOfMessage)
                return BridgeMessage.Read(_received.WrittenSpan) ?? await CloseAsync(WebSocketCloseStatus.InvalidPayloadData, "That is no message of the bridge.", cancel);
        }
    }

    public async ValueTask SendAsync(BridgeMessage message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message.ToUtf8(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Says that there will be no more, and why.</summary>
    public async ValueTask<BridgeMessage?> CloseAsync(WebSocketCloseStatus status, string reason, CancellationToken cancel)
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

    public void Dispose() => _sending.Dispose();
}
