using FsCheck;
using FsCheck.Fluent;
using Parley.Core.Turns;
using Xunit;

namespace Parley.Core.Tests.Turns;

/// <summary>Any steps in any order: what a turn may become, and what nobody can make of it.</summary>
public sealed class TurnTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly TurnState[] Ends = [TurnState.Declined, TurnState.Withdrawn, TurnState.Answered, TurnState.Failed, TurnState.Interrupted];

    /// <summary>What may be done, by two runners among others, at the time that goes on by ten seconds with each step.</summary>
    private static readonly Dictionary<string, Func<Turn, DateTimeOffset, Turn?>> Steps = new()
    {
        ["accept"] = (turn, _) => turn.Accept(),
        ["decline"] = (turn, _) => turn.Decline(),
        ["withdraw"] = (turn, _) => turn.Withdraw(),
        ["edit"] = (turn, _) => turn.Edit(mayPrompt: true),
        ["edit by a suggester"] = (turn, _) => turn.Edit(mayPrompt: false),
        ["demote"] = (turn, _) => turn.Demote(),
        ["take"] = (turn, now) => turn.Take(new Lease("a", now + Lease.Length)),
        ["take by another"] = (turn, now) => turn.Take(new Lease("b", now + Lease.Length)),
        ["renew"] = (turn, now) => turn.Renew("a", now, now + Lease.Length),
        ["renew by another"] = (turn, now) => turn.Renew("b", now, now + Lease.Length),
        ["stop"] = (turn, _) => turn.Stop(),
        ["answer"] = (turn, now) => turn.Finish("a", TurnOutcome.Answered, now),
        ["answer by another"] = (turn, now) => turn.Finish("b", TurnOutcome.Answered, now),
        ["fail"] = (turn, now) => turn.Finish("a", TurnOutcome.Failed, now),
        ["give back"] = (turn, now) => turn.GiveBack("a", now),
        ["lapse"] = (turn, now) => turn.Lapse(now),
        ["close"] = (turn, _) => turn.Close(),
    };

    private static Arbitrary<(bool MayPrompt, string[] Steps)> Lives { get; } =
        (from mayPrompt in Gen.Elements(true, false)
         from steps in Gen.Elements(Steps.Keys.ToArray()).ArrayOf()
         select (mayPrompt, steps)).ToArbitrary();

    [Fact]
    public void What_has_ended_stays_as_it_is() => Hold((before, _, after, _) => !Ends.Contains(before.State) || after is null);

    [Fact]
    public void A_turn_ends_as_answered_once_at_most_and_by_whoever_holds_it() =>
        Hold((before, step, after, now) => after?.State != TurnState.Answered || (before.IsHeld(before.Lease!.Id, now) && step.StartsWith("answer", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_that_a_runner_asks_for_is_done_without_the_lease_that_is_valid() => Hold((before, step, after, now) =>
        after is null || step is not ("renew" or "answer" or "fail" or "give back" or "renew by another" or "answer by another")
        || before.IsHeld(step.EndsWith("by another", StringComparison.Ordinal) ? "b" : "a", now));

    [Fact]
    public void A_workspace_that_is_closed_leaves_no_turn_open() => Hold((before, step, after, _) => step != "close" || (after ?? before).IsOpen is false);

    [Fact]
    public void A_turn_is_never_held_by_two() => Hold((_, _, after, now) => after is null || !(after.IsHeld("a", now) && after.IsHeld("b", now)));

    [Fact]
    public void No_more_runners_are_lost_than_are_allowed() => Hold((_, _, after, _) => after is null || after.Attempts is >= 0 and <= Turn.MaxAttempts);

    [Fact]
    public void What_somebody_has_stopped_is_never_taken_again() => Hold((before, _, after, _) => !before.IsStopping || after is null || after.State is not TurnState.Queued);

    [Fact]
    public void What_a_suggester_writes_is_taken_only_when_it_was_accepted_as_it_is() => Prop.ForAll(Lives, life =>
    {
        bool mayGo = life.MayPrompt;
        return Follow(life, (before, step, after, _) =>
        {
            mayGo = after is null ? mayGo : step switch { "accept" or "edit" => true, "edit by a suggester" => false, "demote" => false, _ => mayGo };
            return after?.State != TurnState.Running || mayGo;
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_lease_ends_at_its_end()
    {
        Turn running = Turn.Begin(mayPrompt: true).Take(new Lease("a", Start + Lease.Length))!;

        Assert.True(running.IsHeld("a", Start + Lease.Length - TimeSpan.FromTicks(1)));
        Assert.False(running.IsHeld("a", Start + Lease.Length));
        Assert.Null(running.Lapse(Start + Lease.Length - TimeSpan.FromTicks(1)));
        Assert.Equal(TurnState.Queued, running.Lapse(Start + Lease.Length)!.State);
    }

    [Fact]
    public void States_have_names_that_are_read_again() =>
        Assert.All(Enum.GetValues<TurnState>(), state => Assert.Equal(state, TurnStates.Parse(TurnStates.Name(state))));

    private static void Hold(Func<Turn, string, Turn?, DateTimeOffset, bool> rule) => Prop.ForAll(Lives, life => Follow(life, rule)).QuickCheckThrowOnFailure();

    private static bool Follow((bool MayPrompt, string[] Steps) life, Func<Turn, string, Turn?, DateTimeOffset, bool> rule)
    {
        var turn = Turn.Begin(life.MayPrompt);
        DateTimeOffset now = Start;
        foreach (string step in life.Steps)
        {
            now += TimeSpan.FromSeconds(10);
            Turn? next = Steps[step](turn, now);
            if (!rule(turn, step, next, now))
                return false;
            turn = next ?? turn;
        }
        return true;
    }
}
