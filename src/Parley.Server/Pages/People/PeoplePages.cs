using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Pages.Shares;
using Parley.Server.Permissions;
using Parley.Server.Sessions;
using Parley.Server.Workspaces;

namespace Parley.Server.Pages.People;

/// <summary>The page of a session's people and its forms, each of which asks the API for what it wants and goes back to the page, or shows there what was wrong.</summary>
public static class PeoplePages
{
    public static void MapPeoplePages(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder reading = app.MapGroup("/c/{id}/people").For(Audience.Anyone).LimitRequests().LimitMisses().ExcludeFromDescription();
        reading.MapMethods("", ["GET", "HEAD"], (string id, HttpContext http) => ShowAsync(http, id));
        reading.MapMethods("/invitations/{invitationId}", ["GET", "HEAD"], PassOnAsync);

        RouteGroupBuilder forms = app.MapGroup("/c/{id}/people").For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
        forms.MapPost("/invite", InviteAsync);
        forms.MapPost("/invitations/{invitationId}/withdraw", WithdrawAsync);
        forms.MapPost("/{accountId:long}/role", ChangeRoleAsync);
        forms.MapPost("/{accountId:long}/approver", ChangeApproverAsync);
        forms.MapPost("/{accountId:long}/remove", RemoveAsync);
        forms.MapPost("/{accountId:long}/owner", HandOnAsync);
    }

    private static async Task ShowAsync(HttpContext http, string id, string? problem = null)
    {
        Members members = http.RequestServices.GetRequiredService<Members>();
        if (http.Caller().AccountId is null)
        {
            await SignInPages.AskAsync(http);
            return;
        }
        if (await members.ListAsync(id, http.Caller(), http.RequestAborted) is not { } people)
        {
            await PageResponse.NotFoundAsync(http);
            return;
        }
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync<PeoplePage>(http, new()
        {
            ["People"] = people,
            ["Invitations"] = await members.InvitationsAsync(id, http.Caller(), http.RequestAborted) ?? [],
            ["Me"] = http.AccountId(),
            ["Now"] = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
            ["Problem"] = problem,
        });
    }

    // The link of an invitation is for the one who made it.
    private static async Task PassOnAsync(string id, string invitationId, HttpContext http, Members members, PublicAddress address)
    {
        if (http.Caller().AccountId is null)
        {
            await SignInPages.AskAsync(http);
            return;
        }
        List<Invitation> open = await members.InvitationsAsync(id, http.Caller(), http.RequestAborted) ?? [];
        if (open.Find(i => i.Id == invitationId) is not { IsMailed: false, Secret: { } secret } invitation || invitation.InviterId != http.Caller().AccountId)
        {
            await PageResponse.NotFoundAsync(http);
            return;
        }
        string whom = invitation.Email ?? "one person";
        var link = new ShareLink("An invitation", address.Invitation(http.Request, secret), $"Invite {whom}", $"Whoever opens it first joins as a {Roles.Title(invitation.Role).ToLowerInvariant()}: give it to {whom} alone.");
        await PageResponse.SendAsync<SharePage>(http, new() { ["Link"] = link, ["Back"] = PageResponse.Address(http).OfPeople(id) });
    }

    private static async Task InviteAsync(string id, HttpContext http, Members members, PublicAddress address)
    {
        IFormCollection form = await http.FormAsync();
        var request = new InviteRequest(form["kind"] == "link" ? null : form["email"].ToString(), form["role"]);
        try
        {
            await AnswerAsync(http, id, await MembersApi.InviteAsync(id, request, http, members, address, http.RequestAborted));
        }
        catch (InvitationException e)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await ShowAsync(http, id, e.Message);
        }
    }

    private static async Task WithdrawAsync(string id, string invitationId, HttpContext http, Members members) =>
        await AnswerAsync(http, id, await MembersApi.WithdrawAsync(id, invitationId, http, members, http.RequestAborted));

    private static async Task ChangeRoleAsync(string id, long accountId, HttpContext http, Members members) =>
        await AnswerAsync(http, id, await MembersApi.ChangeRoleAsync(id, accountId, new RoleEdit((await http.FormAsync())["role"]), http, members, http.RequestAborted));

    private static async Task ChangeApproverAsync(string id, long accountId, HttpContext http, SessionAccess access, Approvers approvers) => await AnswerAsync(
        http, id, await PermissionsApi.SetApproverAsync(id, accountId, (await http.FormAsync())["approves"] == "yes", http, access, approvers, http.RequestAborted));

    private static async Task RemoveAsync(string id, long accountId, HttpContext http, Members members)
    {
        Results<NoContent, ProblemHttpResult> answer = await MembersApi.RemoveAsync(id, accountId, http, members, http.RequestAborted);
        if (answer.Result is NoContent && accountId == http.AccountId())
            http.SeeOther(PageResponse.Address(http).Shares);
        else
            await AnswerAsync(http, id, answer);
    }

    private static async Task HandOnAsync(string id, long accountId, HttpContext http, Members members)
    {
        if ((await http.FormAsync())["sure"] != "yes")
            http.SeeOther(PageResponse.Address(http).OfPeople(id));
        else
            await AnswerAsync(http, id, await MembersApi.HandOnAsync(id, new OwnerEdit(accountId), http, members, http.RequestAborted));
    }

    private static async Task AnswerAsync(HttpContext http, string id, INestedHttpResult answer)
    {
        // What is gone already is as it was wanted to be: the page shows what is left, or that nothing is.
        if (answer.Result is not ProblemHttpResult { StatusCode: not StatusCodes.Status404NotFound } problem)
        {
            http.SeeOther(PageResponse.Address(http).OfPeople(id));
            return;
        }
        http.Response.StatusCode = problem.StatusCode;
        await ShowAsync(http, id, problem.ProblemDetails.Detail);
    }
}
