using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Bridge;
using Parley.Server.Context;
using Parley.Server.Hosting;

namespace Parley.Server.Pages.Context;

/// <summary>
/// The pages of a session's context: what there is and who may use it, and the files for whoever may open them. Each form asks the API for what it wants
/// and goes back to the page, or shows there what was wrong.
/// </summary>
public static class ContextPages
{
    public static void MapContextPages(this IEndpointRouteBuilder app)
    {
        string[] reading = ["GET", "HEAD"];
        RouteGroupBuilder pages = app.MapGroup("/c/{id}").For(Audience.Members).LimitRequests().LimitMisses().ExcludeFromDescription();
        pages.MapMethods("/context", reading, (string id, HttpContext http) => ShowAsync(http, id));
        pages.MapMethods("/files/{resourceId}/{**path}", reading, FilesAsync);

        RouteGroupBuilder forms = app.MapGroup("/c/{id}/context").For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
        forms.MapPost("/{resourceId}/permission", PermitAsync);
        forms.MapPost("/{resourceId}/remove", RemoveAsync);
    }

    private static async Task ShowAsync(HttpContext http, string id, string? problem = null)
    {
        IServiceProvider services = http.RequestServices;
        if (await services.GetRequiredService<ContextDoor>().EnterAsync(id, http.Caller(), http.RequestAborted) is not { } visit)
        {
            await PageResponse.NotForStrangersAsync(http);
            return;
        }
        List<ContextResource> resources = await services.GetRequiredService<ContextStore>().ListAsync(id, http.RequestAborted);
        IReadOnlyList<LentState> lent = await services.GetRequiredService<BridgeStore>().StatesAsync(id, http.RequestAborted);
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync<ContextPage>(http, new() { ["Visit"] = visit, ["Resources"] = resources.FindAll(visit.MaySee), ["Lent"] = lent, ["Problem"] = problem });
    }

    // A path names a file, or a folder with what is in it.
    private static async Task FilesAsync(string id, string resourceId, string? path, HttpContext http, ContextDoor door, ContextReading reading)
    {
        CancellationToken cancel = http.RequestAborted;
        if (await door.EnterAsync(id, http.Caller(), cancel) is not { } visit
            || await reading.FindAsync(visit, resourceId, cancel) is not { } resource
            || await reading.ListAsync(visit, resourceId, cancel) is not { } files)
        {
            await PageResponse.NotForStrangersAsync(http);
            return;
        }
        var place = new FilePlace(visit.Session, resource, path?.Trim('/') ?? "");
        if (await reading.OpenAsync(visit, resourceId, place.Path, Actor.Of(http.Caller(), http), cancel) is { } opened)
            await PageResponse.SendAsync<FilePage>(http, new() { ["Place"] = place, ["File"] = opened });
        else if (Folder.Of(files, place.Path) is { } folder)
            await PageResponse.SendAsync<FolderPage>(http, new() { ["Place"] = place, ["Folder"] = folder });
        else
            await PageResponse.NotForStrangersAsync(http);
    }

    private static async Task PermitAsync(string id, string resourceId, HttpContext http, ContextDoor door, ContextStore store)
    {
        var request = new ContextPermit((await http.FormAsync())["permission"]);
        try
        {
            await AnswerAsync(http, id, await ContextApi.PermitAsync(id, resourceId, request, http, door, store, http.RequestAborted));
        }
        catch (ContextException e)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await ShowAsync(http, id, e.Message);
        }
    }

    private static async Task RemoveAsync(string id, string resourceId, HttpContext http, ContextDoor door, ContextStore store) =>
        await AnswerAsync(http, id, await ContextApi.RemoveAsync(id, resourceId, http, door, store, http.RequestAborted));

    private static async Task AnswerAsync(HttpContext http, string id, INestedHttpResult answer)
    {
        // What is gone already is as it was wanted to be: the page shows what is left, or that nothing is.
        if (answer.Result is ProblemHttpResult { StatusCode: not StatusCodes.Status404NotFound } problem)
        {
            http.Response.StatusCode = problem.StatusCode;
            await ShowAsync(http, id, problem.ProblemDetails.Detail);
            return;
        }
        http.SeeOther($"{PageResponse.Address(http).Prefix}/c/{id}/context");
    }
}
