using Parley.Core.Sessions;
using Parley.Server.Audit;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Promoting;

/// <summary>
/// The end of a workspace: its conversation can still be read by those who could, nothing is added to it, and what was shared beside it is deleted. There is
/// no way back; the session can be shared anew from where it came.
/// </summary>
public sealed class Closing(Database database, SessionAccess access, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    /// <summary>Closes a workspace; closing a closed one changes nothing.</summary>
    /// <returns>Whether it is closed now: false when it never was a workspace. Null when there is no such session, or it is not the caller's.</returns>
    public async ValueTask<bool?> CloseAsync(string sessionId, Caller caller, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return null;
        if (session.Workspace != WorkspaceState.Open)
            return session.Workspace == WorkspaceState.Closed;
        await database.WriteAsync(
            async connection =>
            {
                await Prompting.AbandonAsync(connection, sessionId, null, cancel);
                await connection.ExecuteAsync(
                    "UPDATE sessions SET workspace = 'closed', live_state = 'ended', version = version + 1 WHERE share_id = $1", cancel, sessionId);
                await ContextStore.RemoveAllAsync(connection, sessionId, cancel);
                await audit.AddAsync(connection, new AuditEvent(sessionId, clock.GetUtcNow(), AuditAction.Closed, Actor.Of(session.OwnerId)), cancel);
                return true;
            },
            cancel);
        wakes.Announce(sessionId, Wake.Access | Wake.Room | Wake.State);
        await database.ForgetDeletedAsync(CancellationToken.None);
        return true;
    }
}
