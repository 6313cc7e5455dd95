using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;
using Parley.Server.Workspaces;

namespace Parley.Server.Pages.Room;

/// <summary>The page on which an owner is told what closing a workspace does, and does it.</summary>
public static class ClosePages
{
    public static void MapClosePages(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/c/{id}/close", ["GET", "HEAD"], AskAsync).For(Audience.Readers).LimitRequests().LimitMisses().ExcludeFromDescription();
        app.MapPost("/c/{id}/close", CloseAsync).For(Audience.Accounts).LimitRequests().LimitMisses().ExcludeFromDescription();
    }

    private static async Task AskAsync(string id, HttpContext http, SessionAccess access)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Share, http.RequestAborted) is not { Workspace: WorkspaceState.Open } session)
        {
            await PageResponse.NotFoundAsync(http);
            return;
        }
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync<ClosePage>(http, new() { ["Session"] = session });
    }

    private static async Task CloseAsync(string id, HttpContext http, Closing closing)
    {
        if ((await ClosingApi.CloseAsync(id, http, closing, http.RequestAborted)).Result is ProblemHttpResult { StatusCode: StatusCodes.Status404NotFound })
        {
            await PageResponse.NotFoundAsync(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = PageResponse.Address(http).OfSession(id);
    }
}
