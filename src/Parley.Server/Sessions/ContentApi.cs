using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;

namespace Parley.Server.Sessions;

/// <summary>The routes of a session's entries: a page of them as JSON, and all of them as a bundle.</summary>
public static class ContentApi
{
    /// <summary>The most entries that one answer holds.</summary>
    public const int MaxPage = 200;

    private const int DefaultPage = 50;

    public static void MapContent(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").WithTags("Sessions").For(Audience.Readers).LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/messages", MessagesAsync).WithSummary($"Entries in their order, at most {MaxPage} at once").Produces<MessagesPage>();
        one.MapGet("/bundle", BundleAsync).WithSummary("The whole session in the format that an upload has")
            .Produces<Stream>(contentType: BundleWriter.MediaType);
    }

    private static async Task<Results<StreamedContent, ProblemHttpResult>> MessagesAsync(
        string id, HttpContext http, SessionAccess access, AuditTrail trail, SessionLog log, CancellationToken cancel, long offset = 0, long limit = DefaultPage)
    {
        if (offset < 0 || limit < 0)
            return Problems.BadRequest("offset and limit are not negative.");
        if (await access.FindAsync(id, http.Caller(), SessionAction.Read, cancel) is not { } session)
            return Problems.NoSession();
        trail.Note(session, AuditAction.ReadMessages, Actor.Of(http.Caller(), http));
        long count = Math.Min(limit, MaxPage);
        IAsyncEnumerable<StoredEntry> entries = log.ReadAsync(id, offset, count, cancel);
        return new StreamedContent("application/json", body => MessagesPage.WriteAsync(body, entries, offset, count, session.LastSeq, cancel));
    }

    private static async Task<Results<StreamedContent, ProblemHttpResult>> BundleAsync(
        string id, HttpContext http, SessionAccess access, AuditTrail trail, SessionLog log, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Read, cancel) is not { } session)
            return Problems.NoSession();
        trail.Note(session, AuditAction.ReadBundle, Actor.Of(http.Caller(), http));
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{session.Id}.jsonl\"";
        return new StreamedContent(BundleWriter.MediaType, body => WriteBundleAsync(body, session, log, cancel));
    }

    private static async Task WriteBundleAsync(PipeWriter body, SessionRecord session, SessionLog log, CancellationToken cancel)
    {
        var bundle = new BundleWriter(body);
        bundle.WriteHeader(session.Header);
        long written = 0;
        await foreach (StoredEntry stored in log.ReadAsync(session.Id, 0, session.LastSeq, cancel))
        {
            bundle.WriteEntry(stored.Entry, stored.Seq);
            written++;
            await StreamedContent.FlushIfLargeAsync(body, cancel);
        }
        // Without its end line the receiver knows that the bundle is cut off.
        if (written == session.LastSeq)
            bundle.WriteEnd();
    }
}
