using Parley.Cli.Relaying;

namespace Parley.Cli.Transfers;

/// <summary>A room at a relay.</summary>
internal sealed class RelayDoor(RelayRoom room, Uri relay) : IDoor
{
    public string Code => room.Code;

    public Uri Relay => relay;

    public static async Task<RelayDoor> OpenAsync(Uri relay, CancellationToken cancel) => new(await RelayConnection.CreateRoomAsync(relay, cancel), relay);

    public async Task<Arrival> AcceptAsync(CancellationToken cancel) => new(await room.AcceptAsync(cancel), "relay");

    public Task ReportWrongGuessAsync(Arrival arrival) => RelayRoom.ReportWrongGuessAsync(arrival.Stream);

    public ValueTask DisposeAsync() => room.DisposeAsync();
}
