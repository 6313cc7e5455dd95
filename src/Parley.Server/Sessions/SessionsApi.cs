using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Live;

namespace Parley.Server.Sessions;

/// <summary>The routes of sessions, but for their content (<see cref="ContentApi"/>) and their beginning (<see cref="Intake.UploadApi"/>).</summary>
public static class SessionsApi
{
    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder sessions = app.MapGroup("/api/sessions").WithTags("Sessions");
        sessions.MapGet("", ListAsync).For(Audience.Accounts).LimitRequests().WithSummary("The caller's sessions, and those that they are a member of, the newest first");

        RouteGroupBuilder one = sessions.MapGroup("/{id}").LimitRequests().LimitMisses().ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("", FindAsync).For(Audience.Readers).WithSummary("What is known of a session besides its entries");
        one.MapPatch("", EditAsync).For(Audience.Accounts)
            .WithSummary("Changes the title or the expiry, opens or closes the public link, or says whether the session goes on");
        one.MapDelete("", DeleteAsync).For(Audience.Accounts).WithSummary("Deletes the session with all that belongs to it");
    }

    private static async Task<Ok<SessionList>> ListAsync(
        HttpContext http, SessionStore store, LiveFeeds feeds, PublicAddress address, TimeProvider clock, CancellationToken cancel)
    {
        List<SessionRecord> sessions = await store.ListAsync(http.AccountId(), clock.GetUtcNow(), cancel);
        List<Membership> joined = await store.ListJoinedAsync(http.AccountId(), clock.GetUtcNow(), cancel);
        return TypedResults.Ok(new SessionList(
            [.. sessions.Select(s => SessionSummary.Of(s, feeds.Viewers(s.Id), address.Session(http.Request, s.Id)))],
            [.. joined.Select(j => new JoinedSession(
                SessionSummary.Of(j.Session, feeds.Viewers(j.Session.Id)), MemberRoles.Name(j.Role), j.OwnerName, address.Workspace(http.Request, j.Session.Id)))]));
    }

    private static async Task<Results<Ok<SessionSummary>, ProblemHttpResult>> FindAsync(
        string id, HttpContext http, SessionAccess access, LiveFeeds feeds, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Read, cancel) is { } session
            ? TypedResults.Ok(SessionSummary.Of(session, feeds.Viewers(id)))
            : Problems.NoSession();

    internal static async Task<Results<Ok<SessionSummary>, ProblemHttpResult>> EditAsync(
        string id, SessionEdit? edit, HttpContext http, SessionEditing editing, LiveFeeds feeds, CancellationToken cancel)
    {
        if (edit is null)
            return Problems.BadRequest("The body is JSON with what changes: {\"title\":\"…\",\"expiresIn\":3600}.");
        if (edit.Problem is { } problem)
            return Problems.BadRequest(problem);
        return await editing.EditAsync(id, edit, http.Caller(), Actor.Of(http.Caller(), http), cancel) is { } changed
            ? TypedResults.Ok(SessionSummary.Of(changed, feeds.Viewers(id)))
            : Problems.NoSession();
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id, HttpContext http, SessionAccess access, SessionStore store, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Delete, cancel) is not null && await store.DeleteAsync(id, CancellationToken.None)
            ? TypedResults.NoContent()
            : Problems.NoSession();
}
