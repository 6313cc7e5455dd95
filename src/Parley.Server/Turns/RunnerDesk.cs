using System.Collections.Concurrent;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosts;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>Where runners wait: for a turn to take, and for somebody who interrupts the one that they have.</summary>
public sealed class RunnerDesk(TurnRuns runs, RunnerWatch runners, WorkspaceAgents agents, SessionStore sessions, Workspaces.MemberStore members, TurnTools tools, AgentOptions options, DataKey key, Wakes wakes, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const int MarkLength = 8;

    // The runners that wait for a turn here; false for those that have said goodbye meanwhile.
    private readonly ConcurrentDictionary<string, bool> _waiting = new();

    /// <summary>A turn; null when none comes within the time.</summary>
    public async Task<RunnerTurn?> TakeAsync(string runner, int free, TimeSpan wait, CancellationToken cancel)
    {
        await runners.SeeAsync(runner, free, cancel);
        _waiting[runner] = true;
        TurnRecord? taken = await WaitAsync(
            RunnerWatch.Door, wait,
            async () => _waiting.GetValueOrDefault(runner) && !cancel.IsCancellationRequested ? await runs.TakeAsync(runner, CancellationToken.None) : null,
            turn => turn is not null, cancel);
        _waiting.TryRemove(runner, out _);
        if (taken is null)
            return null;
        RunnerTurn? turn = await HandOverAsync(taken, cancel);
        await runners.SeeAsync(runner, free - 1, CancellationToken.None);
        return turn;
    }

    /// <summary>A turn of the workspace that a machine answers in; null when none comes within the time.</summary>
    public async Task<RunnerTurn?> TakeAsync(HostRecord host, TimeSpan wait, CancellationToken cancel)
    {
        TurnRecord? taken = await WaitAsync(
            RunnerWatch.Door, wait, async () => cancel.IsCancellationRequested ? null : await runs.TakeAsync(host, CancellationToken.None), turn => turn is not null, cancel);
        return taken is null ? null : await HandOverAsync(taken, cancel);
    }

    /// <summary>Lets a runner go that says goodbye: what it still waits for it is not given.</summary>
    public async Task LeaveAsync(string runner)
    {
        _waiting.TryUpdate(runner, false, true);
        await runners.LeaveAsync(runner, CancellationToken.None);
    }

    /// <summary>Renews a lease and waits until somebody interrupts the turn; null when the runner has lost it.</summary>
    public async Task<TurnRecord?> RenewAsync(string turnId, string lease, TimeSpan wait, CancellationToken cancel)
    {
        if (await runs.RenewAsync(turnId, lease, cancel) is not { } turn)
            return null;
        return await WaitAsync(turn.SessionId, wait, () => runs.FindHeldAsync(turnId, lease, cancel), held => held is null or { Turn.IsStopping: true }, cancel);
    }

    private async Task<RunnerTurn?> HandOverAsync(TurnRecord taken, CancellationToken cancel)
    {
        // The runner has gone in this very moment: whoever comes next is spared the wait for its lease to lapse.
        if (cancel.IsCancellationRequested)
            await runs.GiveBackAsync(taken.Id, taken.Turn.Lease!.Id, CancellationToken.None);
        // The session has gone: its turns have too.
        return await sessions.FindAsync(taken.SessionId, CancellationToken.None) is { } session ? await DescribeAsync(taken, session) : null;
    }

    private async Task<TurnRecord?> WaitAsync(
        string door, TimeSpan wait, Func<ValueTask<TurnRecord?>> look, Func<TurnRecord?, bool> isIt, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        return await wakes.WaitForAsync(door, Wake.Room, wait, clock, look, isIt, end.Token);
    }

    private async ValueTask<RunnerTurn> DescribeAsync(TurnRecord turn, SessionRecord session)
    {
        WorkspaceAgent agent = await agents.FindAsync(session.Id, CancellationToken.None);
        return new RunnerTurn(
            turn.Id, turn.Turn.Lease!.Id, (int)options.Lease.TotalSeconds, session.Id, session.Title, session.Project, turn.PromptSeq!.Value, turn.Step, turn.Turn.Attempts,
            agent.Model, turn.Author.Name, await PeopleAsync(session), await tools.OfAsync(session.Id, CancellationToken.None), key.Digest($"mark {session.Id}")[..MarkLength]);
    }

    private async ValueTask<List<RunnerPerson>> PeopleAsync(SessionRecord session) =>
        (await members.NamesAsync(session.Id, CancellationToken.None)).ConvertAll(person => new RunnerPerson(person.Name, MemberRoles.Name(person.Role)));
}
