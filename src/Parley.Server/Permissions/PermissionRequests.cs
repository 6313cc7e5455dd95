using System.Security.Cryptography;
using System.Text;
using Parley.Core.Headless;
using Parley.Core.Redaction;
using Parley.Core.Turns;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Mail;
using Parley.Server.Notices;
using Parley.Server.Turns;

namespace Parley.Server.Permissions;

/// <summary>
/// Puts what the agent asks for before those who may decide on it, and waits for one of them. What nobody allows in time is not allowed, and what
/// is allowed is allowed once. Who may decide is asked before, of <see cref="Sessions.SessionAccess"/>.
/// </summary>
public sealed class PermissionRequests(Database database, PermissionStore store, AuditStore audit, Wakes wakes, MissedMail missed, Outbox outbox, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>For how long a request waits for somebody.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Requests of one turn that wait at a time: nobody decides well on a heap.</summary>
    public const int MaxWaiting = 10;

    /// <summary>The longest id that a runner gives a request.</summary>
    public const int MaxClientId = 100;

    private const int IdLength = 12, MaxDetail = 200;

    /// <summary>Asks for something and waits until somebody decides, or nobody does in time.</summary>
    /// <param name="sessionId">The workspace.</param>
    /// <param name="turnId">The turn that runs and wants it.</param>
    /// <param name="card">What people are shown, which is all that would be done.</param>
    /// <param name="cancel">It is not wanted any more.</param>
    public async ValueTask<PermissionAnswer> AskAsync(string sessionId, string turnId, PermissionCard card, CancellationToken cancel)
    {
        string askedAs = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        PermissionAnswer asked = await OpenAsync(sessionId, turnId, askedAs, card, CancellationToken.None);
        if (asked.Request is not { } request)
            return asked;
        asked = PermissionAnswer.Of(await WaitAsync(request.Id, Patience + Patience, cancel), clock.GetUtcNow());
        if (asked.State == PermissionState.Waiting)
            await WithdrawAsync(turnId, askedAs, CancellationToken.None);
        return asked.State == PermissionState.Waiting ? asked with { State = PermissionState.Withdrawn } : asked;
    }

    /// <summary>Puts a request before people; the same again is the same request.</summary>
    /// <returns>The request; without one the reason for which it is refused unasked.</returns>
    public async ValueTask<PermissionAnswer> OpenAsync(string sessionId, string turnId, string clientId, PermissionCard card, CancellationToken cancel)
    {
        // Half of a secret that is taken out would not be what runs, and a whole one would be shown to everybody.
        if (new SecretCheck().Finds(Encoding.UTF8.GetBytes(string.Join('\n', [card.Tool, .. card.Lines]))))
            return PermissionAnswer.Refused("It holds what looks like a secret, which people must not be shown: do it without.");
        (PermissionAnswer answer, bool isNew) = await database.WriteAsync(connection => OpenAsync(connection, sessionId, turnId, clientId, card, cancel), cancel);
        if (!isNew)
            return answer;
        wakes.Announce(sessionId, Wake.Room);
        outbox.Wake();
        return answer;
    }

    /// <summary>Waits until a request is decided; what it is then, or when the time is over.</summary>
    public async ValueTask<PermissionRequest?> WaitAsync(string id, TimeSpan wait, CancellationToken cancel)
    {
        if (await store.FindAsync(id, CancellationToken.None) is not { } request)
            return null;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        TimeSpan left = request.ExpiresAt - clock.GetUtcNow();
        PermissionRequest? seen = await wakes.WaitForAsync(
            request.SessionId, Wake.Room, TimeSpan.FromTicks(Math.Max(0, Math.Min(wait.Ticks, left.Ticks))), clock,
            () => store.FindAsync(id, CancellationToken.None), found => found?.StateAt(clock.GetUtcNow()) != PermissionState.Waiting, end.Token);
        if (seen is { State: PermissionState.Waiting } && seen.StateAt(clock.GetUtcNow()) == PermissionState.Expired)
            await EndAsync(seen, PermissionState.Expired, null, AuditAction.PermissionExpired, CancellationToken.None);
        return seen;
    }

    /// <summary>Decides on a request.</summary>
    /// <returns>How it stands: the caller's decision or one that was faster. Null when there is none.</returns>
    public async ValueTask<PermissionState?> DecideAsync(string sessionId, string id, long by, bool isAllowed, CancellationToken cancel)
    {
        if (await store.FindAsync(id, cancel) is not { } request || request.SessionId != sessionId)
            return null;
        PermissionState wanted = isAllowed ? PermissionState.Allowed : PermissionState.Denied;
        return await EndAsync(request, wanted, by, isAllowed ? AuditAction.PermissionAllowed : AuditAction.PermissionDenied, cancel)
            ? wanted
            : (await store.FindAsync(id, cancel))?.StateAt(clock.GetUtcNow());
    }

    /// <summary>Takes a request back that its runner waits for no longer.</summary>
    public async ValueTask WithdrawAsync(string turnId, string clientId, CancellationToken cancel)
    {
        PermissionRequest? request = await database.ReadAsync(connection => PermissionStore.FindAskedAsync(connection, turnId, clientId, cancel), cancel);
        if (request is not null)
            await EndAsync(request, PermissionState.Withdrawn, null, null, cancel);
    }

    private async ValueTask<(PermissionAnswer Answer, bool IsNew)> OpenAsync(
        Connection connection, string sessionId, string turnId, string clientId, PermissionCard card, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!await TurnStore.LockAsync(connection, sessionId, cancel)
            || await TurnStore.FindAsync(connection, turnId, cancel) is not { Turn: { State: TurnState.Running, Lease: { } lease } } turn || turn.SessionId != sessionId)
            return (PermissionAnswer.Refused("The turn does not run any more."), false);
        if (await PermissionStore.FindAskedAsync(connection, turnId, clientId, cancel) is { } asked)
            return (PermissionAnswer.Of(asked, now), false);
        if (await PermissionStore.CountWaitingAsync(connection, turnId, cancel) >= MaxWaiting)
            return (PermissionAnswer.Refused($"{MaxWaiting} requests wait for an answer already: ask for one thing after the other."), false);
        PermissionRequest request = new()
        {
            Id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true),
            SessionId = sessionId,
            TurnId = turnId,
            Prompter = turn.Author,
            Card = card,
            State = PermissionState.Waiting,
            AskedAt = now,
            ExpiresAt = now + Patience,
            IsOfRunningTurn = true,
        };
        await PermissionStore.InsertAsync(connection, request, lease.Id, clientId, cancel);
        await NoteAsync(connection, request, AuditAction.PermissionAsked, turn.Author.Id, cancel);
        await missed.AskAsync(connection, sessionId, turn.Author.Name, cancel);
        return (PermissionAnswer.Of(request, now), true);
    }

    private async ValueTask<bool> EndAsync(PermissionRequest request, PermissionState state, long? by, AuditAction? action, CancellationToken cancel)
    {
        bool ended = await database.WriteAsync(
            async connection =>
            {
                if (!await TurnStore.LockAsync(connection, request.SessionId, cancel) || await PermissionStore.FindAsync(connection, request.Id, cancel) is not { } now)
                    return false;
                // Whoever decides is asked for what stands: not for what has run out or ended in the meantime.
                if (by is not null && now.StateAt(clock.GetUtcNow()) != PermissionState.Waiting)
                    return false;
                if (!await PermissionStore.EndAsync(connection, request.Id, state, by, cancel))
                    return false;
                if (action is { } what)
                    await NoteAsync(connection, request, what, by ?? request.Prompter.Id, cancel);
                return true;
            },
            cancel);
        if (ended)
            wakes.Announce(request.SessionId, Wake.Room);
        return ended;
    }

    private async ValueTask NoteAsync(Connection connection, PermissionRequest request, AuditAction action, long by, CancellationToken cancel)
    {
        string detail = $"{request.Card.Tool} {string.Join(' ', request.Card.Lines)}";
        await audit.AddAsync(
            connection, new AuditEvent(request.SessionId, clock.GetUtcNow(), action, Actor.Of(by), Detail: detail.Length > MaxDetail ? detail[..MaxDetail] : detail), cancel);
    }
}

/// <summary>What became of asking.</summary>
/// <param name="State">Only <see cref="PermissionState.Allowed"/> allows anything.</param>
/// <param name="Request">The request; null when nobody was asked.</param>
/// <param name="Reason">Why nobody was asked, for the agent.</param>
public sealed record PermissionAnswer(PermissionState State, PermissionRequest? Request, string? Reason = null)
{
    public bool IsAllowed => State == PermissionState.Allowed;

    public static PermissionAnswer Refused(string reason) => new(PermissionState.Denied, null, reason);

    public static PermissionAnswer Of(PermissionRequest? request, DateTimeOffset now) =>
        request is null ? new PermissionAnswer(PermissionState.Withdrawn, null) : new PermissionAnswer(request.StateAt(now), request);
}
