using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Room;

/// <summary>The routes of people who are in a session together (docs/room.md). What they ask of its agent is elsewhere.</summary>
public static class RoomApi
{
    public static void MapRoom(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").For(Audience.Accounts).WithTags("Room").LimitMisses()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/room", StateAsync).LimitRequests().WithSummary("What members see beside the entries: the people, what waits, the context");
        one.MapPost("/notes", SayAsync).LimitRequests().WithSummary("Says something to the people of a workspace; the same clientId again has no effect")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        one.MapPost("/typing", TypeAsync).LimitAppends().WithSummary("Shows the others that one types; it is not stored");
        one.MapPost("/seen", SeeAsync).LimitAppends().WithSummary("Notes how far one has read");
    }

    private static async Task<Results<Ok<RoomState>, ProblemHttpResult>> StateAsync(
        string id, HttpContext http, SessionAccess access, RoomStates rooms, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Meet, cancel) is not null && await rooms.ReadAsync(id, cancel) is { } room
            ? TypedResults.Ok(room)
            : Problems.NoSession();

    internal static async Task<Results<Ok<NoteReceipt>, ProblemHttpResult>> SayAsync(
        string id, NoteRequest? note, HttpContext http, SessionAccess access, Notes notes, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Talk, cancel) is not { } session)
            return Problems.NoSession();
        if (string.IsNullOrWhiteSpace(note?.Text) || note.ClientId is not { Length: > 0 and <= Notes.MaxClientId })
            return Problems.BadRequest($"The body is {{\"text\":\"…\",\"clientId\":\"…\"}}, the id at most {Notes.MaxClientId} characters.");
        if (note.Text.Length > Notes.MaxText)
            return TypedResults.Problem($"A note has at most {Notes.MaxText} characters.", statusCode: StatusCodes.Status413PayloadTooLarge);
        if (session.Workspace != WorkspaceState.Open)
            return NotOpen();
        return await notes.SayAsync(session, http.AccountId(), note.Text, note.ClientId, cancel) is { } seq ? TypedResults.Ok(new NoteReceipt(seq)) : NotOpen();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> TypeAsync(
        string id, TypingRequest? typed, HttpContext http, SessionAccess access, Typing typing, Driving driving, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Talk, cancel) is not { } session)
            return Problems.NoSession();
        if (session.Workspace != WorkspaceState.Open)
            return NotOpen();
        string draft = typed?.Draft ?? "";
        if (draft.Length > Typing.MaxDraft)
            draft = draft[^Typing.MaxDraft..];
        typing.Note(id, http.AccountId(), typed?.Typing == false ? null : draft == "" ? "" : await driving.RedactAsync(id, draft, cancel));
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SeeAsync(
        string id, SeenRequest? seen, HttpContext http, SessionAccess access, Visits visits, TimeProvider clock, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Meet, cancel) is not { } session)
            return Problems.NoSession();
        if (seen is not { Seq: >= 0 })
            return Problems.BadRequest("The body is {\"seq\":n}.");
        await visits.SeeAsync(id, http.AccountId(), Math.Min(seen.Seq, session.LastSeq), clock.GetUtcNow(), cancel);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NotOpen() => Problems.Conflict("This is no open workspace: nothing is said in it any more.");
}

/// <param name="Text">What is said.</param>
/// <param name="ClientId">What the author's browser calls it.</param>
public sealed record NoteRequest(string? Text, string? ClientId);

/// <param name="Seq">The note's place in the log.</param>
public sealed record NoteReceipt(long Seq);

/// <param name="Typing">False when one no longer types.</param>
/// <param name="Draft">What one lets the others see of it; nothing unless one wants that.</param>
public sealed record TypingRequest(bool? Typing, string? Draft);

/// <param name="Seq">The newest entry that was seen.</param>
public sealed record SeenRequest(long Seq);
