using System.Collections.Concurrent;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Accounts;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>Where runners wait: for a turn to take, and for somebody who interrupts the one that they have.</summary>
public sealed class RunnerDesk(TurnRuns runs, RunnerWatch runners, WorkspaceAgents agents, SessionStore sessions, Workspaces.MemberStore members, TurnTools tools, DataKey key, Wakes wakes, TimeProvider clock, IHostApplicationLifetime lifetime)
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
        // The runner has gone in this very moment: whoever comes next is spared the wait for its lease to lapse.
        if (cancel.IsCancellationRequested)
            await runs.GiveBackAsync(taken.Id, taken.Turn.Lease!.Id, CancellationToken.None);
        await runners.SeeAsync(runner, free - 1, CancellationToken.None);
        // The session has gone: its turns have too.
        return await sessions.FindAsync(taken.SessionId, CancellationToken.None) is { } session ? await DescribeAsync(taken, session) : null;
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

    // Watches first and then looks, so that nothing falls between.
    private async Task<TurnRecord?> WaitAsync(
        string door, TimeSpan wait, Func<ValueTask<TurnRecord?>> look, Func<TurnRecord?, bool> isIt, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(wait, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token, lifetime.ApplicationStopping);
        using var woken = new SemaphoreSlim(0, 1);
        using IDisposable watching = wakes.Watch(door, what => Wakeup(woken, what));
        while (true)
        {
            if (await look() is var turn && (isIt(turn) || wait == TimeSpan.Zero || !await IsWokenAsync(woken, end.Token)))
                return turn;
        }
    }

    private static void Wakeup(SemaphoreSlim woken, Wake what)
    {
        if (!what.HasFlag(Wake.Room) || woken.CurrentCount > 0)
            return;
        try
        {
            woken.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else has woken it at the same time, or it has just gone.
        }
    }

    private static async Task<bool> IsWokenAsync(SemaphoreSlim woken, CancellationToken end)
    {
        try
        {
            await woken.WaitAsync(end);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask<RunnerTurn> DescribeAsync(TurnRecord turn, SessionRecord session)
    {
        WorkspaceAgent agent = await agents.FindAsync(session.Id, CancellationToken.None);
        return new RunnerTurn(
            turn.Id, turn.Turn.Lease!.Id, (int)Lease.Length.TotalSeconds, session.Id, session.Title, session.Project, turn.PromptSeq!.Value, turn.Step, turn.Turn.Attempts,
            agent.Model, turn.Author.Name, await PeopleAsync(session), await tools.OfAsync(session.Id, CancellationToken.None), key.Digest($"mark {session.Id}")[..MarkLength]);
    }

    private async ValueTask<List<RunnerPerson>> PeopleAsync(SessionRecord session) =>
        (await members.NamesAsync(session.Id, CancellationToken.None)).ConvertAll(person => new RunnerPerson(person.Name, MemberRoles.Name(person.Role)));
}
