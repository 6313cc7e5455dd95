using System.Net.WebSockets;
using Parley.Server.Hosting;

namespace Parley.Server.Relay;

/// <summary>The relay of this process: its rooms, its sockets, and the rounds in which it looks who has been there for too long.</summary>
public sealed class RelayHouse : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly Metrics _metrics;
    private readonly Rooms _rooms;
    private readonly ITimer _rounds;

    public RelayHouse(RelayOptions options, TimeProvider clock, Metrics metrics)
    {
        (IsOn, _clock, _metrics) = (options.IsOn, clock, metrics);
        _rooms = new Rooms(options, clock);
        Sockets = new Tally(options.SocketsPerAddress, options.Sockets);
        metrics.CountRelay(() => _rooms.Count, () => Sockets.Held);
        _rounds = clock.CreateTimer(_ => Sweep(), null, RelayOptions.Round, RelayOptions.Round);
    }

    public bool IsOn { get; }

    /// <summary>Who holds how many sockets.</summary>
    public Tally Sockets { get; }

    /// <summary>Serves a socket until it ends.</summary>
    /// <param name="webSocket">The socket; it is disposed of.</param>
    /// <param name="address">The address that it is counted under.</param>
    /// <param name="stopping">The server stops.</param>
    public async Task VisitAsync(WebSocket webSocket, string address, CancellationToken stopping)
    {
        using var last = new CancellationTokenSource();
        await using var socket = new RelaySocket(webSocket, _clock, last.Token);
        var visitor = new Visitor(socket, address, _rooms, _metrics);
        _rooms.Enter(visitor);
        await using CancellationTokenRegistration stop = stopping.Register(() =>
        {
            visitor.End(Refusal.Stopping);
            last.CancelAfter(RelayOptions.LastFarewell);
        });
        await visitor.RunAsync();
    }

    public void Dispose() => _rounds.Dispose();

    private void Sweep()
    {
        foreach ((Visitor visitor, Refusal refusal) in _rooms.Sweep())
            visitor.End(refusal);
    }
}
