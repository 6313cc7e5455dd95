using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Pages.Shares;

/// <summary>The forms of an owner's pages. Each asks the API for what it wants and goes back to the session's page, or shows there what was wrong.</summary>
public static class SharesForms
{
    public static void MapSharesForms(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder forms = app.MapGroup("/shares/{id}").For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
        forms.MapPost("/link", OpenLinkAsync);
        forms.MapPost("/tokens", MakeTokenAsync);
        forms.MapPost("/ways/{shareId}/expiry", MoveEndAsync);
        forms.MapPost("/ways/{shareId}/revoke", RevokeAsync);
        forms.MapPost("/title", RenameAsync);
        forms.MapPost("/expiry", MoveSessionEndAsync);
        forms.MapPost("/delete", DeleteAsync);
    }

    private static async Task OpenLinkAsync(string id, HttpContext http, SessionSharing sharing, PublicAddress address) =>
        await AnswerAsync(http, id, await SharesApi.ShareAsync(id, new ShareRequest(Link: true), http, sharing, address, http.RequestAborted));

    private static async Task MakeTokenAsync(string id, HttpContext http, SessionSharing sharing, PublicAddress address)
    {
        IFormCollection form = await http.FormAsync();
        var token = new TokenRequest { Name = form["name"], ExpiresIn = Seconds(form) };
        await AnswerAsync(http, id, await SharesApi.ShareAsync(id, new ShareRequest(Token: token), http, sharing, address, http.RequestAborted));
    }

    private static async Task MoveEndAsync(string id, string shareId, HttpContext http, SessionSharing sharing)
    {
        var edit = new ShareEdit(Seconds(await http.FormAsync()));
        await AnswerAsync(http, id, await SharesApi.EditAsync(id, shareId, edit, http, sharing, http.RequestAborted));
    }

    private static async Task RevokeAsync(string id, string shareId, HttpContext http, SessionSharing sharing) =>
        await AnswerAsync(http, id, await SharesApi.RevokeAsync(id, shareId, http, sharing, http.RequestAborted));

    private static async Task RenameAsync(string id, HttpContext http, SessionEditing editing, LiveFeeds feeds)
    {
        var edit = new SessionEdit((await http.FormAsync())["title"].ToString(), null);
        await AnswerAsync(http, id, await SessionsApi.EditAsync(id, edit, http, editing, feeds, http.RequestAborted));
    }

    private static async Task MoveSessionEndAsync(string id, HttpContext http, SessionEditing editing, LiveFeeds feeds)
    {
        // A session's never is 0, a token's null.
        var edit = new SessionEdit(null, Seconds(await http.FormAsync()) ?? 0);
        await AnswerAsync(http, id, await SessionsApi.EditAsync(id, edit, http, editing, feeds, http.RequestAborted));
    }

    private static async Task DeleteAsync(string id, HttpContext http, SessionAccess access, SessionStore store)
    {
        if ((await http.FormAsync())["sure"] != "yes")
            http.SeeOther($"{PageResponse.Address(http).OfShares(id)}/delete");
        else if ((await SessionsApi.DeleteAsync(id, http, access, store, http.RequestAborted)).Result is ProblemHttpResult)
            await PageResponse.NotFoundAsync(http);
        else
            http.SeeOther(PageResponse.Address(http).Shares);
    }

    private static async Task AnswerAsync(HttpContext http, string id, INestedHttpResult answer)
    {
        // What is gone already is as it was wanted to be: the page shows what is left, or that nothing is.
        if (answer.Result is not ProblemHttpResult { StatusCode: not StatusCodes.Status404NotFound } problem)
        {
            http.SeeOther(PageResponse.Address(http).OfShares(id));
            return;
        }
        http.Response.StatusCode = problem.StatusCode;
        await SharesPages.ShowAsync(http, id, problem.ProblemDetails.Detail);
    }

    // Nothing is never. What is no number is refused as one that can't be.
    private static long? Seconds(IFormCollection form) => form["expiresIn"].ToString() switch
    {
        "" => null,
        var text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds : -1,
    };
}
