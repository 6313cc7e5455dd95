using Parley.Core.Transfer;

namespace Parley.Cli.Relaying;

/// <summary>A room in a relay, on the side of whoever made it: receivers join it one after the other and are served side by side.</summary>
internal sealed class RelayRoom : IAsyncDisposable
{
    /// <summary>After so many waits the relay is taken to be gone; together they are shorter than it keeps a room that nobody is in.</summary>
    private static readonly TimeSpan[] Waits = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8)];

    private readonly Uri _server;
    private readonly RelayMessage _return;
    private RelayStream? _free;

    internal RelayRoom(Uri server, RelayMessage created, RelayStream first)
    {
        (_server, _free) = (server, first);
        Code = RoomCode.Parse(created.Room) ?? throw RelayErrors.Unexpected(created);
        _return = new RelayMessage { Type = RelayMessage.CreateRoom, Room = Code, Ticket = created.Ticket };
    }

    /// <summary>What receivers name the room by.</summary>
    public string Code { get; }

    /// <summary>Waits for a receiver. While this is awaited one may join; call it again at once to let in more than one.</summary>
    /// <returns>The stream leads to the receiver.</returns>
    /// <exception cref="RelayFailure">The room was burnt or has ended, or the relay is gone.</exception>
    public async Task<Stream> AcceptAsync(CancellationToken cancel)
    {
        while (true)
        {
            RelayStream place = _free ??= await ReturnAsync(cancel);
            try
            {
                RelayMessage? message = await place.ListenAsync(cancel);
                _free = null;
                if (message is { Type: RelayMessage.PeerJoined })
                    return place;
                await place.DisposeAsync();
                throw RelayErrors.Unexpected(message);
            }
            catch (IOException)
            {
                // The network broke: the room waits for a while, and another place is taken in it.
                await place.DisposeAsync();
                _free = null;
            }
        }
    }

    /// <summary>Tells the relay that the receiver on a stream did not know the passphrase: after a few of those it lets nobody join any more.</summary>
    public static async Task ReportWrongGuessAsync(Stream receiver)
    {
        try
        {
            await ((RelayStream)receiver).TellAsync(new RelayMessage { Type = RelayMessage.WrongGuess }, CancellationToken.None);
        }
        catch (IOException)
        {
            // The relay is gone, and the room with it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_free is not null)
            await _free.DisposeAsync();
    }

    private async Task<RelayStream> ReturnAsync(CancellationToken cancel)
    {
        RelayStream place = await ReachAsync(cancel);
        await RelayConnection.AnswerAsync(place, RelayMessage.RoomCreated, RelayErrors.NotTakenBack, cancel);
        return place;
    }

    private async Task<RelayStream> ReachAsync(CancellationToken cancel)
    {
        for (int attempt = 0; ; attempt++)
        {
            await Task.Delay(Waits[attempt], cancel);
            try
            {
                return await RelayConnection.OpenAsync(_server, _return, cancel);
            }
            catch (RelayFailure) when (attempt < Waits.Length - 1)
            {
                // It may be a moment's trouble of the network.
            }
        }
    }
}
