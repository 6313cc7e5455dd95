using System.Text;
using Parley.Core.Context;
using Parley.Server.Data;

namespace Parley.Server.Context;

/// <summary>
/// Reads the files of contexts. Each read names who reads, and looks in the same statement whether the resource is permitted to them: there is no
/// other way to a content than through the manifest of a resource of its session.
/// </summary>
public sealed class ContextFiles(Database database)
{
    // For $2: 'private' is the owner, who may all; 'agent' and 'members' are those.
    private const string Permitted =
        "r.session_id = $1 AND ($2 = 'private' OR r.permission = 'members' OR ($2 = 'agent' AND r.permission = 'agent'))";

    private const string FilesOf = "context_resources r JOIN context_files f ON f.resource_id = r.id AND f.snapshot = r.snapshot";

    /// <summary>All files that may be read, in the order of the places where they stand.</summary>
    public async ValueTask<List<PlacedFile>> ListAsync(string sessionId, ContextPermission reader, CancellationToken cancel)
    {
        List<PlacedFile> files = await database.ReadAsync(
            connection => connection.ListAsync(
                $"SELECT r.id, r.name, f.path, f.size, f.sha256 FROM {FilesOf} WHERE {Permitted}", Map, cancel, sessionId, ContextNames.Name(reader)),
            cancel);
        files.Sort((one, other) => string.CompareOrdinal(one.Place, other.Place));
        return files;
    }

    /// <summary>The files of one resource, by path; null when it may not be read.</summary>
    public async ValueTask<List<PlacedFile>?> ListAsync(string sessionId, ContextPermission reader, string resourceId, CancellationToken cancel) =>
        await database.ReadAsync(
            async connection =>
            {
                if (!await connection.FirstAsync(
                    $"SELECT 1 FROM context_resources r WHERE {Permitted} AND r.id = $3 AND r.snapshot IS NOT NULL", _ => true, cancel, sessionId, ContextNames.Name(reader), resourceId))
                    return null;
                List<PlacedFile> files = await connection.ListAsync(
                    $"SELECT r.id, r.name, f.path, f.size, f.sha256 FROM {FilesOf} WHERE {Permitted} AND r.id = $3", Map,
                    cancel, sessionId, ContextNames.Name(reader), resourceId);
                files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
                return files;
            },
            cancel);

    /// <summary>A file of a resource with its content; null when there is none, or it may not be read.</summary>
    public ValueTask<OpenedFile?> ReadAsync(string sessionId, ContextPermission reader, string resourceId, string path, CancellationToken cancel) => database.ReadAsync(
        connection => connection.FirstAsync(
            $"""
            SELECT r.id, r.name, f.path, f.size, f.sha256, b.bytes FROM {FilesOf} JOIN context_blobs b ON b.session_id = r.session_id AND b.sha256 = f.sha256
            WHERE {Permitted} AND r.id = $3 AND f.path = $4
            """,
            row => new OpenedFile(Map(row), row.Bytes(5)), cancel, sessionId, ContextNames.Name(reader), resourceId, path),
        cancel);

    /// <summary>Looks through the contents of files that may be read, until there is no more to look for.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="reader">Who reads.</param>
    /// <param name="isWanted">Which files; the others' contents are not read.</param>
    /// <param name="look">Takes a content; false when no more is wanted.</param>
    /// <param name="cancel">Ends it.</param>
    public async ValueTask LookAsync(
        string sessionId, ContextPermission reader, Func<PlacedFile, bool> isWanted, Func<PlacedFile, byte[], bool> look, CancellationToken cancel) =>
        await database.ReadAsync(
            connection => connection.ListWhileAsync(
                $"""
                SELECT r.id, r.name, f.path, f.size, f.sha256, b.bytes
                FROM {FilesOf} JOIN context_blobs b ON b.session_id = r.session_id AND b.sha256 = f.sha256 WHERE {Permitted} ORDER BY r.name, f.path
                """,
                row => Map(row) is var file && (!isWanted(file) || look(file, row.Bytes(5))), goesOn => goesOn, cancel, sessionId, ContextNames.Name(reader)),
            cancel);

    private static PlacedFile Map(Row row) => new(row.Text(0), row.Text(1), row.Text(2), row.Number(3), row.Text(4));
}

/// <summary>A file and where it stands among all files of a context.</summary>
/// <param name="ResourceId">The resource that it belongs to.</param>
/// <param name="Resource">What that is called.</param>
/// <param name="Path">Below it.</param>
/// <param name="Size">The bytes of its content.</param>
/// <param name="Sha256">The digest of its content.</param>
public sealed record PlacedFile(string ResourceId, string Resource, string Path, long Size, string Sha256)
{
    /// <summary>The path that people and the agent know it by.</summary>
    public string Place { get; } = ContextPath.Join(Resource, Path);
}

/// <summary>A file that somebody reads.</summary>
/// <param name="File">Which.</param>
/// <param name="Content">Text in UTF-8.</param>
public sealed record OpenedFile(PlacedFile File, byte[] Content)
{
    public string Text => Encoding.UTF8.GetString(Content);
}
