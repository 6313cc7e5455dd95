using System.Net.WebSockets;
using System.Text.Json;
using Parley.Core.Bridging;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Bridge;

/// <summary>A machine that lends MCP servers, which a test plays.</summary>
public sealed class LendingMachine : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[BridgeLimits.MessageBytes];

    private LendingMachine()
    {
    }

    public static async Task<LendingMachine> ConnectAsync(RunningServer server, string? key = null, params (string Name, string Value)[] headers)
    {
        var machine = new LendingMachine();
        await machine.OpenAsync(server, key, headers);
        return machine;
    }

    /// <summary>The status with which a connection is refused.</summary>
    public static async Task<int> RefusalAsync(RunningServer server, string? key = null, params (string Name, string Value)[] headers)
    {
        await using var machine = new LendingMachine();
        await Assert.ThrowsAsync<WebSocketException>(() => machine.OpenAsync(server, key, headers));
        return (int)machine._socket.HttpStatusCode;
    }

    /// <summary>Connects as the owner's machine, lends to a workspace, and opens an MCP server there with some tools once it is told to use it.</summary>
    public static async Task<LendingMachine> LendAsync(RunningServer server, string session, string name, params BridgedTool[] tools)
    {
        LendingMachine machine = await ConnectAsync(server);
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Lend, Sessions = [session] });
        BridgeMessage use = await machine.HearAsync(BridgeMessage.Use);
        Assert.Contains(name, use.Servers!);
        await machine.OpenAsync(server, session, name, tools);
        return machine;
    }

    /// <summary>Says which tools a server has, and waits until that is known.</summary>
    public async Task OpenAsync(RunningServer server, string session, string name, params BridgedTool[] tools)
    {
        await SayAsync(new BridgeMessage { Type = BridgeMessage.Opened, Session = session, Server = name, Tools = tools });
        await Eventually.TrueAsync(async () => (await StateAsync(server, session, name)) == "here");
    }

    public static async Task<string?> StateAsync(RunningServer server, string session, string name) =>
        (await server.Owner.JsonAsync($"/api/sessions/{session}/turns")).GetProperty("lent").EnumerateArray()
            .Where(lent => lent.Text("name") == name).Select(lent => lent.Text("state")).FirstOrDefault();

    public async Task SayAsync(BridgeMessage message) => await SayAsync(message.ToUtf8());

    public async Task SayAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Text) =>
        await _socket.SendAsync(message, type, endOfMessage: true, Patience());

    /// <summary>The next message, which must be of this type.</summary>
    public async Task<BridgeMessage> HearAsync(string type)
    {
        BridgeMessage message = await HearAnyAsync();
        Assert.Equal(type, message.Type);
        return message;
    }

    public async Task<BridgeMessage> HearAnyAsync()
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(_buffer.AsMemory(length), Patience());
            Assert.True(part.MessageType == WebSocketMessageType.Text, $"closed: {_socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage)
                return BridgeMessage.Read(_buffer.AsSpan(0, length))!;
        }
    }

    /// <summary>The call that comes next, answered.</summary>
    public async Task<BridgeMessage> AnswerAsync(string text, bool isError = false)
    {
        BridgeMessage call = await HearAsync(BridgeMessage.Call);
        await SayAsync(new BridgeMessage { Type = BridgeMessage.Answer, Id = call.Id, Text = text, IsError = isError });
        return call;
    }

    /// <summary>Why the server closes.</summary>
    public async Task<string?> ClosedAsync()
    {
        while ((await _socket.ReceiveAsync(_buffer.AsMemory(), Patience())).MessageType != WebSocketMessageType.Close)
        {
        }
        return _socket.CloseStatusDescription;
    }

    public static BridgedTool Reading(string name) => new(name, $"Gives {name}.", JsonElement.Parse("""{"type":"object"}"""), IsReadOnly: true);

    public static BridgedTool Writing(string name) => new(name, $"Does {name}.", JsonElement.Parse("""{"type":"object"}"""));

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task OpenAsync(RunningServer server, string? key, (string Name, string Value)[] headers)
    {
        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.SetRequestHeader("Authorization", $"Bearer {key ?? server.Key}");
        foreach ((string name, string value) in headers)
            _socket.Options.SetRequestHeader(name, value);
        await _socket.ConnectAsync(new Uri(server.Address.Replace("http:", "ws:", StringComparison.Ordinal) + "/api/bridge"), Patience());
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
}
