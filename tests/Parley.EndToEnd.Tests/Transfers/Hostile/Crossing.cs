namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>The way between a sender and a receiver, with somebody on it: a relay, or a wire.</summary>
public sealed class Crossing : IAsyncDisposable
{
    private readonly HostileRelay? _relay;
    private readonly Wire _wire = new();

    private Crossing(HostileRelay? relay) => _relay = relay;

    public Interception Between => _relay?.Between ?? _wire.Between;

    public static async Task<Crossing> OpenAsync(bool relayed) => new(relayed ? await HostileRelay.StartAsync() : null);

    public Task<SendProcess> SendAsync(Pair pair, LongSession session) =>
        SendProcess.StartAsync(pair.Sender, [session.Id, .. _relay is null ? (string[])[] : ["--relay", _relay.Address]]);

    /// <summary>How a receiver gets to the sender; it is led there once.</summary>
    public string[] Receive(SendProcess sender)
    {
        if (_relay is not null)
            return ["receive", "--relay", _relay.Address, "--room", sender.Ready.GetProperty("room").GetString()!, "--all", "--json"];
        _ = _wire.LeadAsync(sender.Ready.GetProperty("port").GetInt32());
        return ["receive", "--to", _wire.Address, "--all", "--json"];
    }

    /// <summary>Ends as a relay does whose process is killed.</summary>
    public Task VanishAsync() => _relay!.VanishAsync();

    public async ValueTask DisposeAsync()
    {
        _wire.Dispose();
        if (_relay is not null)
            await _relay.DisposeAsync();
    }
}
