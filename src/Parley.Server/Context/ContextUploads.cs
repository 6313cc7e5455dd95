using System.Security.Cryptography;
using Parley.Core.Context;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;

namespace Parley.Server.Context;

/// <summary>
/// Takes resources in. First comes the manifest, and the answer says which contents are missing; then come these, in any number of requests; with the
/// last of them the new snapshot replaces the old one as a whole. Nothing of a snapshot is used before that.
/// </summary>
public sealed class ContextUploads(Database database, ContextStore store, Wakes wakes, TimeProvider clock)
{
    /// <summary>A snapshot that has not come whole in this time is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private const int IdLength = 12;

    private static readonly string[] FileColumns = ["resource_id", "snapshot", "path", "sha256", "size", "is_chosen"];

    /// <summary>Begins to take a resource in, or a newer snapshot of one that is there, whose permission stays.</summary>
    /// <exception cref="ContextException">It makes no sense or is too much.</exception>
    public async ValueTask<ContextReceipt> BeginAsync(string sessionId, ContextRequest request, long ownerId, CancellationToken cancel)
    {
        var manifest = ContextManifest.Read(request);
        (ContextReceipt receipt, Completed completed) = await database.WriteAsync(
            async connection =>
            {
                await ContextStore.LockAsync(connection, sessionId, cancel);
                Arrival arrival = await BeginAsync(connection, sessionId, manifest, cancel);
                Dictionary<string, bool> there = await BlobsAsync(connection, sessionId, cancel);
                var refused = manifest.Refused.ToList();
                List<ManifestFile> files = [.. manifest.Files.Where(file => file.IsChosen || !there.GetValueOrDefault(file.Sha256) || Refuse(refused, file))];
                await connection.InsertAsync("context_files", FileColumns, Rows(arrival, files), cancel);
                await RequireRoomAsync(connection, sessionId, cancel);
                await store.NoteAsync(connection, sessionId, AuditAction.ContextAdded, ownerId, manifest.Name, cancel);
                List<string> missing = [.. files.Select(file => file.Sha256).Where(digest => !there.ContainsKey(digest)).Distinct()];
                return (new ContextReceipt(arrival.ResourceId, missing, [.. refused.Select(file => RefusedFile.Of(file))]), await CompleteAsync(connection, sessionId, cancel));
            },
            cancel);
        await TellAsync(sessionId, completed, cancel);
        return receipt;
    }

    /// <summary>Stores contents that a manifest waits for, and completes the resources that have all of theirs now.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="contents">Some of them: they are in memory.</param>
    /// <param name="cancel">The sender has gone; what was stored before remains.</param>
    /// <returns>The files that were refused, and left their manifests for it.</returns>
    /// <exception cref="ContextException">A content is none that is waited for.</exception>
    public async ValueTask<List<RefusedFile>> StoreAsync(string sessionId, IReadOnlyList<ReceivedContent> contents, CancellationToken cancel)
    {
        var refused = new List<RefusedFile>();
        Completed completed = await database.WriteAsync(
            async connection =>
            {
                refused.Clear();
                await ContextStore.LockAsync(connection, sessionId, cancel);
                foreach (ReceivedContent content in contents)
                    await StoreAsync(connection, sessionId, content, refused, cancel);
                return await CompleteAsync(connection, sessionId, cancel);
            },
            cancel);
        await TellAsync(sessionId, completed, cancel);
        return refused;
    }

    /// <summary>Forgets the snapshots that were begun long ago and never came whole; how many there were.</summary>
    public async ValueTask<int> ForgetAbandonedAsync(DateTimeOffset now, CancellationToken cancel)
    {
        List<(string Session, string Resource)> abandoned = await database.ReadAsync(
            connection => connection.ListAsync(
                "SELECT session_id, id FROM context_resources WHERE arriving IS NOT NULL AND began_at <= $1", row => (row.Text(0), row.Text(1)), cancel, now - Patience),
            cancel);
        foreach ((string session, string resource) in abandoned)
        {
            await database.WriteAsync(connection => ForgetAsync(connection, session, resource, now - Patience, cancel), cancel);
            wakes.Announce(session, Wake.Room);
        }
        if (abandoned.Count > 0)
            await database.ForgetDeletedAsync(cancel);
        return abandoned.Count;
    }

