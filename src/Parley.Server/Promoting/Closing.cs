using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Promoting;

/// <summary>
/// The end of a workspace: its conversation can still be read by those who could, nothing is added to it, no turn goes on, and what was shared beside it is
/// deleted, all in the write that adds the entry which says so. There is no way back; the session can be shared anew from where it came.
/// </summary>
public sealed class Closing(Database database, SessionAccess access, Driving driving, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    /// <summary>Closes a workspace; closing a closed one changes nothing.</summary>
    /// <returns>Whether it is closed now: false when it never was a workspace. Null when there is no such session, or it is not the caller's.</returns>
    public async ValueTask<bool?> CloseAsync(string sessionId, Caller caller, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return null;
        if (session.Workspace != WorkspaceState.Open)
            return session.Workspace == WorkspaceState.Closed;
        string owner = await database.ReadAsync(connection => AccountStore.NameAsync(connection, session.OwnerId, cancel), cancel);
        Entry closed = RoomEvents.Entry(RoomEvents.Closed, owner, clock.GetUtcNow());
        await driving.AddAsync(sessionId, [closed], cancel, new Appending("workspace IS NOT NULL", EndsText: true, (connection, _) => CloseAsync(connection, session)));
        wakes.Announce(sessionId, Wake.Access | Wake.Room | Wake.State);
        await database.ForgetDeletedAsync(CancellationToken.None);
        return true;
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
