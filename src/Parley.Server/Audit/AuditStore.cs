using System.Text.Json;
using Parley.Server.Accounts;
using Parley.Server.Data;

namespace Parley.Server.Audit;

/// <summary>The trails' rows, and how many have read each session: readers are counted by digests that tell nobody who they are.</summary>
public sealed class AuditStore(Database database, DataKey key)
{
    /// <summary>Adds what happened, in the write that makes it happen or later; sessions that are gone by then have no trail.</summary>
    public async ValueTask AddAsync(Connection connection, AuditEvent happened, CancellationToken cancel)
    {
        if (!await connection.FirstAsync("SELECT 1 FROM sessions WHERE share_id = $1", _ => true, cancel, happened.SessionId))
            return;
        Actor actor = happened.Actor;
        await connection.ExecuteAsync(
            "INSERT INTO audit_events (session_id, at, what, account_id, share_id, network, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            cancel, happened.SessionId, happened.At, Name(happened.Action), actor.AccountId, actor.ShareId, actor.Network?.ToString(), happened.Detail);
        if (happened.IsReading)
        {
            await connection.ExecuteAsync(
                "INSERT INTO session_readers (session_id, reader) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                cancel, happened.SessionId, key.Digest($"{happened.SessionId} {actor.AccountId} {actor.ShareId} {actor.Network}"));
        }
    }

    /// <summary>At most <paramref name="limit"/> events of a session before the one with an id, or the last ones for 0, the newest first.</summary>
    public ValueTask<List<AuditEntry>> ListAsync(string sessionId, long before, int limit, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            """
            SELECT e.id, e.at, e.what, e.detail, e.network, a.name, e.share_id, s.name
            FROM audit_events e LEFT JOIN accounts a ON a.id = e.account_id LEFT JOIN session_shares s ON s.id = e.share_id
            WHERE e.session_id = $1 AND ($2 = 0 OR (e.at, e.id) < (SELECT at, id FROM audit_events WHERE id = $2))
            ORDER BY e.at DESC, e.id DESC LIMIT $3
            """,
            row => new AuditEntry(row.Number(0), row.Time(1), Who(row.TextOrNull(5), row.TextOrNull(6), row.TextOrNull(7), row.TextOrNull(4)), row.Text(2), row.TextOrNull(3)),
            cancel, sessionId, before, (long)limit),
        cancel);

    /// <summary>How many others than its owner have read each session of an account; sessions that nobody read are not there.</summary>
    public async ValueTask<Dictionary<string, long>> ReadersAsync(long ownerId, CancellationToken cancel) => (await database.ReadAsync(
        connection => connection.ListAsync(
            """
            SELECT session_id, count(*) FROM session_readers
            WHERE session_id IN (SELECT share_id FROM sessions WHERE owner_id = $1) GROUP BY session_id
            """,
            row => KeyValuePair.Create(row.Text(0), row.Number(1)), cancel, ownerId),
        cancel)).ToDictionary();

    /// <summary>Forgets what happened before a time.</summary>
    public ValueTask<int> ForgetAsync(DateTimeOffset before, CancellationToken cancel) => database.WriteAsync(
        connection => connection.ExecuteAsync("DELETE FROM audit_events WHERE at < $1", cancel, before), cancel);

    private static string Name(AuditAction action) => JsonNamingPolicy.CamelCase.ConvertName(action.ToString());

    private static string Who(string? account, string? shareId, string? token, string? network) =>
        account ?? (shareId is null ? network ?? "unknown" : $"token {token ?? shareId}, {network}");
}
