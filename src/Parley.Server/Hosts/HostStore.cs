using Parley.Server.Accounts;
using Parley.Server.Data;

namespace Parley.Server.Hosts;

/// <summary>The hosts' rows; their tokens as hashes.</summary>
public sealed class HostStore(Database database, TimeProvider clock)
{
    /// <summary>A host that asks for nothing for so long is taken to be away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>The machines of one workspace.</summary>
    public const int MaxHosts = 10;

    private const string Columns = "h.id, h.session_id, h.name, h.created_at, h.seen_at";

    /// <summary>
    /// The host whose token it is; null when it was revoked, or its machine's owner is the workspace's no more, or that is closed.
    /// </summary>
    public ValueTask<HostRecord?> FindAsync(string token, CancellationToken cancel)
    {
        string hash = Secret.Hash(token);
        return database.ReadAsync(
            connection => connection.FirstAsync(
                $"SELECT {Columns}, h.token_hash {From} AND h.token_hash = $2", row => Secret.SameHash(row.Text(5), hash) ? Map(row) : null, cancel, clock.GetUtcNow(), hash),
            cancel);
    }

    /// <summary>Whether a host may still do anything, as a write sees it.</summary>
    public static ValueTask<bool> WorksAsync(Connection connection, string id, DateTimeOffset now, CancellationToken cancel) =>
        connection.FirstAsync($"SELECT 1 {From} AND h.id = $2", _ => true, cancel, now, id);

    /// <summary>The hosts of a workspace that are not revoked, the newest first.</summary>
    public ValueTask<List<HostRecord>> ListAsync(string sessionId, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            $"SELECT {Columns} FROM hosts h WHERE h.session_id = $1 AND h.revoked_at IS NULL ORDER BY h.created_at DESC, h.id", Map, cancel, sessionId),
        cancel);

    public static async ValueTask InsertAsync(Connection connection, HostRecord host, long accountId, string token, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            "INSERT INTO hosts (id, session_id, account_id, name, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            cancel, host.Id, host.SessionId, accountId, host.Name, Secret.Hash(token), host.CreatedAt);

    /// <summary>Ends a host in a write; its name, or null when there is none to end.</summary>
    public static ValueTask<string?> RevokeAsync(Connection connection, string sessionId, string id, DateTimeOffset now, CancellationToken cancel) => connection.FirstAsync(
        "UPDATE hosts SET revoked_at = $3, seen_at = NULL WHERE id = $2 AND session_id = $1 AND revoked_at IS NULL RETURNING name", row => row.TextOrNull(0), cancel, sessionId, id, now);

    /// <summary>Notes that a host is there.</summary>
    public ValueTask<int> SeeAsync(string id, CancellationToken cancel) => database.WriteAsync(
        connection => connection.ExecuteAsync("UPDATE hosts SET seen_at = $2 WHERE id = $1 AND revoked_at IS NULL", cancel, id, clock.GetUtcNow()), cancel);

    /// <summary>Notes that a host is gone.</summary>
    public ValueTask<int> LeaveAsync(string id, CancellationToken cancel) =>
        database.WriteAsync(connection => connection.ExecuteAsync("UPDATE hosts SET seen_at = NULL WHERE id = $1", cancel, id), cancel);

    /// <summary>Notes which hosts have not been heard of in time; the sessions that they were in.</summary>
    public ValueTask<List<string>> LoseAsync(CancellationToken cancel) => database.WriteAsync(
        connection => connection.ListAsync("UPDATE hosts SET seen_at = NULL WHERE seen_at <= $1 RETURNING session_id", row => row.Text(0), cancel, clock.GetUtcNow() - Patience),
        cancel);

    private const string From =
        """
        FROM hosts h JOIN sessions s ON s.share_id = h.session_id
        WHERE h.revoked_at IS NULL AND s.owner_id = h.account_id AND s.workspace = 'open' AND (s.expires_at IS NULL OR s.expires_at > $1)
        """;

    private static HostRecord Map(Row row) => new(row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.TimeOrNull(4));
}
