using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Parley.Core.Bridging;
using Parley.Core.Sessions;
using Parley.Server.Context;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Bridge;

/// <summary>
/// A machine that is connected: it is told which of its MCP servers may be used in its workspaces, whenever that changes, and carries out calls. Whether
/// a call may be made is not asked here: see <see cref="BridgeTools"/>.
/// </summary>
public sealed class Machine(string id, long accountId, MessageSocket socket, MachineServices services) : IDisposable
{
    /// <summary>How often it is asked whether the machine is still there and its key still good.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <summary>How much longer than the machine itself the server waits for an answer.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Workspace> _workspaces = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ToolAnswer>> _calls = new();
    private readonly Channel<string> _changed = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private long _lastCall;
    private volatile bool _isGone;

    public string Id => id;

    /// <summary>Listens until the machine goes, its key is taken back, or <paramref name="cancel"/> fires.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using CancellationTokenRegistration stop = cancel.UnsafeRegister(state => ((CancellationTokenSource)state!).Cancel(), _end);
        await services.Store.SeeAsync(id, accountId, _end.Token);
        Task[] all = [ListenAsync(), TellAsync(), BeatAsync(), services.Exchange.ServeAsync(this, _end.Token)];
        await Task.WhenAny(all);
        _isGone = true;
        await _end.CancelAsync();
        foreach (TaskCompletionSource<ToolAnswer> call in _calls.Values)
            call.TrySetResult(Gone);
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string[] left = [.. _workspaces.Keys];
        Keep([]);
        await services.Store.LeaveAsync(id, CancellationToken.None);
        foreach (string session in left)
            services.Wakes.Announce(session, Wake.Room);
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Has the machine carry out a call.</summary>
    /// <param name="sessionId">For which workspace.</param>
    /// <param name="server">The MCP server.</param>
    /// <param name="tool">The tool, as its server calls it.</param>
    /// <param name="input">Its input.</param>
    /// <param name="cancel">Nobody waits for it any more, and the machine is told so.</param>
    public async Task<ToolAnswer> CallAsync(string sessionId, string server, string tool, JsonElement input, CancellationToken cancel)
    {
        if (_calls.Count >= BridgeLimits.CallsAtOnce)
            return ToolAnswer.Error($"{BridgeLimits.CallsAtOnce} calls are under way already: wait for one of them.");
        if (_isGone || !await services.IsAllowed(cancel))
            return Gone;
        long call = Interlocked.Increment(ref _lastCall);
        var answer = new TaskCompletionSource<ToolAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[call] = answer;
        // It may have gone between the two, and then nobody else answers.
        if (_isGone)
            answer.TrySetResult(Gone);
        try
        {
            Task<ToolAnswer> waiting = answer.Task.WaitAsync(BridgeLimits.CallTime + Grace, services.Clock, cancel);
            await SayAsync(new BridgeMessage { Type = BridgeMessage.Call, Id = call, Session = sessionId, Server = server, Tool = tool, Input = input });
            return await waiting;
        }
        catch (TimeoutException)
        {
            return Late(server);
        }
        catch (Exception e) when (MessageSocket.IsGone(e) && !cancel.IsCancellationRequested)
        {
            return Gone;
        }
        finally
        {
            if (_calls.TryRemove(call, out _) && !answer.Task.IsCompleted)
                await CancelAsync(call);
        }
    }

    /// <summary>The answer of a machine that is not there any more.</summary>
    public static ToolAnswer Gone => ToolAnswer.Error("The machine went away while it was asked. Whether the call was carried out is not known.");

    /// <summary>The answer of an MCP server that gives none.</summary>
    public static ToolAnswer Late(string server) => ToolAnswer.Error($"{server} did not answer within {BridgeLimits.CallTime.TotalSeconds:0} seconds.");

    private async Task ListenAsync()
    {
        while (await socket.ReceiveAsync(BridgeLimits.MessageBytes, _end.Token) is { } bytes)
        {
            if (BridgeMessage.Read(bytes.Span) is not { } message)
            {
                await socket.CloseAsync(WebSocketCloseStatus.InvalidPayloadData, "That is no message of the bridge.", _end.Token);
                return;
            }
            await HearAsync(message);
        }
    }

    private ValueTask SayAsync(BridgeMessage message) => socket.SendAsync(message.ToUtf8(), _end.Token);

