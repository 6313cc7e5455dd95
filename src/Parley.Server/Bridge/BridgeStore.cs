using Parley.Core.Bridging;
using Parley.Server.Data;

namespace Parley.Server.Bridge;

/// <summary>
/// Which machines are connected, and what the MCP servers offer that they lend. Every look at a server asks in the same statement whether its owner
/// still lets the agent use it.
/// </summary>
public sealed class BridgeStore(Database database, TimeProvider clock)
{
    /// <summary>A machine that was not heard of for so long counts as away: the server that it was connected to may have died.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private const string Lent = "r.kind = 'mcp' AND r.permission <> 'private'";

    /// <summary>The MCP servers that the agent of an open workspace may use, by name.</summary>
    public ValueTask<List<LentServer>> ListAsync(string sessionId, CancellationToken cancel) => ListAsync(sessionId, "b.tools", cancel);

    /// <summary>What people are told of them.</summary>
    public async ValueTask<IReadOnlyList<LentState>> StatesAsync(string sessionId, CancellationToken cancel) =>
        (await ListAsync(sessionId, "NULL", cancel)).ConvertAll(server => server.State);

    private ValueTask<List<LentServer>> ListAsync(string sessionId, string tools, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            $"""
            SELECT r.id, r.name, {tools}, b.problem, m.id, a.name
            FROM sessions s JOIN accounts a ON a.id = s.owner_id JOIN context_resources r ON r.session_id = s.share_id AND {Lent}
                LEFT JOIN bridge_servers b ON b.resource_id = r.id
                LEFT JOIN bridge_machines m ON m.id = b.machine_id AND m.account_id = s.owner_id AND m.seen_at > $2
            WHERE s.share_id = $1 AND s.workspace = 'open' ORDER BY r.name
            """,
            row => new LentServer(row.Text(0), row.Text(1), BridgedTool.Read(row.TextOrNull(2) ?? "[]"), row.TextOrNull(3), row.TextOrNull(4), row.Text(5)),
            cancel, sessionId, clock.GetUtcNow() - Patience),
        cancel);

    /// <summary>Whether the agent may still use an MCP server.</summary>
    public ValueTask<bool> IsLentAsync(string sessionId, string resourceId, CancellationToken cancel) => database.ReadAsync(
        connection => connection.FirstAsync(
            $"SELECT 1 FROM context_resources r JOIN sessions s ON s.share_id = r.session_id WHERE r.id = $2 AND {Lent} AND s.share_id = $1 AND s.workspace = 'open'",
            _ => true, cancel, sessionId, resourceId),
        cancel);

    /// <summary>The names of the MCP servers that the agent may use.</summary>
    public ValueTask<List<string>> NamesAsync(string sessionId, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            $"SELECT r.name FROM context_resources r WHERE r.session_id = $1 AND {Lent} ORDER BY r.name", row => row.Text(0), cancel, sessionId),
        cancel);

    /// <summary>A machine is connected, still or anew.</summary>
    public async ValueTask SeeAsync(string machineId, long accountId, CancellationToken cancel) => await database.WriteAsync(
        connection => connection.ExecuteAsync(
            """
            INSERT INTO bridge_machines (id, account_id, seen_at) VALUES ($1, $2, $3)
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
            """,
            cancel, machineId, accountId, clock.GetUtcNow()),
        cancel);

    /// <summary>A machine is gone; and those that were lost without a word are forgotten.</summary>
    public async ValueTask LeaveAsync(string machineId, CancellationToken cancel) => await database.WriteAsync(
        connection => connection.ExecuteAsync(
            "DELETE FROM bridge_machines WHERE id = $1 OR seen_at < $2", cancel, machineId, clock.GetUtcNow() - Patience), cancel);

    /// <summary>A machine has opened an MCP server; false when nobody may use that any more.</summary>
    public ValueTask<bool> OpenedAsync(string machineId, string sessionId, string server, IReadOnlyList<BridgedTool> tools, CancellationToken cancel) =>
        TellAsync(machineId, sessionId, server, before => BridgedTool.Renew(before, tools), null, cancel);

    /// <summary>A machine can't use an MCP server; false when nobody may use that any more.</summary>
    public ValueTask<bool> FailedAsync(string machineId, string sessionId, string server, string problem, CancellationToken cancel) =>
        TellAsync(machineId, sessionId, server, before => before, problem, cancel);

    /// <summary>An MCP server is taken back, in a write of the caller's: nothing is kept of it.</summary>
    internal static async ValueTask ForgetAsync(Connection connection, string resourceId, CancellationToken cancel) =>
        await connection.ExecuteAsync("DELETE FROM bridge_servers WHERE resource_id = $1", cancel, resourceId);

    private ValueTask<bool> TellAsync(
        string machineId, string sessionId, string server, Func<IReadOnlyList<BridgedTool>, IReadOnlyList<BridgedTool>> change, string? problem, CancellationToken cancel) =>
        database.WriteAsync(
            async connection =>
            {
                (string Id, IReadOnlyList<BridgedTool> Tools)? known = await connection.FirstAsync<(string, IReadOnlyList<BridgedTool>)?>(
                    $"""
                    SELECT r.id, b.tools FROM context_resources r LEFT JOIN bridge_servers b ON b.resource_id = r.id
                    WHERE r.session_id = $1 AND r.name = $2 AND {Lent}
                    """,
                    row => (row.Text(0), BridgedTool.Read(row.TextOrNull(1) ?? "[]")), cancel, sessionId, server);
                return known is { } found && await connection.ExecuteAsync(
                    """
                    INSERT INTO bridge_servers (resource_id, machine_id, problem, tools) SELECT $1, id, $3, $4 FROM bridge_machines WHERE id = $2
                    ON CONFLICT (resource_id) DO UPDATE SET machine_id = excluded.machine_id, problem = excluded.problem, tools = excluded.tools
                    """,
                    cancel, found.Id, machineId, problem, BridgedTool.Write(change(found.Tools))) > 0;
            },
            cancel);
}
