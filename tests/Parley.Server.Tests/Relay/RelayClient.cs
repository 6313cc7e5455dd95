using System.Net;
using System.Net.WebSockets;
using System.Text;
using Parley.Core.Transfer;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Relay;

/// <summary>A program at the other end of a relay's socket, well-behaved or not.</summary>
public sealed class RelayClient : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[1 << 20];

    private RelayClient(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    /// <summary>Connects, from an address behind the server's proxy where one is given.</summary>
    public static async Task<RelayClient> ConnectAsync(RunningServer server, string? from = null)
    {
        var socket = new ClientWebSocket();
        if (from is not null)
            socket.Options.SetRequestHeader("X-Forwarded-For", from);
        await socket.ConnectAsync(Address(server), Patience);
        return new RelayClient(socket);
    }

    /// <summary>The status with which an upgrade is refused.</summary>
    public static async Task<HttpStatusCode> RefusalAsync(RunningServer server, params (string Name, string Value)[] headers)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        foreach ((string name, string value) in headers)
            socket.Options.SetRequestHeader(name, value);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(server), Patience));
        return socket.HttpStatusCode;
    }

    /// <summary>A sender that waits in a new room, and the room.</summary>
    public static async Task<(RelayClient Sender, RelayMessage Room)> CreateAsync(RunningServer server, string? from = null)
    {
        RelayClient sender = await ConnectAsync(server, from);
        await sender.SayAsync("""{"type":"CREATE_ROOM"}""");
        return (sender, await sender.HearAsync(RelayMessage.RoomCreated));
    }

    /// <summary>A receiver that has joined.</summary>
    public static async Task<RelayClient> JoinAsync(RunningServer server, string code, string? from = null)
    {
        RelayClient receiver = await AskToJoinAsync(server, code, from);
        Assert.Equal(code, (await receiver.HearAsync(RelayMessage.RoomJoined)).Room);
        return receiver;
    }

    public static async Task<RelayClient> AskToJoinAsync(RunningServer server, string code, string? from = null)
    {
        RelayClient receiver = await ConnectAsync(server, from);
        await receiver.SayAsync($$"""{"type":"JOIN_ROOM","room":"{{code}}"}""");
        return receiver;
    }

    /// <summary>A sender and a receiver that are joined, and their room.</summary>
    public static async Task<(RelayClient Sender, RelayClient Receiver, RelayMessage Room)> PairAsync(RunningServer server)
    {
        (RelayClient sender, RelayMessage room) = await CreateAsync(server);
        RelayClient receiver = await JoinAsync(server, room.Room!);
        await sender.HearAsync(RelayMessage.PeerJoined);
        return (sender, receiver, room);
    }

    public Task SayAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary, bool isWhole = true) =>
        Socket.SendAsync(bytes, type, isWhole, Patience);

    /// <summary>The next message, which must be of a type.</summary>
    public async Task<RelayMessage> HearAsync(string type)
    {
        (WebSocketMessageType kind, byte[] bytes) = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, kind);
        RelayMessage message = RelayMessage.Read(bytes)!;
        Assert.True(message.Type == type, Encoding.UTF8.GetString(bytes));
        return message;
    }

    /// <summary>Asserts that the relay sends it away: with a code in its last words, and a status.</summary>
    public async Task SentAwayAsync(string code, WebSocketCloseStatus status = WebSocketCloseStatus.PolicyViolation)
    {
        RelayMessage error = await HearAsync(RelayMessage.Error);
        Assert.Equal(code, error.Code);
        Assert.NotEmpty(error.Message!);
        Assert.Equal(status, await ClosedAsync());
    }

    /// <summary>Asserts that its peer has gone, and that it is sent away.</summary>
    public async Task LeftAloneAsync()
    {
        await HearAsync(RelayMessage.PeerDisconnected);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await ClosedAsync());
    }

    /// <summary>So many bytes that were passed on.</summary>
    public async Task<byte[]> BytesAsync(int count)
    {
        var bytes = new MemoryStream();
        while (bytes.Length < count)
        {
            (WebSocketMessageType kind, byte[] piece) = await ReceiveAsync();
            Assert.Equal(WebSocketMessageType.Binary, kind);
            bytes.Write(piece);
        }
        return bytes.ToArray();
    }

    /// <summary>The status with which the relay closes; it is answered.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        WebSocketReceiveResult result = await Socket.ReceiveAsync(_buffer, Patience);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
        return result.CloseStatus;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
        }
        catch (WebSocketException)
        {
            // The relay was done with it.
        }
        Socket.Dispose();
    }

    private static Uri Address(RunningServer server) => new($"{server.Address.Replace("http:", "ws:", StringComparison.Ordinal)}/relay");

    private async Task<(WebSocketMessageType Kind, byte[] Bytes)> ReceiveAsync()
    {
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult part = await Socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), Patience);
            length += part.Count;
            Assert.True(part.MessageType != WebSocketMessageType.Close, $"closed: {part.CloseStatus} {part.CloseStatusDescription}");
            if (part.EndOfMessage)
                return (part.MessageType, _buffer[..length]);
        }
    }
}
