using Parley.Server.Audit;
using Parley.Server.Data;

namespace Parley.Server.Context;

/// <summary>Lets people look into a context, and writes down which files they open that are not their own.</summary>
public sealed class ContextReading(Database database, ContextFiles files, AuditStore audit, TimeProvider clock)
{
    /// <summary>The files of a resource, by path; null when it is not there or not for them.</summary>
    public ValueTask<List<PlacedFile>?> ListAsync(ContextVisit visit, string resourceId, CancellationToken cancel) =>
        files.ListAsync(visit.Session.Id, visit.Reader, resourceId, cancel);

    /// <summary>The content of a file; null when it is not there or not for them.</summary>
    public async ValueTask<byte[]?> OpenAsync(ContextVisit visit, string resourceId, string path, Actor actor, CancellationToken cancel)
    {
        if (await files.ReadAsync(visit.Session.Id, visit.Reader, resourceId, path, cancel) is not { } content)
            return null;
        if (!visit.IsOwner)
        {
            var opened = new AuditEvent(visit.Session.Id, clock.GetUtcNow(), AuditAction.ContextOpened, actor, Detail: path);
            await database.WriteAsync(
                async connection =>
                {
                    await audit.AddAsync(connection, opened, cancel);
                    return true;
                },
                cancel);
        }
        return content;
    }
}
