using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;

namespace Parley.Server.Workspaces;

/// <summary>The route by which an owner closes a workspace.</summary>
public static class ClosingApi
{
    public static void MapClosing(this IEndpointRouteBuilder app) => app
        .MapPost("/api/sessions/{id}/close", CloseAsync).For(Audience.Accounts).LimitRequests().LimitMisses().WithTags("People")
        .WithSummary("Closes a workspace for good: it can still be read, and what was shared with its agent is deleted")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> CloseAsync(string id, HttpContext http, Closing closing, CancellationToken cancel) =>
        await closing.CloseAsync(id, http.Caller(), cancel) switch
        {
            ClosingOutcome.Closed => TypedResults.NoContent(),
            ClosingOutcome.NoWorkspace => Problems.Conflict("This session is no workspace: there is nothing to close. Deleting it takes it back."),
            _ => Problems.NoSession(),
        };
}
