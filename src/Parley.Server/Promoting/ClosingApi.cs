using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Pages;

namespace Parley.Server.Promoting;

/// <summary>The routes by which an owner ends a workspace: for programs, and as the form of a page.</summary>
public static class ClosingApi
{
    public static void MapClosing(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/sessions/{id}/close", CloseAsync).For(Audience.Accounts).WithTags("Sharing").LimitRequests().LimitMisses()
            .WithSummary("Ends a workspace: it stays readable, and its context is deleted")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapPost("/c/{id}/close", SubmitAsync).For(Audience.Accounts).LimitRequests().LimitMisses().ExcludeFromDescription();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> CloseAsync(string id, HttpContext http, Closing closing, CancellationToken cancel) =>
        await closing.CloseAsync(id, http.Caller(), cancel) switch
        {
            true => TypedResults.NoContent(),
            false => Problems.Conflict("The session is no workspace: there is nothing to close."),
            null => Problems.NoSession(),
        };

    // The session's page shows what has become of it.
    private static async Task SubmitAsync(string id, HttpContext http, Closing closing)
    {
        if (await closing.CloseAsync(id, http.Caller(), http.RequestAborted) is null)
            await PageResponse.NotFoundAsync(http);
        else
            http.SeeOther($"{PageResponse.Address(http).Prefix}/c/{id}");
    }
}
