using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>The route by which a session is watched: server-sent events (docs/live.md).</summary>
public static class EventsApi
{
    private const int FlushBytes = 32 * 1024;

    public static void MapEvents(this IEndpointRouteBuilder app) => app.MapGet("/api/sessions/{id}/events", WatchAsync)
        .For(Audience.Readers).WithTags("Live").LimitRequests().LimitMisses().WithMetadata(new StreamedEndpoint())
        .WithSummary("The session's entries and what happens to it, as server-sent events")
        .Produces<string>(contentType: "text/event-stream")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> WatchAsync(
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
        using LiveReader? reader = feeds.Open(id, http.Caller(), RequestLimits.Address(http), from, out StreamLimit full);
        if (reader is null)
            return Refuse(http, full);
        trail.Note(session, AuditAction.StreamOpened, Actor.Of(http.Caller(), http));
        await SendAsync(http, reader, form);
        trail.Note(session, AuditAction.StreamClosed, Actor.Of(http.Caller(), http));
        return TypedResults.Empty;
    }

    private static async Task SendAsync(HttpContext http, LiveReader reader, EventForm form)
    {
        // A reader that is slow is let go by the reader's own rule; a quiet stream is not slow.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        reader.LetGo = http.Abort;
        using CancellationTokenRegistration gone = http.RequestAborted.UnsafeRegister(static reader => ((LiveReader)reader!).Signal(), reader);
        PipeWriter body = http.Response.BodyWriter;
        await body.FlushAsync();
        while (await reader.WaitAsync(http.RequestAborted))
        {
            while (reader.TryRead(out SessionEvent? next))
            {
                body.Write(next!.Frame(form));
                if (body.UnflushedBytes < FlushBytes)
                    continue;
                await body.FlushAsync();
                reader.StillReading();
            }
            await body.FlushAsync();
        }
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
