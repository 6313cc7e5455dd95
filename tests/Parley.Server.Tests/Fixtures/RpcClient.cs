using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace Parley.Server.Tests.Fixtures;

/// <summary>A program at the other end of a JSON-RPC socket.</summary>
public sealed class RpcClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _id;

    private RpcClient()
    {
    }

    /// <summary>Notifications that came while an answer was awaited and that nobody has asked for yet.</summary>
    public Queue<JsonElement> Notifications { get; } = [];

    /// <param name="server">The server.</param>
    /// <param name="credential">A key or a token; null for nothing.</param>
    /// <param name="headers">Further headers of the upgrade.</param>
    public static async Task<RpcClient> ConnectAsync(RunningServer server, string? credential, params (string Name, string? Value)[] headers)
    {
        var client = new RpcClient();
        client._socket.Options.CollectHttpResponseDetails = true;
        if (credential is not null)
            client._socket.Options.SetRequestHeader("Authorization", $"Bearer {credential}");
        foreach ((string name, string? value) in headers.Where(h => h.Value is not null))
            client._socket.Options.SetRequestHeader(name, value);
        await client._socket.ConnectAsync(Address(server), Patience().Token);
        return client;
    }

    /// <summary>The status with which an upgrade is refused.</summary>
    public static async Task<HttpStatusCode> RefusalAsync(RunningServer server, params (string Name, string? Value)[] headers)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        foreach ((string name, string? value) in headers.Where(h => h.Value is not null))
            socket.Options.SetRequestHeader(name, value);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(server), Patience().Token));
        return socket.HttpStatusCode;
    }

    /// <summary>Calls a method; the whole answer.</summary>
    public async Task<JsonElement> CallAsync(string method, object? parameters)
    {
        var call = new Dictionary<string, object?> { ["jsonrpc"] = "2.0", ["method"] = method, ["id"] = ++_id };
        if (parameters is not null)
            call["params"] = parameters;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, Patience().Token);
        while (true)
        {
            JsonElement message = await ReceiveAsync();
            if (message.TryGetProperty("id", out JsonElement id) && id.GetInt32() == _id)
                return message;
            Notifications.Enqueue(message);
        }
    }

    /// <summary>The data of the next event of a name; others before it are left out.</summary>
    public async Task<JsonElement> EventAsync(string sessionId, string name)
    {
        while (true)
        {
            JsonElement message = Notifications.TryDequeue(out JsonElement earlier) ? earlier : await ReceiveAsync();
            Assert.Equal("session.event", message.Text("method"));
            JsonElement told = message.GetProperty("params");
            Assert.Equal(sessionId, told.Text("session_id"));
            if (told.Text("event") == name)
                return told.GetProperty("data");
        }
    }

    /// <summary>Sends bytes as they are; why the server then closes.</summary>
    public async Task<WebSocketCloseStatus?> SendBytesAsync(byte[] bytes, WebSocketMessageType type)
    {
        await _socket.SendAsync(bytes, type, endOfMessage: true, Patience().Token);
        WebSocketReceiveResult answer = await _socket.ReceiveAsync(_buffer, Patience().Token);
        return answer.CloseStatus;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        _socket.Dispose();
    }

    /// <summary>Waits until the other end closes, and answers that; why it did.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        WebSocketReceiveResult part;
        do
            part = await _socket.ReceiveAsync(_buffer, Patience().Token);
        while (part.MessageType != WebSocketMessageType.Close);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        return part.CloseStatus;
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult part = await _socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), Patience().Token);
            length += part.Count;
            Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
            if (part.EndOfMessage)
                return JsonDocument.Parse(_buffer.AsMemory(0, length).ToArray()).RootElement;
        }
    }

    private static Uri Address(RunningServer server) => new($"{server.Address.Replace("http:", "ws:", StringComparison.Ordinal)}/rpc");

    private static CancellationTokenSource Patience() => new(TimeSpan.FromSeconds(30));
}
