using System.Security.Cryptography;
using Parley.Core.Turns;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Room;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>
/// What people do with prompts: propose, change, decide, stop. Each is one transaction with its line in the audit trail, and is announced after it.
/// Who may is asked before, of <see cref="SessionAccess"/>.
/// </summary>
public sealed class Prompting(Database database, Driving driving, AuditStore audit, RoomNotices notices, Wakes wakes, TimeProvider clock)
{
    /// <summary>The longest prompt, in UTF-16 code units.</summary>
    public const int MaxText = 16 * 1024;

    /// <summary>The most prompts of one workspace that wait.</summary>
    public const int MaxWaiting = 100;

    /// <summary>The most files that go with one prompt.</summary>
    public const int MaxAttachments = 20;

    private const int IdLength = 12;

    /// <summary>Puts a prompt into the queue, or before those who may prompt; one that was sent before has no further effect.</summary>
    /// <param name="sessionId">The workspace.</param>
    /// <param name="author">Who it is of.</param>
    /// <param name="mayPrompt">Whether nobody has to accept it.</param>
    /// <param name="prompt">What is asked.</param>
    /// <param name="cancel">The author has gone.</param>
    public async ValueTask<PromptAnswer> PromptAsync(string sessionId, long author, bool mayPrompt, NewPrompt prompt, CancellationToken cancel)
    {
        string text = await driving.RedactAsync(sessionId, prompt.Text, cancel);
        IEnumerable<long> told = [];
        PromptAnswer answer = await database.WriteAsync(
            async connection =>
            {
                if (!await TurnStore.LockAsync(connection, sessionId, cancel))
                    return PromptAnswer.Closed;
                if (await TurnStore.FindSentAsync(connection, sessionId, author, prompt.ClientId, cancel) is { } sent)
                    return PromptAnswer.Before(sent);
                if ((await TurnStore.OpenAsync(connection, sessionId, cancel)).Count >= MaxWaiting)
                    return PromptAnswer.Full;
                TurnRecord turn = new()
                {
                    Id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true),
                    SessionId = sessionId,
                    Author = new Person(author, ""),
                    ClientId = prompt.ClientId,
                    Position = await TurnStore.NextPositionAsync(connection, sessionId, cancel),
                    Turn = Turn.Begin(mayPrompt),
                    Text = text,
                    Attachments = prompt.Attachments,
                    CreatedAt = clock.GetUtcNow(),
                };
                await TurnStore.InsertAsync(connection, turn, cancel);
                await NoteAsync(connection, turn, mayPrompt ? AuditAction.Prompted : AuditAction.Suggested, author, cancel);
                told = await notices.MentionAsync(connection, sessionId, author, text, null, cancel);
                if (!mayPrompt)
                    told = [.. told, .. await notices.SuggestAsync(connection, sessionId, author, text, cancel)];
                return PromptAnswer.Done(turn);
            },
            cancel);
        Announce(answer);
        notices.Tell(told);
        return answer;
    }

    /// <summary>Gives a prompt that waits other words.</summary>
    public async ValueTask<PromptAnswer> EditAsync(string sessionId, string turnId, long author, bool mayPrompt, string text, CancellationToken cancel)
    {
        string clean = await driving.RedactAsync(sessionId, text, cancel);
        return await ChangeAsync(
            sessionId, turnId, author, AuditAction.PromptEdited,
            turn => turn.Author.Id == author && turn.Turn.Edit(mayPrompt) is { } next ? turn with { Turn = next, Text = clean, Edits = turn.Edits + 1, DecidedBy = null } : null,
            cancel);
    }

    /// <summary>Takes a prompt that waits back.</summary>
    public ValueTask<PromptAnswer> WithdrawAsync(string sessionId, string turnId, long author, CancellationToken cancel) => ChangeAsync(
        sessionId, turnId, author, AuditAction.PromptWithdrawn,
        turn => turn.Author.Id == author && turn.Turn.Withdraw() is { } next ? turn with { Turn = next, Text = "" } : null,
        cancel);

    /// <summary>Accepts what somebody suggests, as it was when it had been edited so often; null for as it is.</summary>
    public ValueTask<PromptAnswer> AcceptAsync(string sessionId, string turnId, long by, long? edits, CancellationToken cancel) => ChangeAsync(
        sessionId, turnId, by, AuditAction.SuggestionAccepted,
        turn => (edits ?? turn.Edits) == turn.Edits && turn.Turn.Accept() is { } next ? turn with { Turn = next, DecidedBy = new Person(by, "") } : null,
        cancel);

    public ValueTask<PromptAnswer> DeclineAsync(string sessionId, string turnId, long by, CancellationToken cancel) => ChangeAsync(
        sessionId, turnId, by, AuditAction.SuggestionDeclined,
        turn => turn.Turn.Decline() is { } next ? turn with { Turn = next, Text = "", DecidedBy = new Person(by, "") } : null,
        cancel);

    /// <summary>Asks the runner of the turn that runs to stop.</summary>
    public async ValueTask<PromptAnswer> InterruptAsync(string sessionId, long by, CancellationToken cancel)
    {
        List<TurnRecord> open = await database.ReadAsync(connection => TurnStore.OpenAsync(connection, sessionId, cancel), cancel);
        return open.Find(turn => turn.Turn.State == TurnState.Running) is { } running
            ? await ChangeAsync(
                sessionId, running.Id, by, AuditAction.AgentInterrupted,
                turn => turn.Turn.Stop() is { } next ? turn with { Turn = next, StoppedBy = new Person(by, "") } : null,
                cancel)
            : PromptAnswer.TooLate;
    }

    /// <summary>Ends the turns of an account, in the write that ends its membership; its caller announces that.</summary>
    public static async ValueTask AbandonAsync(Connection connection, string sessionId, long accountId, CancellationToken cancel)
    {
        if (!await TurnStore.LockAsync(connection, sessionId, cancel))
            return;
        foreach (TurnRecord turn in (await TurnStore.OpenAsync(connection, sessionId, cancel)).Where(turn => turn.Author.Id == accountId))
            await TurnStore.SaveAsync(connection, turn with { Turn = turn.Turn.Close()!, Text = "", Status = null }, cancel);
    }

    private async ValueTask<PromptAnswer> ChangeAsync(
        string sessionId, string turnId, long by, AuditAction action, Func<TurnRecord, TurnRecord?> step, CancellationToken cancel)
    {
        PromptAnswer answer = await database.WriteAsync(
            async connection =>
            {
                if (!await TurnStore.LockAsync(connection, sessionId, cancel))
                    return PromptAnswer.Closed;
                if (await TurnStore.FindAsync(connection, turnId, cancel) is not { } turn || turn.SessionId != sessionId)
                    return PromptAnswer.Gone;
                if (step(turn) is not { } next)
                    return PromptAnswer.TooLate;
                await TurnStore.SaveAsync(connection, next, cancel);
                await NoteAsync(connection, next, action, by, cancel);
                return PromptAnswer.Done(next);
            },
            cancel);
        Announce(answer);
        return answer;
    }

    private ValueTask NoteAsync(Connection connection, TurnRecord turn, AuditAction action, long by, CancellationToken cancel) =>
        audit.AddAsync(connection, new AuditEvent(turn.SessionId, clock.GetUtcNow(), action, Actor.Of(by), Detail: turn.Id), cancel);

    private void Announce(PromptAnswer answer)
    {
        if (answer is not { Outcome: PromptOutcome.Done, IsRepeated: false, Turn: { } turn })
            return;
        wakes.Announce(turn.SessionId, Wake.Room);
        if (turn.Turn.State == TurnState.Queued)
            wakes.Announce(RunnerWatch.Door, Wake.Room);
    }
}

