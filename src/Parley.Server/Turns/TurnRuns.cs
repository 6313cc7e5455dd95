using System.Security.Cryptography;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Hosts;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Workspaces;

namespace Parley.Server.Turns;

/// <summary>
/// What runners do with turns: take one, append to its session, end it. Whatever a runner changes it changes in the transaction that asks for its
/// lease, so that one that was given up for lost can do nothing any more.
/// </summary>
public sealed class TurnRuns(Database database, TurnStore store, WorkspaceAgents agents, AgentOptions options, Driving driving, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    // The others wait for the next time: each of these may turn out to be taken.
    private const int Candidates = 20;

    /// <summary>The turn that has waited longest, under a new lease; null when none waits.</summary>
    public async ValueTask<TurnRecord?> TakeAsync(string runner, CancellationToken cancel)
    {
        foreach (TurnRecord next in await store.NextAsync(clock.GetUtcNow() - HostStore.Patience, Candidates, options.Budget, cancel))
        {
            if (await TakeAsync(next, runner, null, cancel) is { } taken)
                return taken;
        }
        return null;
    }

    /// <summary>The turn of its workspace that waits next, for a machine of the owner's; null when none waits.</summary>
    public async ValueTask<TurnRecord?> TakeAsync(HostRecord host, CancellationToken cancel) =>
        await store.NextOfAsync(host.SessionId, cancel) is { } next ? await TakeAsync(next, host.Runner, host, cancel) : null;

    /// <summary>Lets a runner go on; null when it has lost the turn.</summary>
    public async ValueTask<TurnRecord?> RenewAsync(string turnId, string lease, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        TurnChange change = await ChangeAsync(turnId, turn => turn.Turn.Renew(lease, now, now + options.Lease) is { } next ? turn with { Turn = next } : null, cancel);
        return change.Turn;
    }

    /// <summary>The turn, if this runner holds it.</summary>
    public async ValueTask<TurnRecord?> FindHeldAsync(string turnId, string lease, CancellationToken cancel) =>
        await store.FindAsync(turnId, cancel) is { } turn && turn.Turn.IsHeld(lease, clock.GetUtcNow()) ? turn : null;

    /// <summary>Says what a turn waits for; null for nothing any more.</summary>
    public async ValueTask<bool> SayStatusAsync(string turnId, string lease, string? status, CancellationToken cancel)
    {
        TurnChange change = await ChangeAsync(turnId, turn => turn.Turn.IsHeld(lease, clock.GetUtcNow()) ? turn with { Status = status } : null, cancel);
        if (change.Turn is { } turn)
            wakes.Announce(turn.SessionId, Wake.Room);
        return change.Turn is not null;
    }

    /// <summary>Appends a step of the turn's answer. The same step again has no effect.</summary>
    public async ValueTask<StepAnswer> AppendAsync(string turnId, string lease, RunnerStep step, CancellationToken cancel)
    {
        if (await store.FindAsync(turnId, cancel) is not { } turn)
            return StepAnswer.Lost;
        DriverAnswer answer = await driving.AddAsync(
            turn.SessionId, step.Entries, cancel, Appending.ByTurn(endsText: true, (connection, _) => KeepStepAsync(connection, turnId, lease, step, held => held)));
        return answer.Outcome == DriverOutcome.Done
            ? new StepAnswer(true, await agents.FindAsync(turn.SessionId, cancel))
            : await SentBeforeAsync(turnId, lease, step, cancel);
    }

    /// <summary>Ends a turn, with the last of its entries. The same again has no effect.</summary>
    public async ValueTask<StepAnswer> FinishAsync(string turnId, string lease, RunnerStep step, TurnOutcome outcome, string? reason, CancellationToken cancel)
    {
        if (await store.FindAsync(turnId, cancel) is not { } turn)
            return StepAnswer.Lost;
        DateTimeOffset now = clock.GetUtcNow();
        ValueTask<bool> KeepAsync(Connection connection) => KeepStepAsync(
            connection, turnId, lease, step,
            held => held.Turn.Finish(lease, outcome, now) is { } next ? held with { Turn = next, Status = null, Reason = reason } : null);
        Entry[] entries = [.. step.Entries, .. TurnEvents.Of(outcome, reason, turn.StoppedBy?.Name, now)];
        bool isDone = entries.Length == 0
            ? await database.WriteAsync(async connection => await TurnStore.LockAsync(connection, turn.SessionId, cancel) && await KeepAsync(connection), cancel)
            : (await driving.AddAsync(turn.SessionId, entries, cancel, Appending.ByTurn(endsText: true, (connection, _) => KeepAsync(connection)))).Outcome == DriverOutcome.Done;
        if (!isDone)
            return await SentBeforeAsync(turnId, lease, step, cancel);
        AnnounceFree(turn.SessionId);
        return new StepAnswer(true, await agents.FindAsync(turn.SessionId, cancel));
    }

    /// <summary>Lets go of a turn in good order, so that another runner goes on with it.</summary>
    public async ValueTask<bool> GiveBackAsync(string turnId, string lease, CancellationToken cancel)
    {
        TurnChange change = await ChangeAsync(
            turnId, turn => turn.Turn.GiveBack(lease, clock.GetUtcNow()) is { } next ? turn with { Turn = next, Status = null } : null, cancel);
        if (change.Turn is { } turn)
            AnnounceFree(turn.SessionId);
        return change.Turn is not null;
    }

    /// <summary>Takes a turn from a runner that was not heard of: another one goes on, or the turn is closed and says why.</summary>
    public async ValueTask LapseAsync(TurnRecord lapsed, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (lapsed.Turn.Lapse(now) is not { } end)
            return;
        async ValueTask<bool> KeepAsync(Connection connection)
        {
            if (await TurnStore.FindAsync(connection, lapsed.Id, cancel) is not { } turn || turn.Turn.Lapse(now) is not { } next || next.State != end.State)
                return false;
            await TurnStore.SaveAsync(connection, turn with { Turn = next, Status = null, Reason = next.State == TurnState.Failed ? TurnEvents.RunnerLost : null }, cancel);
            if (!next.IsOpen)
                await NoteClosedAsync(connection, turn, next.State, cancel);
            return true;
        }
        Entry[] entries = end.State switch
        {
            TurnState.Failed => TurnEvents.Of(TurnOutcome.Failed, TurnEvents.RunnerLost, null, now),
            TurnState.Interrupted => TurnEvents.Of(TurnOutcome.Interrupted, null, lapsed.StoppedBy?.Name, now),
            _ => [],
        };
        if (entries.Length > 0)
            await driving.AddAsync(lapsed.SessionId, entries, cancel, Appending.ByTurn(endsText: true, (connection, _) => KeepAsync(connection)));
        else
            await database.WriteAsync(async connection => await TurnStore.LockAsync(connection, lapsed.SessionId, cancel) && await KeepAsync(connection), cancel);
        AnnounceFree(lapsed.SessionId);
    }

    private async ValueTask<TurnRecord?> TakeAsync(TurnRecord next, string runner, HostRecord? host, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var lease = new Lease(RandomNumberGenerator.GetHexString(32, lowercase: true), now + options.Lease);
        TurnRecord? taken = null;
        async ValueTask<bool> KeepAsync(Connection connection, long? promptSeq)
        {
            if (host is not null && !await HostStore.WorksAsync(connection, host.Id, now, cancel))
                return false;
            taken = await MayTakeAsync(connection, next, now, cancel) is { } turn && turn.Turn.Take(lease) is { } running
                ? turn with { Turn = running, Runner = runner, TakenAt = now, PromptSeq = turn.PromptSeq ?? promptSeq, Text = "" }
                : null;
            if (taken is not null)
                await TurnStore.SaveAsync(connection, taken, cancel);
            return taken is not null;
        }
        if (next.PromptSeq is null)
            await driving.AddAsync(next.SessionId, [PromptEntry.Of(next, now)], cancel, Appending.ByTurn(endsText: true, (connection, after) => KeepAsync(connection, after + 1)));
        else
            await database.WriteAsync(async connection => await TurnStore.LockAsync(connection, next.SessionId, cancel) && await KeepAsync(connection, null), cancel);
        wakes.Announce(next.SessionId, Wake.Room);
        return taken;
    }

    // The turn as it is now, if it is still what was to be taken and its author may still prompt.
    private static async ValueTask<TurnRecord?> MayTakeAsync(Connection connection, TurnRecord next, DateTimeOffset now, CancellationToken cancel)
    {
        List<TurnRecord> open = await TurnStore.OpenAsync(connection, next.SessionId, cancel);
        if (open.Find(turn => turn.Id == next.Id) is not { } turn || turn.Edits != next.Edits || open.Exists(turn => turn.Turn.State == TurnState.Running))
            return null;
        SessionRecord? session = await SessionStore.FindAsync(connection, turn.SessionId, cancel);
        List<Grant> grants = await MemberStore.GrantsAsync(connection, turn.Author.Id, turn.SessionId, cancel);
        bool May(SessionAction action) => session is not null && Access.Allows(new Caller(turn.Author.Id), session.Terms, grants, action, now);
        bool maySuggest = May(SessionAction.Suggest);
        if (May(SessionAction.Prompt) || (turn.Turn.IsAccepted && maySuggest))
            return turn;
        if ((maySuggest ? turn.Turn.Demote() : turn.Turn.Withdraw()) is { } less)
            await TurnStore.SaveAsync(connection, turn with { Turn = less }, cancel);
        return null;
    }

    private async ValueTask<bool> KeepStepAsync(
        Connection connection, string turnId, string lease, RunnerStep step, Func<TurnRecord, TurnRecord?> change)
    {
        if (await TurnStore.FindAsync(connection, turnId, CancellationToken.None) is not { } turn || !turn.Turn.IsHeld(lease, clock.GetUtcNow()) || turn.Step >= step.Number)
            return false;
        if (change(turn with { Step = step.Number }) is not { } next)
            return false;
        await TurnStore.SaveAsync(connection, next, CancellationToken.None);
        bool isHost = HostRecord.IsHost(turn.Runner);
        await agents.SpendAsync(connection, turn.SessionId, isHost ? null : step.Model, step.Tokens, CancellationToken.None);
        foreach (string use in isHost ? HostUses.Of(step.Entries) : [])
            await audit.AddAsync(connection, new AuditEvent(turn.SessionId, clock.GetUtcNow(), AuditAction.ContextUsed, Actor.Of(turn.Author.Id), Detail: use), CancellationToken.None);
        if (!next.Turn.IsOpen)
            await NoteClosedAsync(connection, next, next.Turn.State, CancellationToken.None);
        return true;
    }

    // Nothing was appended: because it was before, or because the runner has lost the turn.
    private async ValueTask<StepAnswer> SentBeforeAsync(string turnId, string lease, RunnerStep step, CancellationToken cancel) =>
        await store.FindAsync(turnId, cancel) is { Turn.Lease: { } held } turn && held.Id == lease && turn.Step >= step.Number && turn.Turn.State != TurnState.Queued
            ? new StepAnswer(true, await agents.FindAsync(turn.SessionId, cancel))
            : StepAnswer.Lost;

    private async ValueTask<TurnChange> ChangeAsync(string turnId, Func<TurnRecord, TurnRecord?> step, CancellationToken cancel)
    {
        if (await store.FindAsync(turnId, cancel) is not { } before)
            return default;
        return await database.WriteAsync(
            async connection =>
            {
                if (!await TurnStore.LockAsync(connection, before.SessionId, cancel)
                    || await TurnStore.FindAsync(connection, turnId, cancel) is not { } turn || step(turn) is not { } next)
                    return default;
                await TurnStore.SaveAsync(connection, next, cancel);
                return new TurnChange(next);
            },
            cancel);
    }

    private ValueTask NoteClosedAsync(Connection connection, TurnRecord turn, TurnState state, CancellationToken cancel) => audit.AddAsync(
        connection,
        new AuditEvent(turn.SessionId, clock.GetUtcNow(), AuditAction.PromptClosed, Actor.Of(turn.Author.Id), Detail: $"{turn.Id} {TurnStates.Name(state)}"),
        cancel);

    private void AnnounceFree(string sessionId)
    {
        wakes.Announce(sessionId, Wake.Room);
        wakes.Announce(RunnerWatch.Door, Wake.Room);
    }

    private readonly record struct TurnChange(TurnRecord? Turn);
}

/// <summary>What a runner appends at once.</summary>
/// <param name="Number">How many times it is for this turn, from 1.</param>
/// <param name="Entries">Answers and results of tools.</param>
/// <param name="Model">Which model was called for it.</param>
/// <param name="Tokens">What that took.</param>
public sealed record RunnerStep(long Number, IReadOnlyList<Entry> Entries, string Model, TokenCounts Tokens);

/// <param name="IsHeld">Whether the runner holds the turn, or has ended it; otherwise it has lost it and stops.</param>
/// <param name="Agent">What the workspace's agent has cost now.</param>
public sealed record StepAnswer(bool IsHeld, WorkspaceAgent? Agent)
{
    public static StepAnswer Lost { get; } = new(false, null);
}
