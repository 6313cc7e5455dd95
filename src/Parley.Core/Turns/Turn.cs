namespace Parley.Core.Turns;

/// <summary>
/// One prompt on its way to its answer: a state machine that does nothing itself. A step that can't be made from where the turn stands is null.
/// suggested → declined | queued; queued → withdrawn | running; running → answered | failed | interrupted, or queued again when its runner is lost.
/// </summary>
public sealed record Turn
{
    /// <summary>How often a turn is taken before its runner's loss closes it: what brought down this many runners would bring down the next.</summary>
    public const int MaxAttempts = 3;

    public required TurnState State { get; init; }

    /// <summary>How many runners have held it and were not heard of again, the present one included.</summary>
    public int Attempts { get; init; }

    /// <summary>What its runner holds, or held last; null when none has.</summary>
    public Lease? Lease { get; init; }

    /// <summary>Whether somebody has asked for its end.</summary>
    public bool IsStopping { get; init; }

    /// <summary>Whether somebody who may prompt has accepted it for somebody who may not.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>Whether a runner may still answer it, or an author still change it.</summary>
    public bool IsOpen => IsWaiting || State == TurnState.Running;

    public bool IsWaiting => State is TurnState.Suggested or TurnState.Queued;

    public static Turn Begin(bool mayPrompt) => new() { State = mayPrompt ? TurnState.Queued : TurnState.Suggested };

    public Turn? Accept() => State == TurnState.Suggested ? this with { State = TurnState.Queued, IsAccepted = true } : null;

    public Turn? Decline() => State == TurnState.Suggested ? this with { State = TurnState.Declined } : null;

    public Turn? Withdraw() => IsWaiting ? this with { State = TurnState.Withdrawn } : null;

    /// <summary>Its workspace is closed, or its author is in it no more.</summary>
    public Turn? Close() => IsOpen ? this with { State = State == TurnState.Running ? TurnState.Interrupted : TurnState.Withdrawn } : null;

    /// <summary>Its author gives it other words. What was accepted were the words before, so that those of a suggester have to be accepted again.</summary>
    public Turn? Edit(bool mayPrompt) => IsWaiting
        ? this with { State = mayPrompt ? TurnState.Queued : TurnState.Suggested, IsAccepted = false }
        : null;

    /// <summary>Its author may no longer what they might: it waits to be accepted, unless it was.</summary>
    public Turn? Demote() => State == TurnState.Queued && !IsAccepted ? this with { State = TurnState.Suggested } : null;

    /// <summary>A runner takes it.</summary>
    public Turn? Take(Lease lease) => State == TurnState.Queued
        ? this with { State = TurnState.Running, Lease = lease, Attempts = Attempts + 1 }
        : null;

    /// <summary>Whether a runner holds it now: whoever does not may do nothing about it.</summary>
    public bool IsHeld(string lease, DateTimeOffset now) => State == TurnState.Running && Lease is { } mine && mine.Id == lease && now < mine.EndsAt;

    public Turn? Renew(string lease, DateTimeOffset now, DateTimeOffset endsAt) =>
        IsHeld(lease, now) ? this with { Lease = new Lease(lease, endsAt) } : null;

    /// <summary>Somebody asks for its end. Its runner is told; a turn that has lost its runner is closed when that is found out.</summary>
    public Turn? Stop() => State == TurnState.Running && !IsStopping ? this with { IsStopping = true } : null;

    public Turn? Finish(string lease, TurnOutcome outcome, DateTimeOffset now) => IsHeld(lease, now)
        ? this with
        {
            State = outcome switch { TurnOutcome.Answered => TurnState.Answered, TurnOutcome.Interrupted => TurnState.Interrupted, _ => TurnState.Failed },
        }
        : null;

    /// <summary>Its runner lets go of it in good order, which is not counted: another one goes on.</summary>
    public Turn? GiveBack(string lease, DateTimeOffset now) => IsHeld(lease, now) ? (this with { Attempts = Attempts - 1 }).Released() : null;

    /// <summary>Nobody has renewed its lease.</summary>
    public Turn? Lapse(DateTimeOffset now) => State == TurnState.Running && Lease is { } lease && lease.EndsAt <= now ? Released() : null;

    private Turn Released() => this with
    {
        State = IsStopping ? TurnState.Interrupted : Attempts >= MaxAttempts ? TurnState.Failed : TurnState.Queued,
    };
}

/// <summary>What lets one runner, and no other, go on with a turn.</summary>
/// <param name="Id">Known to the runner that it was given to.</param>
/// <param name="EndsAt">From when on it lets nobody do anything, unless it is renewed before.</param>
public sealed record Lease(string Id, DateTimeOffset EndsAt)
{
    /// <summary>For how long a runner is believed without a sign of life.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(30);
}

/// <summary>How a runner ends a turn.</summary>
public enum TurnOutcome
{
    Answered,
    Failed,
    Interrupted,
}
