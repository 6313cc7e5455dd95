using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;

namespace Parley.Server.Permissions;

/// <summary>The members who decide, beside the owner, on what the agent asks for. A viewer who is one approves and does nothing else.</summary>
public sealed class Approvers(Database database, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    /// <summary>Says whether a member may decide; false when the account is no member, or the session is not the caller's.</summary>
    public async ValueTask<bool> SetAsync(string sessionId, long accountId, bool mayApprove, long ownerId, CancellationToken cancel)
    {
        bool isSet = await database.WriteAsync(
            async connection =>
            {
                string? name = await connection.FirstAsync(
                    """
                    UPDATE members SET may_approve = $3 WHERE session_id = $1 AND account_id = $2
                        AND EXISTS (SELECT 1 FROM sessions s WHERE s.share_id = $1 AND s.owner_id = $4)
                    RETURNING (SELECT name FROM accounts a WHERE a.id = members.account_id)
                    """,
                    row => row.Text(0), cancel, sessionId, accountId, mayApprove, ownerId);
                if (name is null)
                    return false;
                AuditAction action = mayApprove ? AuditAction.ApproverMade : AuditAction.ApproverEnded;
                await audit.AddAsync(connection, new AuditEvent(sessionId, clock.GetUtcNow(), action, Actor.Of(ownerId), Detail: name), cancel);
                return true;
            },
            cancel);
        if (isSet)
            wakes.Announce(sessionId, Wake.Access | Wake.Room);
        return isSet;
    }
}
