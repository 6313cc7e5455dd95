using Parley.Core.Context;
using Parley.Server.Audit;
using Parley.Server.Bridge;
using Parley.Server.Data;
using Parley.Server.Live;

namespace Parley.Server.Context;

/// <summary>
/// The resources of sessions' contexts and who may use them. It does not ask who wants that: see <see cref="ContextApi"/>. What is taken away is
/// gone for a turn that runs, too: every read looks at the resource's row.
/// </summary>
public sealed class ContextStore(Database database, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    private const string Columns =
        """
        r.id, r.kind, r.name, r.permission, r.is_locked, r.snapshot,
            (SELECT count(*) FROM context_files f WHERE f.resource_id = r.id AND f.snapshot = r.snapshot),
            (SELECT CAST(coalesce(sum(f.size), 0) AS BIGINT) FROM context_files f WHERE f.resource_id = r.id AND f.snapshot = r.snapshot), r.began_at
        """;

    private const string ListSql = $"SELECT {Columns} FROM context_resources r WHERE r.session_id = $1";

    /// <summary>All of a session's resources: files first, then memory, then MCP servers, each by name.</summary>
    public async ValueTask<List<ContextResource>> ListAsync(string sessionId, CancellationToken cancel) =>
        await database.ReadAsync(connection => ListAsync(connection, sessionId, cancel), cancel);

    /// <summary>A resource of a session; null when it has none of that id.</summary>
    public ValueTask<ContextResource?> FindAsync(string sessionId, string resourceId, CancellationToken cancel) =>
        database.ReadAsync(connection => FindAsync(connection, sessionId, resourceId, cancel), cancel);

    /// <summary>Says who may use a resource.</summary>
    /// <returns>The resource as it is now; null when it is not there.</returns>
    /// <exception cref="ContextException">It can't be shared that way.</exception>
    public async ValueTask<ContextResource?> PermitAsync(
        string sessionId, string resourceId, ContextPermission permission, long ownerId, CancellationToken cancel)
    {
        ContextResource? changed = await database.WriteAsync(
            async connection => await FindAsync(connection, sessionId, resourceId, cancel) is { } resource
                ? await PermitAsync(connection, sessionId, resource, permission, ownerId, cancel)
                : null,
            cancel);
        if (changed is not null)
            wakes.Announce(sessionId, Wake.Access | Wake.Room);
        return changed;
    }

    /// <summary>
    /// Shares what is chosen and makes the rest private, in a write of the caller's, who wakes those who watch after it. Files may be opened by
    /// the members too, as they are told; memory and MCP servers are for the agent.
    /// </summary>
    /// <exception cref="ContextException">Something that is chosen is not there, or never to be shared: the message names it, and nothing has changed.</exception>
    public async ValueTask<PermittedContext> PermitAsync(Connection connection, string sessionId, ContextChoice choice, CancellationToken cancel)
    {
        await LockAsync(connection, sessionId, cancel);
        List<ContextResource> all = await ListAsync(connection, sessionId, cancel);
        Dictionary<ContextResource, ContextPermission> chosen = ContextChoosing.Choose(all, choice);
        long ownerId = await connection.FirstAsync("SELECT owner_id FROM sessions WHERE share_id = $1", row => row.Number(0), cancel, sessionId);
        foreach (ContextResource resource in all)
        {
            ContextPermission permission = chosen.GetValueOrDefault(resource, ContextPermission.Private);
            if (permission != resource.Permission)
                await PermitAsync(connection, sessionId, resource, permission, ownerId, cancel);
        }
        return PermittedContext.Of(chosen.Keys);
    }

    /// <summary>Takes a resource away with its files, and lets nothing of them remain; false when it is not there.</summary>
    public async ValueTask<bool> RemoveAsync(string sessionId, string resourceId, long ownerId, CancellationToken cancel)
    {
        bool removed = await database.WriteAsync(
            async connection =>
            {
                await LockAsync(connection, sessionId, cancel);
                if (await FindAsync(connection, sessionId, resourceId, cancel) is not { } resource)
                    return false;
                await connection.ExecuteAsync("DELETE FROM context_resources WHERE id = $1", cancel, resourceId);
                await DropUnusedAsync(connection, sessionId, cancel);
                await NoteAsync(connection, sessionId, AuditAction.ContextRemoved, ownerId, resource.Name, cancel);
                return true;
            },
            cancel);
        if (!removed)
            return false;
        wakes.Announce(sessionId, Wake.Access | Wake.Room);
        await database.ForgetDeletedAsync(cancel);
        return true;
    }

    /// <summary>
    /// Takes all of a session's context away, in a write of the caller's, who lets the database forget it after that
    /// (<see cref="Database.ForgetDeletedAsync"/>) and wakes those who watch.
    /// </summary>
    public static async ValueTask RemoveAllAsync(Connection connection, string sessionId, CancellationToken cancel)
    {
        await LockAsync(connection, sessionId, cancel);
        await connection.ExecuteAsync("DELETE FROM context_resources WHERE session_id = $1", cancel, sessionId);
        await connection.ExecuteAsync("DELETE FROM context_blobs WHERE session_id = $1", cancel, sessionId);
    }

    /// <summary>Lets writes to one session's context follow each other: what one finds there, no other takes away meanwhile.</summary>
    internal static async ValueTask LockAsync(Connection connection, string sessionId, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE sessions SET version = version WHERE share_id = $1", cancel, sessionId);

    /// <summary>Takes away the contents that no file of the session has any more; how many there were.</summary>
    internal static ValueTask<int> DropUnusedAsync(Connection connection, string sessionId, CancellationToken cancel) =>
        connection.ExecuteAsync(
            """
            DELETE FROM context_blobs WHERE session_id = $1 AND NOT EXISTS (
                SELECT 1 FROM context_files f JOIN context_resources r ON r.id = f.resource_id
                WHERE f.sha256 = context_blobs.sha256 AND r.session_id = $1)
            """,
            cancel, sessionId);

    internal static async ValueTask<List<ContextResource>> ListAsync(Connection connection, string sessionId, CancellationToken cancel)
    {
        List<ContextResource> all = await connection.ListAsync(ListSql, Map, cancel, sessionId);
        return [.. all.OrderBy(resource => resource.Kind).ThenBy(resource => resource.Name, StringComparer.Ordinal)];
    }

    internal static ValueTask<ContextResource?> FindAsync(Connection connection, string sessionId, string resourceId, CancellationToken cancel) =>
        connection.FirstAsync($"{ListSql} AND r.id = $2", Map, cancel, sessionId, resourceId);

    internal ValueTask NoteAsync(Connection connection, string sessionId, AuditAction action, long accountId, string detail, CancellationToken cancel) =>
        audit.AddAsync(connection, new AuditEvent(sessionId, clock.GetUtcNow(), action, Actor.Of(accountId), Detail: detail), cancel);

    private async ValueTask<ContextResource> PermitAsync(
        Connection connection, string sessionId, ContextResource resource, ContextPermission permission, long ownerId, CancellationToken cancel)
    {
        ContextChoosing.Require(resource, permission);
        await connection.ExecuteAsync("UPDATE context_resources SET permission = $2 WHERE id = $1", cancel, resource.Id, ContextNames.Name(permission));
        if (permission == ContextPermission.Private)
            await BridgeStore.ForgetAsync(connection, resource.Id, cancel);
        await NoteAsync(connection, sessionId, AuditAction.ContextPermitted, ownerId, $"{resource.Name}: {ContextNames.Name(permission)}", cancel);
        return resource with { Permission = permission };
    }

    private static ContextResource Map(Row row) => new(
        row.Text(0),
        ContextNames.ParseKind(row.Text(1)) ?? ContextKind.Files,
        row.Text(2),
        ContextNames.ParsePermission(row.Text(3)) ?? ContextPermission.Private,
        row.Flag(4),
        row.NumberOrNull(5),
        row.Number(6),
        row.Number(7),
        row.Time(8));
}

/// <summary>What a promotion shared of the context.</summary>
/// <param name="Files">The folders, with how many files each has.</param>
/// <param name="Memory">How many files the memory has; null when it is not shared.</param>
/// <param name="Mcps">The MCP servers.</param>
public sealed record PermittedContext(IReadOnlyDictionary<string, long> Files, long? Memory, IReadOnlyList<string> Mcps)
{
    /// <summary>How many files there are in all.</summary>
    public long FileCount => Files.Values.Sum() + (Memory ?? 0);

    internal static PermittedContext Of(IReadOnlyCollection<ContextResource> chosen) => new(
        chosen.Where(resource => resource.Kind == ContextKind.Files).ToDictionary(resource => resource.Name, resource => resource.Files),
        chosen.FirstOrDefault(resource => resource.Kind == ContextKind.Memory)?.Files,
        [.. chosen.Where(resource => resource.Kind == ContextKind.Mcp).Select(resource => resource.Name)]);
}
