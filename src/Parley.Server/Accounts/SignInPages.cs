using Parley.Server.Hosting;
using Parley.Server.Pages;
using Parley.Server.Pages.People;
using Parley.Server.Pages.Shares;

namespace Parley.Server.Accounts;

/// <summary>The page on which somebody signs in, and those behind the links. Opening a link uses nothing up, so that a preview does not; pressing its button does.</summary>
public static class SignInPages
{
    public static void MapSignInPages(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder pages = app.MapGroup("").For(Audience.Anyone).LimitRequests().LimitMisses().ExcludeFromDescription();
        pages.MapMethods("/sign-in", ["GET", "HEAD"], http => ShowWaysAsync(http));
        pages.MapPost("/sign-in", SendLinkAsync);
        pages.MapMethods("/sign-in/{code}", ["GET", "HEAD"], ShowAsync);
        pages.MapPost("/sign-in/{code}", UseAsync);
        pages.MapPost("/sign-out", SignOutAsync);
        app.MapPost("/sign-out/{signInId:long}", SignOtherOutAsync).For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
    }

    /// <summary>Shows whoever asks for a page of accounts how to sign in, and brings them there afterwards.</summary>
    internal static Task AskAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return ShowWaysAsync(http, to: http.Request.Path + http.Request.QueryString.ToUriComponent());
    }

    /// <summary>Says on the page on which somebody signs in why that did not work.</summary>
    internal static Task ProblemAsync(HttpContext http, int status, string problem)
    {
        http.Response.StatusCode = status;
        return ShowWaysAsync(http, problem: problem);
    }

    private static Task ShowWaysAsync(HttpContext http, bool isSpent = false, string? to = null, string? problem = null)
    {
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        ServerOptions options = http.RequestServices.GetRequiredService<ServerOptions>();
        return PageResponse.SendAsync<SignedOutPage>(http, new()
        {
            ["IsSpent"] = isSpent,
            ["IsSent"] = http.Request.Query.ContainsKey("sent"),
            ["HasMail"] = options.Mail is not null,
            ["Provider"] = options.Oidc?.Name,
            ["To"] = Afterwards.Of(to ?? http.Request.Query["to"]),
            ["Problem"] = problem,
        });
    }

    private static async Task SendLinkAsync(HttpContext http, MailedCodes codes, ServerOptions options, RequestLimits limits, PublicAddress address)
    {
        if (!SameOrigin.Holds(http))
        {
            await Problems.CrossSite().ExecuteAsync(http);
            return;
        }
        IFormCollection form = await http.FormAsync();
        var request = new SignInRequest(form["email"], form["to"]);
        if ((await SignInApi.AskAsync(request, http, codes, options, limits, http.RequestAborted)).Result is Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult problem)
        {
            http.Response.StatusCode = problem.StatusCode;
            await ShowWaysAsync(http, to: request.To, problem: problem.ProblemDetails.Detail);
        }
        else
        {
            http.SeeOther(address.Prefix(http.Request) + "/sign-in?sent");
        }
    }

    private static async Task ShowAsync(string code, HttpContext http, SignInStore signIns, AccountStore accounts, PublicAddress address)
    {
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        KnownCode? known = await signIns.FindCodeAsync(code, http.RequestAborted);
        if (known is null)
            await SpentAsync(http);
        else if (known.NewEmail is { } email)
            await ShowConfirmingAsync(http, email, known.AccountId, accounts);
        else if (known.AccountId == http.Caller().AccountId)
            // Who is in already has nothing to press.
            http.SeeOther(address.Prefix(http.Request) + Next(http.Request));
        else
            await PageResponse.SendAsync<SignInPage>(http);
    }

    // Only where the account is signed in: whoever is sent another's confirmation can't give them the address by opening it.
    private static async Task ShowConfirmingAsync(HttpContext http, string email, long accountId, AccountStore accounts)
    {
        if (http.Caller().AccountId != accountId)
            await AskAsync(http);
        else
            await PageResponse.SendAsync<ConfirmPage>(http, new() { ["Email"] = email, ["Name"] = (await accounts.GetAsync(accountId, http.RequestAborted)).Name });
    }

    // From this page alone: nobody is to be signed in as somebody else by a form on another site.
    private static async Task UseAsync(string code, HttpContext http, SignInStore signIns, MailedCodes codes, PublicAddress address)
    {
        if (!SameOrigin.Holds(http))
        {
            await Problems.CrossSite().ExecuteAsync(http);
        }
        else if (await signIns.SignInAsync(code, http.Request.Headers.UserAgent.ToString(), http.RequestAborted) is { } cookie)
        {
            SignInCookie.Set(http, cookie);
            http.SeeOther(address.Prefix(http.Request) + Next(http.Request));
        }
        else if (http.Caller().AccountId is { } account && await codes.ConfirmAsync(code, account, http.RequestAborted))
        {
            http.SeeOther(address.Prefix(http.Request) + "/account");
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
        http.SeeOther(address.Prefix(http.Request) + "/");
    }

    private static async Task SignOtherOutAsync(long signInId, HttpContext http, SignInStore signIns, PublicAddress address)
    {
        await signIns.RevokeAsync(http.AccountId(), signInId, http.RequestAborted);
        http.SeeOther(address.Prefix(http.Request) + (Afterwards.Of((await http.FormAsync())["to"]) ?? "/shares"));
    }

    private static Task SpentAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return ShowWaysAsync(http, isSpent: true);
    }

    private static string Next(HttpRequest request) => Afterwards.Of(request.Query["to"]) ?? "/shares";
}
