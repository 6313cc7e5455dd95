using System.Text.Json;
using Parley.Core.Headless;
using Parley.Server.Data;
using Parley.Server.Turns;

namespace Parley.Server.Permissions;

/// <summary>The requests' rows.</summary>
public sealed class PermissionStore(Database database)
{
    private const string Select =
        """
        SELECT p.id, p.session_id, p.turn_id, w.name, p.tool, p.lines, p.state, p.asked_at, p.expires_at, d.name, p.lease_id, t.lease_id, t.state, w.id
        FROM permission_requests p JOIN turns t ON t.id = p.turn_id JOIN accounts w ON w.id = t.account_id LEFT JOIN accounts d ON d.id = p.decided_by
        """;

    /// <summary>What waits in a session for somebody to decide, in the order in which it was asked.</summary>
    public async ValueTask<List<PermissionRequest>> WaitingAsync(string sessionId, DateTimeOffset now, CancellationToken cancel)
    {
        List<PermissionRequest> all = await database.ReadAsync(
            connection => connection.ListAsync($"{Select} WHERE p.session_id = $1 AND p.state = 'waiting' ORDER BY p.asked_at, p.id", Map, cancel, sessionId), cancel);
        return all.FindAll(request => request.StateAt(now) == PermissionState.Waiting);
    }

    public ValueTask<PermissionRequest?> FindAsync(string id, CancellationToken cancel) => database.ReadAsync(connection => FindAsync(connection, id, cancel), cancel);

    public static ValueTask<PermissionRequest?> FindAsync(Connection connection, string id, CancellationToken cancel) =>
        connection.FirstAsync($"{Select} WHERE p.id = $1", Map, cancel, id);

    /// <summary>The request that a runner knows by an id of its own.</summary>
    public static ValueTask<PermissionRequest?> FindAskedAsync(Connection connection, string turnId, string clientId, CancellationToken cancel) =>
        connection.FirstAsync($"{Select} WHERE p.turn_id = $1 AND p.client_id = $2", Map, cancel, turnId, clientId);

    /// <summary>How many requests of a turn wait.</summary>
    public static ValueTask<long> CountWaitingAsync(Connection connection, string turnId, CancellationToken cancel) => connection.FirstAsync(
        "SELECT count(*) FROM permission_requests WHERE turn_id = $1 AND state = 'waiting'", row => row.Number(0), cancel, turnId);

    public static async ValueTask InsertAsync(Connection connection, PermissionRequest request, string leaseId, string clientId, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            """
            INSERT INTO permission_requests (id, session_id, turn_id, lease_id, client_id, tool, lines, state, asked_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9)
            """,
            cancel, request.Id, request.SessionId, request.TurnId, leaseId, clientId, request.Card.Tool, JsonSerializer.Serialize(request.Card.Lines), request.AskedAt,
            request.ExpiresAt);

    /// <summary>Ends a request that waits; false when it does not any more.</summary>
    public static async ValueTask<bool> EndAsync(Connection connection, string id, PermissionState state, long? by, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            "UPDATE permission_requests SET state = $2, decided_by = $3 WHERE id = $1 AND state = 'waiting'", cancel, id, PermissionStates.Name(state), by) > 0;

    private static PermissionRequest Map(Row row) => new()
    {
        Id = row.Text(0),
        SessionId = row.Text(1),
        TurnId = row.Text(2),
        Prompter = new Person(row.Number(13), row.Text(3)),
        Card = new PermissionCard(row.Text(4), JsonSerializer.Deserialize<string[]>(row.Text(5))!),
        State = PermissionStates.Parse(row.Text(6)),
        AskedAt = row.Time(7),
        ExpiresAt = row.Time(8),
        DecidedBy = row.TextOrNull(9),
        IsOfRunningTurn = row.TextOrNull(11) == row.Text(10) && row.Text(12) == "running",
    };
}
