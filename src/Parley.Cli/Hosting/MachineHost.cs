using Parley.Cli.Servers;
using Parley.Core.Headless;
using Parley.Core.Redaction;

namespace Parley.Cli.Hosting;

/// <summary>
/// This machine as the agent of one workspace: it takes its turns, one at a time, and answers each with a client of its own that has resumed the
/// conversation. It listens to nobody: all it does, it asks the server for.
/// </summary>
internal sealed class MachineHost(ServerApi server, HostWire wire, HostFolder folder, ClientLaunch launch, bool isSandboxed, Redactor redactor, Action<HostEvent> tell, TimeProvider clock)
{
    // A client that ends in the middle of the same turn this often will end in the middle of it again.
    private const int MaxClientEnds = 2;

    // A turn that somebody interrupts already is renewed at once, again and again.
    private static readonly TimeSpan RenewPause = TimeSpan.FromSeconds(1);

    // In which a server hears that this machine stops.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, int> _clientEnds = [];
    private SharedFiles? _files;

    /// <summary>Answers until it is stopped; the turn that it has then is given back.</summary>
    /// <exception cref="Failure">This machine may not answer any more.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                bool wasCut = wire.IsCut;
                TakenTurn? turn = await wire.TakeAsync(stopping);
                if (wire.IsCut && !wasCut)
                    tell(new HostEvent("problem") { Text = "the server does not answer. This machine goes on asking it." });
                else if (wasCut && !wire.IsCut)
                    tell(new HostEvent("back"));
                if (turn is not null)
                    await AnswerAsync(turn, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await LeaveAsync();
        }
    }

    private async Task AnswerAsync(TakenTurn turn, CancellationToken stopping)
    {
        tell(new HostEvent("turn") { TurnId = turn.TurnId, Text = turn.Prompter });
        HostTurnEnd end;
        try
        {
            end = await RunAsync(turn, stopping);
            if (end == HostTurnEnd.Stopped)
                end = await HandBackAsync(turn);
            else if (end == HostTurnEnd.ClientEnded)
                await LetGoAsync(turn);
        }
        catch (LeaseLostException)
        {
            end = HostTurnEnd.Lost;
        }
        catch (Failure e)
        {
            tell(new HostEvent("problem") { TurnId = turn.TurnId, Text = e.Message });
            end = await GiveUpAsync(turn, "the owner's machine could not answer: its terminal says why.");
        }
        tell(new HostEvent(EventOf(end)) { TurnId = turn.TurnId });
    }

    private async Task<HostTurnEnd> RunAsync(TakenTurn turn, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        (HostContext context, HostedConversation conversation) = await PrepareAsync(turn, stopping);
        Sandbox? sandbox = isSandboxed ? launch.SandboxOf(folder, turn.Project) : null;
        await using HostedClient client = HostedClient.Start(launch.Start(folder, sandbox, turn, conversation.Transcript));
        Task following = FollowContextAsync(turn, context, ended.Token);
        using var run = new HostTurn(wire, turn, client, launch.Rules, redactor, clock);
        try
        {
            HostTurnEnd end = await run.RunAsync(conversation.Prompt, stopping);
            // What it does is nobody's any more.
            if (end is HostTurnEnd.Lost or HostTurnEnd.Stopped)
                client.Kill();
            if (end == HostTurnEnd.ClientEnded)
                tell(new HostEvent("problem") { TurnId = turn.TurnId, Text = $"the client ended: {client.LastWords}" });
            return end;
        }
        finally
        {
            await ended.CancelAsync();
            await following;
        }
    }

    private async Task<(HostContext Context, HostedConversation Conversation)> PrepareAsync(TakenTurn turn, CancellationToken stopping)
    {
        using var prepared = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task renewing = RenewAsync(turn, prepared.Token);
        try
        {
            _files ??= new SharedFiles(folder.Files, turn.SessionId, server);
            HostContext context = await wire.ContextAsync(turn, "", stopping);
            await _files.SyncAsync(context, stopping);
            return (context, await HostedConversation.FetchAsync(server, turn, folder.NewSession(), stopping));
        }
        finally
        {
            await prepared.CancelAsync();
            await renewing;
        }
    }

    // Much may have to be fetched before the client runs.
    private async Task RenewAsync(TakenTurn turn, CancellationToken prepared)
    {
        try
        {
            while (true)
            {
                await wire.RenewAsync(turn, prepared);
                await Task.Delay(RenewPause, clock, prepared);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException or Failure)
        {
            // It is prepared, or whatever comes next finds out that it is in vain.
        }
    }

    // What is shared no more is gone from under the client's hands at once.
    private async Task FollowContextAsync(TakenTurn turn, HostContext context, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                HostContext next = await wire.ContextAsync(turn, context.Version, ended);
                if (next.Version != context.Version)
                    await _files!.SyncAsync(next, ended);
                context = next;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException or Failure)
        {
            // The turn is over, or the server tells what is wrong by its other answers.
        }
    }

    // Another attempt goes on with what is in the workspace already; the second one that fails is the last.
    private async Task LetGoAsync(TakenTurn turn)
    {
        int ends = _clientEnds[turn.TurnId] = _clientEnds.GetValueOrDefault(turn.TurnId) + 1;
        if (ends < MaxClientEnds)
            await wire.GiveBackAsync(turn, CancellationToken.None);
        else
            await GiveUpAsync(turn, "the client on the owner's machine ended in the middle of the answer.");
    }

    // Whoever ends the host is not to wait for a server that doesn't answer: the lease runs out by itself.
    private async Task<HostTurnEnd> HandBackAsync(TakenTurn turn)
    {
        using var patience = new CancellationTokenSource(LeavePatience);
        try
        {
            await wire.GiveBackAsync(turn, patience.Token);
            return HostTurnEnd.Stopped;
        }
        catch (OperationCanceledException)
        {
            return HostTurnEnd.Lost;
        }
    }

    private async Task<HostTurnEnd> GiveUpAsync(TakenTurn turn, string reason)
    {
        try
        {
            await wire.FinishAsync(turn, long.MaxValue, [], "failed", reason, CancellationToken.None);
            return HostTurnEnd.Failed;
        }
        catch (Exception e) when (e is LeaseLostException or Failure)
        {
            return HostTurnEnd.Lost;
        }
    }

    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(LeavePatience);
        try
        {
            await wire.LeaveAsync(patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            tell(new HostEvent("problem") { Text = "the server could not be told that this machine is gone; it finds out within a minute." });
        }
    }

    private static string EventOf(HostTurnEnd end) => end switch
    {
        HostTurnEnd.Answered => "answered",
        HostTurnEnd.Interrupted => "interrupted",
        HostTurnEnd.Failed => "failed",
        HostTurnEnd.Lost => "lost",
        _ => "given-back",
    };
}