    private static async ValueTask<int> ForgetAsync(Connection connection, string sessionId, string resourceId, DateTimeOffset before, CancellationToken cancel)
    {
        await ContextStore.LockAsync(connection, sessionId, cancel);
        // Unless it goes on meanwhile.
        if (await connection.ExecuteAsync("UPDATE context_resources SET arriving = NULL WHERE id = $1 AND began_at <= $2", cancel, resourceId, before) == 0)
            return 0;
        await connection.ExecuteAsync("DELETE FROM context_resources WHERE id = $1 AND snapshot IS NULL", cancel, resourceId);
        await connection.ExecuteAsync(
            "DELETE FROM context_files WHERE resource_id = $1 AND snapshot <> (SELECT snapshot FROM context_resources WHERE id = $1)", cancel, resourceId);
        return await ContextStore.DropUnusedAsync(connection, sessionId, cancel);
    }

    private async ValueTask<Arrival> BeginAsync(Connection connection, string sessionId, ContextManifest manifest, CancellationToken cancel)
    {
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        Arrival arrival = await connection.FirstAsync(
            """
            INSERT INTO context_resources (id, session_id, kind, name, permission, is_locked, snapshot, arriving, began_at)
            VALUES ($1, $2, $3, $4, 'private', $5, NULL, 1, $6)
            ON CONFLICT (session_id, kind, name) DO UPDATE
                SET arriving = coalesce(context_resources.arriving, context_resources.snapshot, 0) + 1, began_at = excluded.began_at,
                    is_locked = excluded.is_locked, permission = CASE WHEN excluded.is_locked THEN 'private' ELSE context_resources.permission END
            RETURNING id, arriving
            """,
            row => new Arrival(row.Text(0), row.Number(1)), cancel,
            id, sessionId, ContextNames.Name(manifest.Kind), manifest.Name, manifest.IsLocked, clock.GetUtcNow())
            ?? throw new InvalidOperationException("The database did not say what it inserted.");
        // An older one that never came whole.
        await connection.ExecuteAsync(
            """
            DELETE FROM context_files WHERE resource_id = $1 AND snapshot <> coalesce((SELECT snapshot FROM context_resources WHERE id = $1), 0)
            """,
            cancel, arrival.ResourceId);
        return arrival;
    }