/// <summary>A prompt as it is sent.</summary>
public sealed record NewPrompt(string Text, string ClientId, IReadOnlyList<Attachment> Attachments);

/// <summary>What became of something that somebody wanted of the queue.</summary>
/// <param name="Outcome">Whether it is done.</param>
/// <param name="Turn">The turn, as it is now.</param>
/// <param name="IsRepeated">Whether it was done before.</param>
public sealed record PromptAnswer(PromptOutcome Outcome, TurnRecord? Turn = null, bool IsRepeated = false)
{
    public static PromptAnswer Closed { get; } = new(PromptOutcome.Closed);

    public static PromptAnswer Full { get; } = new(PromptOutcome.Full);

    public static PromptAnswer Gone { get; } = new(PromptOutcome.Gone);

    public static PromptAnswer TooLate { get; } = new(PromptOutcome.TooLate);

    public static PromptAnswer Done(TurnRecord turn) => new(PromptOutcome.Done, turn);

    public static PromptAnswer Before(TurnRecord turn) => new(PromptOutcome.Done, turn, IsRepeated: true);
}

public enum PromptOutcome
{
    Done,

    /// <summary>There is no such turn.</summary>
    Gone,

    /// <summary>The session is no open workspace.</summary>
    Closed,

    /// <summary>Too many wait already.</summary>
    Full,

    /// <summary>The turn has gone on, or is not what the caller saw.</summary>
    TooLate,
}
