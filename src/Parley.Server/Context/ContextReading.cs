using Parley.Server.Audit;
using Parley.Server.Data;

namespace Parley.Server.Context;

/// <summary>Lets people look into a context, and writes down which files they open that are not their own.</summary>
public sealed class ContextReading(Database database, ContextStore store, ContextFiles files, AuditStore audit, TimeProvider clock)
{
    /// <summary>A resource that is there as a whole; null when it is not, or not for them.</summary>
    public async ValueTask<ContextResource?> FindAsync(ContextVisit visit, string resourceId, CancellationToken cancel) =>
        await store.FindAsync(visit.Session.Id, resourceId, cancel) is { IsComplete: true } resource && visit.MaySee(resource) ? resource : null;

    /// <summary>The files of a resource, by path; null when it is not there or not for them.</summary>
    public ValueTask<List<PlacedFile>?> ListAsync(ContextVisit visit, string resourceId, CancellationToken cancel) =>
        files.ListAsync(visit.Session.Id, visit.Reader, resourceId, cancel);

    /// <summary>A file with its content; null when it is not there or not for them.</summary>
    public async ValueTask<OpenedFile?> OpenAsync(ContextVisit visit, string resourceId, string path, Actor actor, CancellationToken cancel)
    {
        if (await files.ReadAsync(visit.Session.Id, visit.Reader, resourceId, path, cancel) is not { } opened)
            return null;
        if (!visit.IsOwner)
        {
            var happened = new AuditEvent(visit.Session.Id, clock.GetUtcNow(), AuditAction.ContextOpened, actor, Detail: opened.File.Place);
            await database.WriteAsync(
                async connection =>
                {
                    await audit.AddAsync(connection, happened, cancel);
                    return true;
                },
                cancel);
        }
        return opened;
    }
}
