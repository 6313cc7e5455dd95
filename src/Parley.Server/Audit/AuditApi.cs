using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Audit;

/// <summary>The route by which an owner sees who did what with a session.</summary>
public static class AuditApi
{
    /// <summary>The most events that one answer holds.</summary>
    public const int MaxPage = 200;

    private const int DefaultPage = 50;

    public static void MapAudit(this IEndpointRouteBuilder app) => app.MapGet("/api/sessions/{id}/audit", ListAsync)
        .For(Audience.Accounts).WithTags("Sharing").LimitRequests().LimitMisses().ProducesProblem(StatusCodes.Status404NotFound)
        .WithSummary($"Who did what with the session, the newest first, at most {MaxPage} at once; before is the id of an event");

    private static async Task<Results<Ok<AuditList>, ProblemHttpResult>> ListAsync(
        string id,
        HttpContext http,
        SessionAccess access,
        AuditTrail trail,
        AuditStore store,
        CancellationToken cancel,
        long before = 0,
        int limit = DefaultPage)
    {
        if (limit < 0)
            return Problems.BadRequest("limit is not negative.");
        if (await access.FindAsync(id, http.Caller(), SessionAction.Share, cancel) is null)
            return Problems.NoSession();
        await trail.FlushAsync(cancel);
        return TypedResults.Ok(new AuditList(await store.ListAsync(id, before, Math.Min(limit, MaxPage), cancel)));
    }
}

public sealed record AuditList(IReadOnlyList<AuditEntry> Events);
