using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>The routes of whoever drives a session: appending entries, correcting them, and the text that is being written.</summary>
public static class DriverApi
{
    /// <summary>The most entries of one request.</summary>
    public const int MaxEntries = 200;

    /// <summary>The longest text of one delta, in UTF-16 code units.</summary>
    public const int MaxDelta = 16 * 1024;

    public static void MapDriver(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").For(Audience.Accounts).WithTags("Live").LimitAppends().LimitMisses()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        one.MapPost("/messages", AppendAsync).WithSummary($"Appends entries, at most {MaxEntries}; the same ones at the same place again have no effect")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        one.MapPut("/messages/{seq:long}", CorrectAsync).WithSummary("Gives an entry other content")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        one.MapPost("/deltas", SayAsync).WithSummary("Shows text of the answer that is being written; it is not stored")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<AppendReceipt>, ProblemHttpResult>> AppendAsync(
        string id, HttpContext http, SessionAccess access, Driving driving, Limits limits, PublicAddress address, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Append, cancel) is null)
            return Problems.NoSession();
        var request = AppendRequest.Read(await RequestBody.ReadAsync(http, limits.EntryBytes, cancel));
        if (request.Entries.Count > MaxEntries)
            return TypedResults.Problem($"At most {MaxEntries} entries are appended at once: send the rest after them.", statusCode: StatusCodes.Status413PayloadTooLarge);
        DriverAnswer answer = await driving.AppendAsync(id, request.ExpectedSeq, request.Entries, cancel);
        return answer.Outcome switch
        {
            DriverOutcome.Done => TypedResults.Ok(new AppendReceipt(answer.LastSeq, answer.Revision, answer.Redactions)),
            DriverOutcome.Conflict => TypedResults.Problem(
                $"The session's last entry is {answer.LastSeq}, and others stand at that place: correct those, or append after it.",
                statusCode: StatusCodes.Status409Conflict, extensions: [new("lastSeq", answer.LastSeq)]),
            DriverOutcome.Moved => Problems.Moved(address.Workspace(http.Request, id)),
            _ => Problems.NoSession(),
        };
    }

    private static async Task<Results<Ok<CorrectionReceipt>, ProblemHttpResult>> CorrectAsync(
        string id, long seq, HttpContext http, SessionAccess access, Driving driving, Limits limits, PublicAddress address, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Append, cancel) is null)
            return Problems.NoSession();
        DriverAnswer answer = await driving.CorrectAsync(id, seq, AppendRequest.ReadEntry(await RequestBody.ReadAsync(http, limits.EntryBytes, cancel)), cancel);
        return answer.Outcome switch
        {
            DriverOutcome.Done => TypedResults.Ok(new CorrectionReceipt(answer.Revision)),
            DriverOutcome.Moved => Problems.Moved(address.Workspace(http.Request, id)),
            _ => Problems.NoSession(),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SayAsync(
        string id, Delta? delta, HttpContext http, SessionAccess access, Driving driving, PublicAddress address, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Append, cancel) is not { } session)
            return Problems.NoSession();
        if (session.Workspace is not null)
            return Problems.Moved(address.Workspace(http.Request, id));
        if (delta?.Text is not { Length: <= MaxDelta } text)
            return Problems.BadRequest($"The body is {{\"text\":\"…\"}}, at most {MaxDelta} characters.");
        await driving.SayAsync(id, text, cancel);
        return TypedResults.NoContent();
    }
}

/// <param name="LastSeq">The seq of the last entry of the request.</param>
/// <param name="Revision">The session's revision: it has moved when the server corrected entries that were there.</param>
/// <param name="Redactions">How often the server itself had to take something out, by rule.</param>
public sealed record AppendReceipt(long LastSeq, long Revision, IReadOnlyDictionary<string, int> Redactions);

/// <param name="Revision">The session's revision, at which the entry has this content.</param>
public sealed record CorrectionReceipt(long Revision);

/// <param name="Text">What has been written since the last one.</param>
public sealed record Delta(string? Text);
