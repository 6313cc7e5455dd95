using System.Net.WebSockets;
using Parley.Server.Hosting;

namespace Parley.Server.Rpc;

/// <summary>A socket on which messages are answered one after the other, and that tells of what it follows in between. It knows nothing of what they say.</summary>
public sealed class RpcSocket(MessageSocket socket) : IAsyncDisposable
{
    /// <summary>The longest message that is taken.</summary>
    public const int MaxMessageBytes = Limits.JsonBytes;

    /// <summary>How much one socket may follow at once.</summary>
    public const int MaxSubscriptions = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subscription> _subscriptions = [];
    private readonly List<Subscription> _unstarted = [];

    /// <summary>Answers messages until the other end closes.</summary>
    /// <param name="answer">Gives the answer to a message; empty for none.</param>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>>> answer)
    {
        while (await socket.ReceiveAsync(MaxMessageBytes, socket.Lost) is { } message)
        {
            ReadOnlyMemory<byte> reply = await answer(message);
            if (!reply.IsEmpty)
                await SendAsync(reply, socket.Lost);
            StartSubscriptions();
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancel) => socket.SendAsync(message, cancel);

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