    private static async ValueTask StoreAsync(
        Connection connection, string sessionId, ReceivedContent content, List<RefusedFile> refused, CancellationToken cancel)
    {
        List<WaitingFile> waiting = await connection.ListAsync(
            """
            SELECT r.id, r.name, f.snapshot, f.path, f.size, f.is_chosen FROM context_files f JOIN context_resources r ON r.id = f.resource_id
            WHERE f.sha256 = $2 AND r.session_id = $1
            """,
            row => new WaitingFile(row.Text(0), row.Text(1), row.Number(2), row.Text(3), row.Number(4), row.Flag(5)), cancel, sessionId, content.Sha256);
        if (waiting.Count == 0)
            throw new ContextException($"No file of the session's context has the content {content.Sha256}: send its manifest first.");
        if (waiting.Any(file => file.Size != content.Bytes.Length))
            throw new ContextException($"\"{waiting[0].Path}\" has {content.Bytes.Length} bytes, and its manifest says {waiting[0].Size}.");
        bool isTaken = false;
        foreach (WaitingFile file in waiting)
        {
            if (content.Objection is null || content.Objection == LeftOutReason.Secrets && file.IsChosen)
            {
                isTaken = true;
                continue;
            }
            await connection.ExecuteAsync(
                "DELETE FROM context_files WHERE resource_id = $1 AND snapshot = $2 AND path = $3", cancel, file.ResourceId, file.Snapshot, file.Path);
            refused.Add(RefusedFile.Of(new LeftOut(file.Path, content.Objection.Value), file.Resource));
        }
        if (isTaken)
        {
            await connection.ExecuteAsync(
                "INSERT INTO context_blobs (session_id, sha256, has_secrets, bytes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                cancel, sessionId, content.Sha256, content.Objection is not null, content.Bytes);
        }
    }

    /// <summary>Puts the snapshots that have all of their contents in the place of older ones.</summary>
    private static async ValueTask<Completed> CompleteAsync(Connection connection, string sessionId, CancellationToken cancel)
    {
        List<Arrival> whole = await connection.ListAsync(
            """
            SELECT r.id, r.arriving FROM context_resources r
            WHERE r.session_id = $1 AND r.arriving IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM context_files f WHERE f.resource_id = r.id AND f.snapshot = r.arriving
                    AND NOT EXISTS (SELECT 1 FROM context_blobs b WHERE b.session_id = $1 AND b.sha256 = f.sha256))
            """,
            row => new Arrival(row.Text(0), row.Number(1)), cancel, sessionId);
        foreach (Arrival arrival in whole)
        {
            await connection.ExecuteAsync("UPDATE context_resources SET snapshot = arriving, arriving = NULL WHERE id = $1", cancel, arrival.ResourceId);
            await connection.ExecuteAsync("DELETE FROM context_files WHERE resource_id = $1 AND snapshot <> $2", cancel, arrival.ResourceId, arrival.Snapshot);
        }
        return new Completed(whole.Count, whole.Count == 0 ? 0 : await ContextStore.DropUnusedAsync(connection, sessionId, cancel));
    }

    private static async ValueTask RequireRoomAsync(Connection connection, string sessionId, CancellationToken cancel)
    {
        long resources = await connection.FirstAsync(
            "SELECT count(*) FROM context_resources WHERE session_id = $1", row => row.Number(0), cancel, sessionId);
        if (resources > ContextLimits.Resources)
            throw new ContextException($"A session's context has at most {ContextLimits.Resources} resources: remove one first.");
        long bytes = await connection.FirstAsync(
            """
            SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM (
                SELECT DISTINCT f.sha256, f.size FROM context_files f JOIN context_resources r ON r.id = f.resource_id WHERE r.session_id = $1) AS contents
            """,
            row => row.Number(0), cancel, sessionId);
        if (bytes > ContextLimits.SessionBytes)
            throw new ContextException($"A session's context has at most {ContextLimits.SessionBytes / 1024 / 1024} MiB: share a smaller folder, or remove another one first.");
    }

    /// <summary>The contents that are there, and whether they hold secrets.</summary>
    private static async ValueTask<Dictionary<string, bool>> BlobsAsync(Connection connection, string sessionId, CancellationToken cancel) => (await connection.ListAsync(
        "SELECT sha256, has_secrets FROM context_blobs WHERE session_id = $1", row => KeyValuePair.Create(row.Text(0), row.Flag(1)), cancel, sessionId)).ToDictionary();

    private static bool Refuse(List<LeftOut> refused, ManifestFile file)
    {
        refused.Add(new LeftOut(file.Path, LeftOutReason.Secrets));
        return false;
    }

    private static async IAsyncEnumerable<object?[]> Rows(Arrival arrival, IEnumerable<ManifestFile> files)
    {
        await ValueTask.CompletedTask;
        foreach (ManifestFile file in files)
            yield return [arrival.ResourceId, arrival.Snapshot, file.Path, file.Sha256, file.Size, file.IsChosen];
    }

    private async ValueTask TellAsync(string sessionId, Completed completed, CancellationToken cancel)
    {
        if (completed.Resources > 0)
            wakes.Announce(sessionId, Wake.Room);
        if (completed.Dropped > 0)
            await database.ForgetDeletedAsync(cancel);
    }

    /// <param name="Resources">How many resources are there as a whole now.</param>
    /// <param name="Dropped">How many contents nobody needs any more.</param>
    private readonly record struct Completed(int Resources, int Dropped);

    private sealed record Arrival(string ResourceId, long Snapshot);

    private sealed record WaitingFile(string ResourceId, string Resource, long Snapshot, string Path, long Size, bool IsChosen);
}

/// <summary>A content that has arrived and was looked at.</summary>
/// <param name="Sha256">The digest of these very bytes.</param>
/// <param name="Bytes">The content.</param>
/// <param name="Objection">What speaks against it; null for nothing.</param>
public sealed record ReceivedContent(string Sha256, byte[] Bytes, LeftOutReason? Objection)
{
    internal static ReceivedContent Of(byte[] bytes, FileContent judge) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes, judge.Objection(bytes));
}
