using Parley.Server.Hosting;
using Parley.Server.Pages;
using Parley.Server.Pages.Shares;

namespace Parley.Server.Accounts;

/// <summary>The page behind a sign-in link. Opening it uses nothing up, so that a link preview does not; pressing its button does.</summary>
public static class SignInPages
{
    public static void MapSignInPages(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder pages = app.MapGroup("").For(Audience.Anyone).LimitRequests().LimitMisses().ExcludeFromDescription();
        pages.MapMethods("/sign-in/{code}", ["GET", "HEAD"], ShowAsync);
        pages.MapPost("/sign-in/{code}", SignInAsync);
        pages.MapPost("/sign-out", SignOutAsync);
        app.MapPost("/sign-out/{signInId:long}", SignOtherOutAsync).For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
    }

    private static async Task ShowAsync(string code, HttpContext http, SignInStore signIns, PublicAddress address)
    {
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        long? account = await signIns.FindAccountAsync(code, http.RequestAborted);
        if (account is null)
            await SpentAsync(http);
        else if (account == http.Caller().AccountId)
            // Who is in already has nothing to press.
            SeeOther(http, address.Prefix(http.Request) + Afterwards(http.Request));
        else
            await PageResponse.SendAsync<SignInPage>(http);
    }

    // From this page alone: nobody is to be signed in as somebody else by a form on another site.
    private static async Task SignInAsync(string code, HttpContext http, SignInStore signIns, PublicAddress address)
    {
        if (!SameOrigin.Holds(http))
        {
            await Problems.CrossSite().ExecuteAsync(http);
        }
        else if (await signIns.SignInAsync(code, http.Request.Headers.UserAgent.ToString(), http.RequestAborted) is { } cookie)
        {
            SignInCookie.Set(http, cookie);
            SeeOther(http, address.Prefix(http.Request) + Afterwards(http.Request));
        }
        else
        {
            await SpentAsync(http);
        }
    }

    private static async Task SignOutAsync(HttpContext http, SignInStore signIns, PublicAddress address)
    {
        if (http.SignInId() is { } id)
            await signIns.RevokeAsync(http.AccountId(), id, http.RequestAborted);
        SignInCookie.Clear(http);
        SeeOther(http, address.Prefix(http.Request) + "/");
    }

    private static async Task SignOtherOutAsync(long signInId, HttpContext http, SignInStore signIns, PublicAddress address)
    {
        await signIns.RevokeAsync(http.AccountId(), signInId, http.RequestAborted);
        SeeOther(http, address.Prefix(http.Request) + "/shares");
    }

    private static Task SpentAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return PageResponse.SendAsync<SignedOutPage>(http, new() { ["IsSpent"] = true });
    }

    // A path of this server and nothing else: whoever adds to a link is not always who made it.
    private static string Afterwards(HttpRequest request) =>
        request.Query["to"].ToString() is ['/', not '/', ..] path && path.All(c => c is > ' ' and < (char)127 and not '\\') ? path : "/shares";

    private static void SeeOther(HttpContext http, string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = path;
    }
}
