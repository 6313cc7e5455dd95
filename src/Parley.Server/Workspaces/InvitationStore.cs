using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Workspaces;

/// <summary>The invitations' rows: secrets as hashes, and beside them sealed for whoever is to pass them on.</summary>
public sealed class InvitationStore(Database database, DataKey key)
{
    private const string Columns =
        "i.id, i.session_id, i.email, i.is_mailed, i.is_undelivered, i.role, i.inviter_id, i.created_at, i.expires_at, i.accepted_by, i.secret_box, a.name";

    private const string From = "FROM invitations i JOIN accounts a ON a.id = i.inviter_id";

    private const string Waiting = "withdrawn_at IS NULL AND accepted_at IS NULL";

    /// <summary>The invitation that a secret opens now, or that it opened for the account that accepted it; null for none.</summary>
    public ValueTask<Invitation?> FindAsync(string secret, DateTimeOffset now, CancellationToken cancel) =>
        database.ReadAsync(connection => FindAsync(connection, secret, now, cancel), cancel);

    /// <summary>The same as a write sees it.</summary>
    public ValueTask<Invitation?> FindAsync(Connection connection, string secret, DateTimeOffset now, CancellationToken cancel)
    {
        string hash = Secret.Hash(secret);
        return connection.FirstAsync(
            $"SELECT {Columns}, i.secret_hash {From} WHERE i.secret_hash = $1 AND i.withdrawn_at IS NULL AND (i.accepted_at IS NOT NULL OR i.expires_at > $2)",
            row => Secret.SameHash(row.Text(12), hash) ? Map(row) : null, cancel, hash, now);
    }

    /// <summary>The invitation of an address that can still be accepted; null for none.</summary>
    public ValueTask<Invitation?> FindOpenAsync(Connection connection, string sessionId, string email, CancellationToken cancel) => connection.FirstAsync(
        $"SELECT {Columns} {From} WHERE i.session_id = $1 AND i.email = $2 AND {Waiting}", Map, cancel, sessionId, email);

    /// <summary>The invitations of a session that can still be accepted, the oldest first.</summary>
    public ValueTask<List<Invitation>> ListAsync(string sessionId, DateTimeOffset now, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            $"SELECT {Columns} {From} WHERE i.session_id = $1 AND {Waiting} AND i.expires_at > $2 ORDER BY i.created_at, i.id", Map, cancel, sessionId, now),
        cancel);

    /// <summary>Adds an invitation in a write; false when one for its address is open already.</summary>
    public async ValueTask<bool> InsertAsync(Connection connection, Invitation invitation, CancellationToken cancel) => await connection.ExecuteAsync(
        """
        INSERT INTO invitations (id, session_id, secret_hash, secret_box, email, is_mailed, role, inviter_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
        """,
        cancel, invitation.Id, invitation.SessionId, Secret.Hash(invitation.Secret!), key.Seal(invitation.Secret!, Owner(invitation.Id)), invitation.Email,
        invitation.IsMailed, MemberRoles.Name(invitation.Role), invitation.InviterId, invitation.CreatedAt, invitation.ExpiresAt) > 0;

    /// <summary>How many invitations of a session can still be accepted.</summary>
    public static ValueTask<long> CountAsync(Connection connection, string sessionId, DateTimeOffset now, CancellationToken cancel) => connection.FirstAsync(
        $"SELECT count(*) FROM invitations WHERE session_id = $1 AND {Waiting} AND expires_at > $2", row => row.Number(0), cancel, sessionId, now);

    /// <summary>How many mails an account has caused since a time.</summary>
    public static ValueTask<long> CountMailedAsync(Connection connection, long inviterId, DateTimeOffset since, CancellationToken cancel) => connection.FirstAsync(
        "SELECT count(*) FROM invitations WHERE inviter_id = $1 AND is_mailed AND created_at > $2", row => row.Number(0), cancel, inviterId, since);

    /// <summary>Whether whoever has an address is in the session already, by it or by an invitation that was sent there.</summary>
    public static ValueTask<bool> IsThereAsync(Connection connection, SessionRecord session, string email, CancellationToken cancel) => connection.FirstAsync(
        """
        SELECT 1 FROM accounts a
        WHERE (a.email = $2 OR a.id IN (SELECT accepted_by FROM invitations WHERE session_id = $1 AND email = $2))
            AND (a.id = $3 OR EXISTS (SELECT 1 FROM members m WHERE m.session_id = $1 AND m.account_id = a.id))
        """,
        _ => true, cancel, session.Id, email, session.OwnerId);

    /// <summary>Lets an open invitation give another role, in a write.</summary>
    public static async ValueTask ChangeRoleAsync(Connection connection, string id, MemberRole role, CancellationToken cancel) =>
        await connection.ExecuteAsync($"UPDATE invitations SET role = $2 WHERE id = $1 AND {Waiting}", cancel, id, MemberRoles.Name(role));

    /// <summary>Makes room for another invitation of an address whose last one has run out, in a write.</summary>
    public static async ValueTask CloseEndedAsync(Connection connection, string sessionId, string email, DateTimeOffset now, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            $"UPDATE invitations SET withdrawn_at = expires_at WHERE session_id = $1 AND email = $2 AND {Waiting} AND expires_at <= $3", cancel, sessionId, email, now);

    /// <summary>Uses an invitation up in a write; false when somebody was faster, or it is withdrawn or has run out.</summary>
    public static async ValueTask<bool> UseAsync(Connection connection, string id, DateTimeOffset now, CancellationToken cancel) =>
        await connection.ExecuteAsync($"UPDATE invitations SET accepted_at = $2 WHERE id = $1 AND {Waiting} AND expires_at > $2", cancel, id, now) > 0;

    /// <summary>Says whom it has let in, in the write that uses it up.</summary>
    public static async ValueTask BindAsync(Connection connection, string id, long accountId, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE invitations SET accepted_by = $2 WHERE id = $1", cancel, id, accountId);

    /// <summary>Takes an invitation back in a write; whom it was for, or null when there is none to take back.</summary>
    public static ValueTask<string?> WithdrawAsync(Connection connection, string sessionId, string id, DateTimeOffset now, CancellationToken cancel) => connection.FirstAsync(
        $"UPDATE invitations SET withdrawn_at = $3 WHERE id = $2 AND session_id = $1 AND {Waiting} RETURNING coalesce(email, 'a link')",
        row => row.TextOrNull(0), cancel, sessionId, id, now);

    /// <summary>The secret that a row holds sealed; null when that was done with another data key than this server's.</summary>
    public string? Open(string id, byte[] box) => key.Open(box, Owner(id));

    private Invitation Map(Row row) => new()
    {
        Id = row.Text(0),
        SessionId = row.Text(1),
        Email = row.TextOrNull(2),
        IsMailed = row.Flag(3),
        IsUndelivered = row.Flag(4),
        Role = MemberRoles.Parse(row.Text(5)) ?? MemberRole.Viewer,
        InviterId = row.Number(6),
        CreatedAt = row.Time(7),
        ExpiresAt = row.Time(8),
        AcceptedBy = row.NumberOrNull(9),
        Secret = Open(row.Text(0), row.Bytes(10)),
        InviterName = row.Text(11),
    };

    private static string Owner(string id) => $"invitation {id}";
}
