using System.Globalization;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Pages.Shares;

/// <summary>The pages on which an owner sees what they share. Whoever is not signed in is told how to sign in.</summary>
public static class SharesPages
{
    public static void MapSharesPages(this IEndpointRouteBuilder app)
    {
        string[] reading = ["GET", "HEAD"];
        RouteGroupBuilder pages = app.MapGroup("/shares").For(Audience.Anyone).LimitRequests().ExcludeFromDescription();
        pages.MapMethods("", reading, AllAsync);
        pages.MapMethods("/{id}", reading, OneAsync);
        pages.MapMethods("/{id}/audit", reading, AuditAsync);
        pages.MapMethods("/{id}/delete", reading, AskToDeleteAsync);
        pages.MapMethods("/{id}/ways/{shareId}", reading, PassOnAsync);
    }

    /// <summary>The page of one session.</summary>
    /// <param name="http">The request.</param>
    /// <param name="id">The session.</param>
    /// <param name="problem">What was wrong with what was asked on it; null for nothing.</param>
    internal static Task ShowAsync(HttpContext http, string id, string? problem = null) => ForOwnAsync(http, id, shared =>
        SendAsync<SharedSessionPage>(http, new() { ["Shared"] = shared, ["Now"] = Now(http), ["Problem"] = problem }));

    private static Task OneAsync(string id, HttpContext http) => ShowAsync(http, id);

    private static Task AllAsync(HttpContext http, SignInStore signIns, SessionStore sessions) => ForOwnerAsync(http, async shared =>
        await SendAsync<SharesPage>(http, new()
        {
            ["Sessions"] = shared,
            ["Joined"] = await sessions.ListJoinedAsync(http.AccountId(), Now(http), http.RequestAborted),
            ["SignIns"] = await signIns.ListAsync(http.AccountId(), http.RequestAborted),
            ["SignInId"] = http.SignInId(),
            ["Now"] = Now(http),
        }));

    private static Task AuditAsync(string id, HttpContext http, AuditTrail trail, AuditStore store) => ForOwnAsync(http, id, async shared =>
    {
        await trail.FlushAsync(http.RequestAborted);
        long before = long.TryParse(http.Request.Query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out long given) ? given : 0;
        // One more than is shown tells whether there is more.
        List<AuditEntry> events = await store.ListAsync(id, before, AuditPage.PageSize + 1, http.RequestAborted);
        await SendAsync<AuditPage>(http, new() { ["Shared"] = shared, ["Events"] = events, ["IsLater"] = before != 0 });
    });

    private static Task AskToDeleteAsync(string id, HttpContext http) => ForOwnAsync(http, id, shared =>
        SendAsync<DeletePage>(http, new() { ["Shared"] = shared }));

    private static Task PassOnAsync(string id, string shareId, HttpContext http) => ForOwnAsync(http, id, shared =>
        shared.Shares.FirstOrDefault(share => share.ShareId == shareId && share.Url is not null) is { } share
            ? SendAsync<SharePage>(http, new()
            {
                ["Link"] = ShareLink.Of(shared, share, Now(http)),
                ["Back"] = PageResponse.Address(http).OfShares(id),
            })
            : PageResponse.NotFoundAsync(http));

    private static Task ForOwnAsync(HttpContext http, string id, Func<SharedSession, Task> show) => ForOwnerAsync(http, shared =>
        shared.Find(s => s.Session.ShareId == id) is { } own ? show(own) : PageResponse.NotFoundAsync(http));

    private static async Task ForOwnerAsync(HttpContext http, Func<List<SharedSession>, Task> show)
    {
        if (http.Caller().AccountId is { } account)
        {
            await show(await http.RequestServices.GetRequiredService<SharesList>().OfAsync(account, http.Request, http.RequestAborted));
            return;
        }
        await SignInPages.AskAsync(http);
    }

    private static Task SendAsync<TPage>(HttpContext http, Dictionary<string, object?> parameters) where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        return PageResponse.SendAsync<TPage>(http, parameters);
    }

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
