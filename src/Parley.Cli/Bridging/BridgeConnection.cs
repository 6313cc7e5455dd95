using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Bridging;
using Parley.Core.Redaction;

namespace Parley.Cli.Bridging;

/// <summary>
/// One connection to a server, which says which MCP servers are lent to which workspace and what is to be called. What it does not name is not open; when the
/// connection ends, so does everything that it had opened.
/// </summary>
internal sealed class BridgeConnection(WebSocket socket, Action<string> news) : IAsyncDisposable
{
    private const int FirstBytes = 16 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _received = new(FirstBytes);
    private readonly ConcurrentDictionary<(string Session, string Server), LentServer> _lent = new();
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _calls = new();
    private IReadOnlyDictionary<string, BridgeNote> _notes = new Dictionary<string, BridgeNote>();

    /// <summary>Says to which workspaces this machine lends, from now on.</summary>
    public async Task LendAsync(IReadOnlyList<BridgeNote> notes, CancellationToken cancel)
    {
        string[] before = [.. _notes.Keys];
        _notes = notes.Take(BridgeLimits.Workspaces).ToDictionary(note => note.ShareId);
        if (before.Length == 0 || !before.ToHashSet().SetEquals(_notes.Keys))
            await SendAsync(new BridgeMessage { Type = BridgeMessage.Lend, Sessions = [.. _notes.Keys] }, cancel);
    }

    /// <summary>Does what the server says until it closes; why it did.</summary>
    public async Task<string> RunAsync(CancellationToken cancel)
    {
        while (await ReceiveAsync(cancel) is { } message)
            await DoAsync(message, cancel);
        return socket.CloseStatusDescription is { Length: > 0 } why ? why : "The server has closed the connection.";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (CancellationTokenSource call in _calls.Values)
            await call.CancelAsync();
        await Task.WhenAll(_lent.Values.Select(lent => lent.DisposeAsync().AsTask()));
        socket.Dispose();
        _sending.Dispose();
    }

    private async Task DoAsync(BridgeMessage message, CancellationToken cancel)
    {
        switch (message)
        {
            case { Type: BridgeMessage.Use, Session: { } session, Servers: { } servers }:
                await UseAsync(session, [.. servers], cancel);
                break;
            case { Type: BridgeMessage.Gone, Session: { } session }:
                await UseAsync(session, [], cancel);
                if (_notes.TryGetValue(session, out BridgeNote? note))
                    note.Delete();
                break;
            case { Type: BridgeMessage.Call }:
                _ = Task.Run(() => AnswerAsync(message, cancel), cancel);
                break;
            case { Type: BridgeMessage.Cancel } when _calls.TryGetValue(message.Id, out CancellationTokenSource? call):
                await call.CancelAsync();
                break;
        }
    }

    private async Task UseAsync(string session, HashSet<string> servers, CancellationToken cancel)
    {
        foreach ((string Session, string Server) lent in _lent.Keys.Where(lent => lent.Session == session && !servers.Contains(lent.Server)))
        {
            if (!_lent.TryRemove(lent, out LentServer? ended))
                continue;
            await ended.DisposeAsync();
            news($"{lent.Server} is not lent to {session} any more.");
        }
        if (!_notes.TryGetValue(session, out BridgeNote? note))
            return;
        RedactionOptions redaction = Machine.Redaction();
        foreach (string server in servers.Where(server => !_lent.ContainsKey((session, server))))
        {
            var lent = new LentServer(server, note.Project, redaction, (tools, why) => ReportAsync(session, server, tools, why, cancel));
            _lent[(session, server)] = lent;
            lent.Start();
        }
    }

    private async Task ReportAsync(string session, string server, IReadOnlyList<BridgedTool>? tools, string why, CancellationToken cancel)
    {
        if (tools is not null)
        {
            news($"{DisplayText.OneLine(server)} is lent to {session}: {tools.Count} tools, of which {tools.Count(tool => tool.AsksFirst)} ask you first.");
            await SendAsync(new BridgeMessage { Type = BridgeMessage.Opened, Session = session, Server = server, Tools = tools }, cancel);
            return;
        }
        news($"{DisplayText.OneLine(server)} can't be lent to {session} now: {DisplayText.OneLine(why)}");
        // The reason may hold paths and what a program complained with.
        await SendAsync(new BridgeMessage { Type = BridgeMessage.Failed, Session = session, Server = server, Text = $"{server} can't be opened there; `parley bridge` on that machine says why." }, cancel);
    }

    private async Task AnswerAsync(BridgeMessage call, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _calls[call.Id] = end;
        try
        {
            (string text, bool isError) = call is { Session: { } session, Server: { } server, Tool: { } tool, Input: { ValueKind: System.Text.Json.JsonValueKind.Object } input }
                && _lent.TryGetValue((session, server), out LentServer? lent)
                ? await lent.CallAsync(tool, input, end.Token)
                : ("That is not lent here.", true);
            await SendAsync(new BridgeMessage { Type = BridgeMessage.Answer, Id = call.Id, Text = text, IsError = isError }, cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // Nobody waits for it any more.
        }
        finally
        {
            _calls.TryRemove(call.Id, out _);
        }
    }

    private async Task SendAsync(BridgeMessage message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message.ToUtf8(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    // What is no message is passed over: a newer server may say more.
    private async Task<BridgeMessage?> ReceiveAsync(CancellationToken cancel)
    {
        _received.ResetWrittenCount();
        while (_received.WrittenCount <= BridgeLimits.MessageBytes)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(_received.GetMemory(FirstBytes), cancel);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            _received.Advance(part.Count);
            if (part.EndOfMessage)
                return BridgeMessage.Read(_received.WrittenSpan) ?? new BridgeMessage { Type = "" };
        }
        return null;
    }
}