    private async ValueTask HearAsync(BridgeMessage message)
    {
        switch (message)
        {
            case { Type: BridgeMessage.Lend, Sessions: { } sessions }:
                Keep([.. sessions.Take(BridgeLimits.Workspaces)]);
                break;
            case { Type: BridgeMessage.Opened, Session: { } session, Server: { } server, Tools: { } tools } when _workspaces.ContainsKey(session):
                Announce(session, await services.Store.OpenedAsync(id, session, server, tools, _end.Token));
                break;
            case { Type: BridgeMessage.Failed, Session: { } session, Server: { } server, Text: { } why } when _workspaces.ContainsKey(session):
                Announce(session, await services.Store.FailedAsync(id, session, server, Field.Clean(why), _end.Token));
                break;
            case { Type: BridgeMessage.Answer, Text: { } text } when _calls.TryGetValue(message.Id, out TaskCompletionSource<ToolAnswer>? call):
                call.TrySetResult(new ToolAnswer(text.Length > BridgeLimits.AnswerCharacters ? text[..BridgeLimits.AnswerCharacters] : text, message.IsError));
                break;
        }
    }

    private void Announce(string session, bool isChanged)
    {
        if (isChanged)
            services.Wakes.Announce(session, Wake.Room);
    }

    /// <summary>Lends to these workspaces and no others.</summary>
    private void Keep(HashSet<string> sessions)
    {
        foreach (string session in _workspaces.Keys.Where(session => !sessions.Contains(session)))
            Drop(session);
        foreach (string session in sessions.Where(session => !_workspaces.ContainsKey(session)))
        {
            _workspaces[session] = new Workspace(services.Wakes.Watch(session, what => Look(session, what)));
            _changed.Writer.TryWrite(session);
        }
    }

    private void Look(string session, Wake what)
    {
        if (what.HasFlag(Wake.Access))
            _changed.Writer.TryWrite(session);
    }

    private void Drop(string session)
    {
        if (_workspaces.TryRemove(session, out Workspace? dropped))
            dropped.Watching.Dispose();
    }

    private async Task TellAsync()
    {
        await foreach (string session in _changed.Reader.ReadAllAsync(_end.Token))
        {
            if (_workspaces.TryGetValue(session, out Workspace? workspace))
                await TellAsync(session, workspace);
        }
    }

    private async ValueTask TellAsync(string session, Workspace workspace)
    {
        SessionRecord? record = await services.Access.FindAsync(session, new Caller(accountId), SessionAction.Share, _end.Token);
        if (record is null or { Workspace: WorkspaceState.Closed })
        {
            Drop(session);
            await SayAsync(new BridgeMessage { Type = BridgeMessage.Gone, Session = session });
            return;
        }
        List<string> names = record.Workspace == WorkspaceState.Open ? await services.Store.NamesAsync(session, _end.Token) : [];
        if (workspace.Told is { } told && told.SequenceEqual(names))
            return;
        workspace.Told = names;
        await SayAsync(new BridgeMessage { Type = BridgeMessage.Use, Session = session, Servers = names });
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Beat, services.Clock);
        while (await timer.WaitForNextTickAsync(_end.Token))
        {
            if (!await services.IsAllowed(_end.Token))
            {
                await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The key is not valid any more.", _end.Token);
                return;
            }
            await services.Store.SeeAsync(id, accountId, _end.Token);
        }
    }

    private async ValueTask CancelAsync(long call)
    {
        try
        {
            await SayAsync(new BridgeMessage { Type = BridgeMessage.Cancel, Id = call });
        }
        catch (Exception e) when (MessageSocket.IsGone(e))
        {
            // It will hear nothing more of anything.
        }
    }

    private sealed class Workspace(IDisposable watching)
    {
        public IDisposable Watching => watching;

        /// <summary>What the machine was told last; null for nothing yet.</summary>
        public List<string>? Told { get; set; }
    }
}

/// <param name="IsAllowed">Whether the key that the machine came with is still good.</param>
/// <param name="Store">Where it is written down.</param>
/// <param name="Access">Says whether a workspace is still the account's.</param>
/// <param name="Wakes">Says when to look again.</param>
/// <param name="Exchange">Brings what other servers want of the machine.</param>
/// <param name="Clock">The time.</param>
public sealed record MachineServices(
    Func<CancellationToken, ValueTask<bool>> IsAllowed, BridgeStore Store, SessionAccess Access, Wakes Wakes, CallExchange Exchange, TimeProvider Clock);
