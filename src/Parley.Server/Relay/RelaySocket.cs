using System.Net.WebSockets;
using Parley.Core.Transfer;
using Parley.Server.Hosting;

namespace Parley.Server.Relay;

/// <summary>A WebSocket to the relay: what is sent goes out one after the other, and it ends once. It knows nothing of rooms.</summary>
public sealed class RelaySocket : IAsyncDisposable
{
    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _givenUp;
    private readonly CancellationTokenRegistration _lost;
    private readonly Lock _lock = new();
    private Task? _ending;

    /// <param name="socket">An open one.</param>
    /// <param name="clock">Measures how long it may take to end.</param>
    /// <param name="lost">The connection is lost, or to be given up.</param>
    public RelaySocket(WebSocket socket, TimeProvider clock, CancellationToken lost)
    {
        _socket = socket;
        _givenUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _lost = lost.UnsafeRegister(state => ((CancellationTokenSource)state!).Cancel(), _givenUp);
    }

    /// <summary>Whether its last words have been said, or are about to be.</summary>
    public bool IsEnding => Volatile.Read(ref _ending) is not null;

    /// <summary>The next piece of a message; with an empty buffer it only waits for one.</summary>
    public ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, _givenUp.Token);

    /// <summary>Sends a message, however slowly the other end reads; false when nobody is there any more.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        try
        {
            await _sending.WaitAsync(_givenUp.Token);
            try
            {
                await _socket.SendAsync(message, type, endOfMessage: true, _givenUp.Token);
                return true;
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception e) when (MessageSocket.IsGone(e))
        {
            return false;
        }
    }

    public ValueTask<bool> SendAsync(RelayMessage message) => SendAsync(message.ToUtf8(), WebSocketMessageType.Text);

    /// <summary>Says the last words behind what is on the way; the other end then has a while to read and to close.</summary>
    /// <returns>False when it was ending already.</returns>
    public bool End(Refusal refusal)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return false;
            _ending = Task.Run(() => EndAsync(refusal));
            return true;
        }
    }

    /// <summary>Answers that the other end closes.</summary>
    public async ValueTask CloseAsync()
    {
        if (!IsEnding)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", _givenUp.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _lost.DisposeAsync();
        await _givenUp.CancelAsync();
        Task? ending;
        lock (_lock)
            ending = _ending ??= Task.CompletedTask;
        await ending;
        _givenUp.Dispose();
        _socket.Dispose();
    }

    private async Task EndAsync(Refusal refusal)
    {
        try
        {
            _givenUp.CancelAfter(RelayOptions.Farewell);
            if (await SendAsync(refusal.LastWords))
                await _socket.CloseOutputAsync(refusal.Status, refusal.LastWords.Code, _givenUp.Token);
        }
        catch (Exception e) when (MessageSocket.IsGone(e))
        {
            // It was closing already.
        }
    }
}
