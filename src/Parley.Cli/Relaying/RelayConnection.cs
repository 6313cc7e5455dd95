using System.Net;
using System.Net.WebSockets;
using Parley.Core.Transfer;

namespace Parley.Cli.Relaying;

/// <summary>How a sender and a receiver who can't reach each other meet: in a room of a Parley server's relay (docs/relay.md). Every failure says what to do.</summary>
internal static class RelayConnection
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes a room, in which one receiver may join already.</summary>
    /// <param name="server">The address of a Parley server, as in <see cref="Servers.Settings.Address"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RelayFailure">The relay could not be reached, or said no.</exception>
    public static async Task<RelayRoom> CreateRoomAsync(Uri server, CancellationToken cancel)
    {
        RelayStream place = await OpenAsync(server, new RelayMessage { Type = RelayMessage.CreateRoom }, cancel);
        return new RelayRoom(server, await AnswerAsync(place, RelayMessage.RoomCreated, RelayErrors.Unexpected, cancel), place);
    }

    /// <summary>Joins a room; the stream leads to the sender.</summary>
    /// <param name="server">The address of the Parley server that has the room.</param>
    /// <param name="code">The room's code, as it was typed.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RelayFailure">The relay could not be reached, or there is no such room.</exception>
    public static async Task<Stream> JoinAsync(Uri server, string code, CancellationToken cancel)
    {
        string room = RoomCode.Parse(code) ?? throw new RelayFailure(
            $"'{code}' is no room code: it has {RoomCode.Length} characters of {RoomCode.Alphabet}, as `parley send --relay` shows it.");
        RelayStream stream = await OpenAsync(server, new RelayMessage { Type = RelayMessage.JoinRoom, Room = room }, cancel);
        await AnswerAsync(stream, RelayMessage.RoomJoined, RelayErrors.Unexpected, cancel);
        return stream;
    }

    /// <summary>Connects, and says the first message.</summary>
    internal static async Task<RelayStream> OpenAsync(Uri server, RelayMessage first, CancellationToken cancel)
    {
        var errors = new RelayErrors(server);
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        try
        {
            using var http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = !server.IsLoopback, UseCookies = false });
            await socket.ConnectAsync(Address(server), http, cancel);
            await socket.SendAsync(first.ToUtf8(), WebSocketMessageType.Text, endOfMessage: true, cancel);
            return new RelayStream(socket);
        }
        catch (WebSocketException e)
        {
            HttpStatusCode status = socket.HttpStatusCode;
            socket.Dispose();
            throw status == default ? errors.NoAnswer(e) : errors.Refused(status);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The relay's answer, when it is of the type that is expected.</summary>
    /// <param name="stream">To the relay; it is closed when the answer is another.</param>
    /// <param name="type">The type.</param>
    /// <param name="error">What another answer means.</param>
    /// <param name="cancel">Gives up.</param>
    internal static async Task<RelayMessage> AnswerAsync(RelayStream stream, string type, Func<RelayMessage?, RelayFailure> error, CancellationToken cancel)
    {
        try
        {
            RelayMessage? answer = await stream.ListenAsync(cancel);
            return answer?.Type == type ? answer : throw error(answer);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is IOException)
                throw new RelayFailure(e.Message);
            throw;
        }
    }

    // https://example.org/parley -> wss://example.org/parley/relay
    internal static Uri Address(Uri server) => new UriBuilder(server)
    {
        Scheme = server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
        Port = server.Port,
        Path = server.AbsolutePath.TrimEnd('/') + "/relay",
    }.Uri;
}
