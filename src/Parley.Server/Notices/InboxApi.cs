using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;

namespace Parley.Server.Notices;

/// <summary>The routes of the caller's inbox.</summary>
public static class InboxApi
{
    public static void MapInbox(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder inbox = app.MapGroup("/api/inbox").For(Audience.Accounts).WithTags("Inbox").LimitRequests();
        inbox.MapGet("", ListAsync).WithSummary("What the caller is told, the newest first");
        inbox.MapPost("/read", ReadAllAsync).WithSummary("Notes that everything was read");
        inbox.MapPost("/{noticeId:long}/read", ReadAsync).WithSummary("Notes that a notice was read").ProducesProblem(StatusCodes.Status404NotFound);
        inbox.MapGet("/events", WatchAsync).WithMetadata(new StreamedEndpoint()).Produces<string>(contentType: "text/event-stream")
            .WithSummary("How many notices are unread, as server-sent events").ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Ok<InboxView>> ListAsync(HttpContext http, Inbox inbox, PublicAddress address, CancellationToken cancel)
    {
        List<SeenNotice> notices = await inbox.ListAsync(http.AccountId(), cancel);
        string root = address.Root(http.Request);
        return TypedResults.Ok(new InboxView(notices.Count(n => !n.IsRead), [.. notices.Select(n => NoticeView.Of(n, root))]));
    }

    private static async Task<NoContent> ReadAllAsync(HttpContext http, Inbox inbox, CancellationToken cancel)
    {
        await inbox.ReadAllAsync(http.AccountId(), cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReadAsync(long noticeId, HttpContext http, Inbox inbox, CancellationToken cancel) =>
        await inbox.ReadAsync(http.AccountId(), noticeId, cancel) ? TypedResults.NoContent() : Problems.NotFound("There is no such notice.");

    private static Results<InboxStream, ProblemHttpResult> WatchAsync(HttpContext http, Inbox inbox, Wakes wakes, RequestLimits limits, TimeProvider clock)
    {
        System.Threading.RateLimiting.RateLimitLease place = limits.Connect(http);
        if (place.IsAcquired)
            return new InboxStream(http.AccountId(), inbox, wakes, place, clock);
        place.Dispose();
        return Problems.TooMany("Too many streams from this address: close some, or come again later.");
    }
}

public sealed record InboxView(int Unread, IReadOnlyList<NoticeView> Notices);

/// <param name="Id">By which it is marked as read.</param>
/// <param name="Kind">invited, joined, madeOwner, mentioned or suggested.</param>
/// <param name="SessionId">Where it was.</param>
/// <param name="Title">The session's title.</param>
/// <param name="Who">The name of whoever did it.</param>
/// <param name="Text">Some words of it.</param>
/// <param name="Url">Where it leads.</param>
/// <param name="At">When.</param>
/// <param name="Read">Whether it was read.</param>
public sealed record NoticeView(
    long Id,
    string Kind,
    string SessionId,
    string Title,
    string? Who,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    string Url,
    DateTimeOffset At,
    bool Read)
{
    internal static NoticeView Of(SeenNotice notice, string root) => new(
        notice.Id, notice.Kind, notice.SessionId, notice.Title, notice.Who, notice.Text, root + notice.Path, notice.At, notice.IsRead);
}
