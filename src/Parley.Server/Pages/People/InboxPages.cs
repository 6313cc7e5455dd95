using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Notices;

namespace Parley.Server.Pages.People;

/// <summary>The page of the caller's inbox. A notice is opened by a form, since that notes that it was read.</summary>
public static class InboxPages
{
    public static void MapInboxPages(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/inbox", ["GET", "HEAD"], ShowAsync).For(Audience.Anyone).LimitRequests().ExcludeFromDescription();
        RouteGroupBuilder forms = app.MapGroup("/inbox").For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
        forms.MapPost("/read", ReadAllAsync);
        forms.MapPost("/{noticeId:long}", OpenAsync);
    }

    private static async Task ShowAsync(HttpContext http, Inbox inbox)
    {
        if (http.Caller().AccountId is not { } account)
        {
            await SignInPages.AskAsync(http);
            return;
        }
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync<InboxPage>(http, new() { ["Notices"] = await inbox.ListAsync(account, http.RequestAborted) });
    }

    private static async Task ReadAllAsync(HttpContext http, Inbox inbox)
    {
        await inbox.ReadAllAsync(http.AccountId(), http.RequestAborted);
        http.SeeOther($"{PageResponse.Address(http).Prefix}/inbox");
    }

    private static async Task OpenAsync(long noticeId, HttpContext http, Inbox inbox)
    {
        SeenNotice? notice = (await inbox.ListAsync(http.AccountId(), http.RequestAborted)).Find(n => n.Id == noticeId);
        await inbox.ReadAsync(http.AccountId(), noticeId, http.RequestAborted);
        http.SeeOther(PageResponse.Address(http).Prefix + (notice?.Path ?? "/inbox"));
    }
}
