using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Workspaces;

/// <summary>
/// Closes a workspace, for good: nobody writes there any more, no turn goes on, what was shared with its agent is deleted, and its people still read what
/// was said. All of it is one write, with the entry that tells of it.
/// </summary>
public sealed class Closing(Database database, SessionAccess access, Driving driving, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    /// <summary>Closes it; once more has no effect.</summary>
    public async ValueTask<ClosingOutcome> CloseAsync(string sessionId, Caller caller, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return ClosingOutcome.NoSession;
        if (session.Workspace is null)
            return ClosingOutcome.NoWorkspace;
        string name = await database.ReadAsync(connection => AccountStore.NameAsync(connection, session.OwnerId, cancel), cancel);
        Entry closed = RoomEvents.Entry(RoomEvents.Closed, name, clock.GetUtcNow());
        var once = new Appending("workspace IS NOT NULL", EndsText: true, (connection, _) => CloseAsync(connection, session));
        await driving.AddAsync(sessionId, [closed], cancel, once);
        wakes.Announce(sessionId, Wake.Access | Wake.Room | Wake.State);
        await database.ForgetDeletedAsync(CancellationToken.None);
        return ClosingOutcome.Closed;
    }

    // False when somebody was faster, or it was handed on meanwhile.
    private async ValueTask<bool> CloseAsync(Connection connection, SessionRecord session)
    {
        CancellationToken toTheEnd = CancellationToken.None;
        int closed = await connection.ExecuteAsync(
            "UPDATE sessions SET workspace = 'closed', version = version + 1 WHERE share_id = $1 AND owner_id = $2 AND workspace = 'open'", toTheEnd, session.Id, session.OwnerId);
        if (closed == 0)
            return false;
        foreach (TurnRecord turn in await TurnStore.OpenAsync(connection, session.Id, toTheEnd))
            await TurnStore.SaveAsync(connection, turn with { Turn = turn.Turn.Close()!, Text = "", Status = null }, toTheEnd);
        await ContextStore.RemoveAllAsync(connection, session.Id, toTheEnd);
        await audit.AddAsync(connection, new AuditEvent(session.Id, clock.GetUtcNow(), AuditAction.Closed, Actor.Of(session.OwnerId)), toTheEnd);
        return true;
    }
}

public enum ClosingOutcome
{
    /// <summary>It is closed, or was before.</summary>
    Closed,

    /// <summary>Its author's machine goes on with it.</summary>
    NoWorkspace,

    /// <summary>It is not there, or not the caller's.</summary>
    NoSession,
}
