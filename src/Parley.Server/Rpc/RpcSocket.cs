using System.Net.WebSockets;
using Parley.Server.Hosting;

namespace Parley.Server.Rpc;

/// <summary>A WebSocket: messages come in one after the other, answers and notifications go out one at a time. It knows nothing of what they say.</summary>
public sealed class RpcSocket(WebSocket socket) : IAsyncDisposable
{
    /// <summary>The longest message that is taken.</summary>
    public const int MaxMessageBytes = Limits.JsonBytes;

    /// <summary>How much one socket may follow at once.</summary>
    public const int MaxSubscriptions = 32;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subscription> _subscriptions = [];
    private readonly List<Subscription> _unstarted = [];

    /// <summary>Answers messages until the other end closes.</summary>
    /// <param name="answer">Gives the answer to a message; empty for none.</param>
    /// <param name="cancel">The connection is lost, or to be given up.</param>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>>> answer, CancellationToken cancel)
    {
        var buffer = new byte[MaxMessageBytes];
        while (await ReceiveAsync(buffer, cancel) is { } message)
        {
            ReadOnlyMemory<byte> reply = await answer(message);
            if (!reply.IsEmpty)
                await SendAsync(reply, cancel);
            StartSubscriptions();
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Says that there will be no more; the peer is expected to answer that.</summary>
    public async Task LeaveAsync(CancellationToken cancel) => await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops.", cancel);

    /// <summary>Lets go of a peer that does not read.</summary>
    public void Abort() => socket.Abort();

    /// <summary>Follows something from the answer to the present message on, in the place of what was followed under the same name.</summary>
    /// <returns>False when it follows as much as it may.</returns>
    public bool Subscribe(string name, Func<CancellationToken, Task> follow)
    {
        Unsubscribe(name);
        var subscription = new Subscription(follow);
        lock (_lock)
        {
            if (_subscriptions.Count >= MaxSubscriptions)
                return false;
            _subscriptions.Add(name, subscription);
            _unstarted.Add(subscription);
            return true;
        }
    }

    /// <summary>Follows it no more; false when it did not.</summary>
    public bool Unsubscribe(string name)
    {
        lock (_lock)
        {
            if (!_subscriptions.Remove(name, out Subscription? subscription))
                return false;
            subscription.Dispose();
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Subscription[] all;
        lock (_lock)
            all = [.. _subscriptions.Values];
        foreach (Subscription subscription in all)
            subscription.Dispose();
        await Task.WhenAll(all.Select(s => s.Running));
        _sending.Dispose();
    }

    private void StartSubscriptions()
    {
        lock (_lock)
        {
            foreach (Subscription subscription in _unstarted)
                subscription.Start();
            _unstarted.Clear();
        }
    }

    /// <summary>The next message; null when there will be none.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(byte[] buffer, CancellationToken cancel)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
            length += part.Count;
            switch (part)
            {
                case { MessageType: WebSocketMessageType.Close }:
                    return await CloseAsync(WebSocketCloseStatus.NormalClosure, "", cancel);
                case { MessageType: WebSocketMessageType.Binary }:
                    return await CloseAsync(WebSocketCloseStatus.InvalidMessageType, "Messages are text.", cancel);
                case { EndOfMessage: true }:
                    return buffer.AsMemory(0, length);
                case var _ when length == buffer.Length:
                    return await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"A message has at most {MaxMessageBytes} bytes.", cancel);
            }
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>?> CloseAsync(WebSocketCloseStatus status, string reason, CancellationToken cancel)
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

    /// <summary>Something that is followed until it ends or is disposed of.</summary>
    private sealed class Subscription(Func<CancellationToken, Task> follow) : IDisposable
    {
        private readonly CancellationTokenSource _end = new();

        public Task Running { get; private set; } = Task.CompletedTask;

        public void Start() => Running = Task.Run(RunAsync);

        public void Dispose()
        {
            _end.Cancel();
            _end.Dispose();
        }

        private async Task RunAsync()
        {
            try
            {
                await follow(_end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
            {
                // It was disposed of, or nobody is there any more.
            }
        }
    }
}
