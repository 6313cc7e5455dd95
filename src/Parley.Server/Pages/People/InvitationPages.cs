using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Mail;
using Parley.Server.Workspaces;

namespace Parley.Server.Pages.People;

/// <summary>The page behind an invitation's link. Opening it uses nothing up, so that a preview does not; pressing its button does.</summary>
public static class InvitationPages
{
    public static void MapInvitationPages(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder pages = app.MapGroup("/i/{secret}").For(Audience.Anyone).LimitRequests().LimitMisses().ExcludeFromDescription();
        pages.MapMethods("", ["GET", "HEAD"], ShowAsync);
        pages.MapPost("", AcceptAsync);
    }

    private static async Task ShowAsync(string secret, HttpContext http, Joining joining)
    {
        if (await joining.FindAsync(secret, http.Caller().AccountId, http.RequestAborted) is not { } open)
            await PageResponse.NotFoundAsync(http);
        else if (open.IsThere || open.Invitation.AcceptedBy is not null)
            http.SeeOther(PageResponse.Address(http).OfWorkspace(open.Session.Id));
        else
            await SendAsync(http, open, null);
    }

    // From this page alone: nobody is to be signed in as somebody else by a form on another site.
    private static async Task AcceptAsync(string secret, HttpContext http, Joining joining)
    {
        if (!SameOrigin.Holds(http))
        {
            await Problems.CrossSite().ExecuteAsync(http);
            return;
        }
        CancellationToken cancel = http.RequestAborted;
        string name = (await http.FormAsync())["name"].ToString();
        if (await joining.FindAsync(secret, http.Caller().AccountId, cancel) is { Account: null, Invitation.AcceptedBy: null } open && (MailTexts.Line(name) == "" || name.Length > AccountApi.MaxName))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await SendAsync(http, open, "Say what the others shall call you.");
        }
        else if (await joining.AcceptAsync(secret, http.Caller().AccountId, name, http.Request.Headers.UserAgent.ToString(), cancel) is not { } joined)
        {
            await ShowAsync(secret, http, joining);
        }
        else
        {
            if (joined.Cookie is { } cookie)
                SignInCookie.Set(http, cookie);
            http.SeeOther(PageResponse.Address(http).OfWorkspace(joined.SessionId));
        }
    }

    private static Task SendAsync(HttpContext http, OpenInvitation open, string? problem)
    {
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        return PageResponse.SendAsync<InvitationPage>(http, new() { ["Open"] = open, ["Problem"] = problem });
    }
}
