using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>The route by which a session is watched: server-sent events (docs/live.md).</summary>
public static class EventsApi
{
    public static void MapEvents(this IEndpointRouteBuilder app) => app.MapGet("/api/sessions/{id}/events", WatchAsync)
        .For(Audience.Readers).WithTags("Live").LimitRequests().LimitMisses().WithMetadata(new StreamedEndpoint())
        .WithSummary("The session's entries and what happens to it, as server-sent events")
        .Produces<string>(contentType: "text/event-stream")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<EventStream, ProblemHttpResult>> WatchAsync(
        string id, HttpContext http, SessionAccess access, LiveFeeds feeds, AuditTrail trail, long after = 0, long revision = 0, string format = "json")
    {
        if (Form(format) is not { } form)
            return Problems.BadRequest("format is json or html.");
        if (after < 0 || revision < 0)
            return Problems.BadRequest("after and revision are not negative.");
        if (await access.FindAsync(id, http.Caller(), SessionAction.Read, http.RequestAborted) is not { } session)
            return Problems.NoSession();
        // Who comes with a place that is not there yet would wait for what it never missed.
        var from = new StreamPosition(Math.Min(LastEventId(http.Request) ?? after, session.LastSeq), revision);
        if (feeds.Open(id, http.Caller(), RequestLimits.Address(http), from, out StreamLimit full) is not { } reader)
            return Refuse(http, full);
        trail.Note(session, AuditAction.StreamOpened, Actor.Of(http.Caller(), http));
        return new EventStream(reader, form, trail, session.OwnerId);
    }

    private static EventForm? Form(string format) => format switch { "json" => EventForm.Json, "html" => EventForm.Html, _ => null };

    private static long? LastEventId(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long seq) ? seq : null;

    private static ProblemHttpResult Refuse(HttpContext http, StreamLimit full)
    {
        http.Response.Headers.RetryAfter = "30";
        return full == StreamLimit.Address
            ? Problems.TooMany("Too many streams from this address: close some, or come again later.")
            : TypedResults.Problem("Too many are watching this session: come again later.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
