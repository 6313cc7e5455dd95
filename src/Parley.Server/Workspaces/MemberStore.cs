using Parley.Core.Sessions;
using Parley.Server.Data;

namespace Parley.Server.Workspaces;

/// <summary>The members' rows: accounts that may do something with a session which they don't own.</summary>
public sealed class MemberStore(Database database)
{
    /// <summary>What an account's membership says of a session: one grant, or none.</summary>
    public ValueTask<List<Grant>> GrantsAsync(long accountId, string sessionId, CancellationToken cancel = default) =>
        database.ReadAsync(connection => GrantsAsync(connection, accountId, sessionId, cancel), cancel);

    /// <summary>The same, in a write that depends on it.</summary>
    public static ValueTask<List<Grant>> GrantsAsync(Connection connection, long accountId, string sessionId, CancellationToken cancel) => connection.ListAsync(
        "SELECT role, may_approve FROM members WHERE session_id = $1 AND account_id = $2",
        row => Grant.OfMember(accountId, MemberRoles.Parse(row.Text(0)) ?? MemberRole.Viewer, row.Flag(1)), cancel, sessionId, accountId);

    /// <summary>The members of a session, in the order in which they joined.</summary>
    public ValueTask<List<Member>> ListAsync(string sessionId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            """
            SELECT m.account_id, a.name, a.email, m.role, m.joined_at, m.may_approve FROM members m JOIN accounts a ON a.id = m.account_id
            WHERE m.session_id = $1 ORDER BY m.joined_at, m.account_id
            """,
            row => new Member(row.Number(0), row.Text(1), row.TextOrNull(2), MemberRoles.Parse(row.Text(3)) ?? MemberRole.Viewer, row.Time(4), row.Flag(5)), cancel, sessionId),
        cancel);

    /// <summary>How many members each session of an owner has, the owner aside; none where nobody has joined.</summary>
    public async ValueTask<Dictionary<string, long>> CountsAsync(long ownerId, CancellationToken cancel = default) => (await database.ReadAsync(
        connection => connection.ListAsync(
            "SELECT session_id, count(*) FROM members WHERE session_id IN (SELECT share_id FROM sessions WHERE owner_id = $1) GROUP BY session_id",
            row => KeyValuePair.Create(row.Text(0), row.Number(1)), cancel, ownerId),
        cancel)).ToDictionary();

    /// <summary>The role of an account that is a member; null for any other.</summary>
    public static ValueTask<MemberRole?> RoleAsync(Connection connection, string sessionId, long accountId, CancellationToken cancel) => connection.FirstAsync(
        "SELECT role FROM members WHERE session_id = $1 AND account_id = $2",
        row => (MemberRole?)(MemberRoles.Parse(row.Text(0)) ?? MemberRole.Viewer), cancel, sessionId, accountId);

    /// <summary>Gives a member another role in a write; false when there is no such member.</summary>
    public static async ValueTask<bool> ChangeAsync(Connection connection, string sessionId, long accountId, MemberRole role, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            "UPDATE members SET role = $3 WHERE session_id = $1 AND account_id = $2", cancel, sessionId, accountId, MemberRoles.Name(role)) > 0;

    /// <summary>Removes a member in a write; false when there is no such member.</summary>
    public static async ValueTask<bool> RemoveAsync(Connection connection, string sessionId, long accountId, CancellationToken cancel) =>
        await connection.ExecuteAsync("DELETE FROM members WHERE session_id = $1 AND account_id = $2", cancel, sessionId, accountId) > 0;

    /// <summary>Everybody in a session with their names, the owner first.</summary>
    public ValueTask<List<(string Name, MemberRole Role)>> NamesAsync(string sessionId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            """
            SELECT a.name, 'owner' AS role, 0 AS place, a.created_at AS since FROM sessions s JOIN accounts a ON a.id = s.owner_id WHERE s.share_id = $1
            UNION ALL SELECT a.name, m.role, 1, m.joined_at FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.session_id = $1
            ORDER BY place, since
            """,
            row => (row.Text(0), MemberRoles.Parse(row.Text(1)) ?? MemberRole.Viewer), cancel, sessionId),
        cancel);

    /// <summary>Makes an account a member, or gives it another role, in a write.</summary>
    public static async ValueTask PutAsync(Connection connection, string sessionId, long accountId, MemberRole role, DateTimeOffset now, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            """
            INSERT INTO members (session_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (session_id, account_id) DO UPDATE SET role = excluded.role
            """,
            cancel, sessionId, accountId, MemberRoles.Name(role), now);
}

/// <summary>Somebody in a session.</summary>
/// <param name="AccountId">By which sessions know them.</param>
/// <param name="Name">What they call themselves.</param>
/// <param name="Email">Their address where it is proved.</param>
/// <param name="Role">What they may do.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="MayApprove">Whether they decide on what the agent asks for.</param>
public sealed record Member(long AccountId, string Name, string? Email, MemberRole Role, DateTimeOffset JoinedAt, bool MayApprove);
