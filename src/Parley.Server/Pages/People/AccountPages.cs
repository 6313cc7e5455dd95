using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Pages.Shares;

namespace Parley.Server.Pages.People;

/// <summary>The page of the caller's account and its forms.</summary>
public static class AccountPages
{
    public static void MapAccountPages(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/account", ["GET", "HEAD"], http => ShowAsync(http)).For(Audience.Anyone).LimitRequests().ExcludeFromDescription();
        RouteGroupBuilder forms = app.MapGroup("/account").For(Audience.Accounts).LimitRequests().ExcludeFromDescription();
        forms.MapPost("/name", async (HttpContext http) => await EditAsync(http, new AccountEdit(Name: (await http.FormAsync())["name"].ToString()), ""));
        forms.MapPost("/email", async (HttpContext http) => await EditAsync(http, new AccountEdit(Email: (await http.FormAsync())["email"].ToString()), "?asked"));
        forms.MapPost("/mail", async (HttpContext http) => await EditAsync(http, new AccountEdit(WantsMail: (await http.FormAsync())["wanted"] == "yes"), "#mail"));
        forms.MapPost("/device", LinkAsync);
        forms.MapPost("/keys", MakeKeyAsync);
        forms.MapPost("/keys/{keyId:long}/revoke", RevokeKeyAsync);
    }

    private static async Task ShowAsync(HttpContext http, string? problem = null, string? newKey = null)
    {
        if (http.Caller().AccountId is not { } account)
        {
            await SignInPages.AskAsync(http);
            return;
        }
        IServiceProvider services = http.RequestServices;
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync<AccountPage>(http, new()
        {
            ["Account"] = await services.GetRequiredService<AccountStore>().GetAsync(account, http.RequestAborted),
            ["SignIns"] = await services.GetRequiredService<SignInStore>().ListAsync(account, http.RequestAborted),
            ["Keys"] = await services.GetRequiredService<KeyStore>().ListAsync(account, http.RequestAborted),
            ["Now"] = services.GetRequiredService<TimeProvider>().GetUtcNow(),
            ["SignInId"] = http.SignInId(),
            ["HasMail"] = services.GetRequiredService<ServerOptions>().Mail is not null,
            ["IsAsked"] = http.Request.Query.ContainsKey("asked"),
            ["NewKey"] = newKey,
            ["Problem"] = problem,
        });
    }

    private static async Task EditAsync(HttpContext http, AccountEdit edit, string afterwards)
    {
        IServiceProvider services = http.RequestServices;
        Results<Ok<Account>, ProblemHttpResult> answer = await AccountApi.EditAsync(
            edit, http, services.GetRequiredService<AccountStore>(), services.GetRequiredService<MailedCodes>(), services.GetRequiredService<ServerOptions>(),
            services.GetRequiredService<RequestLimits>(), http.RequestAborted);
        if (answer.Result is ProblemHttpResult problem)
            await RefuseAsync(http, problem);
        else
            http.SeeOther($"{PageResponse.Address(http).Prefix}/account{afterwards}");
    }

    private static async Task LinkAsync(HttpContext http, SignInStore signIns, PublicAddress address)
    {
        if ((await SignInApi.CreateAsync(http, signIns, address, http.RequestAborted)).Result is not Created<SignInLink> { Value: { } made })
        {
            await SignInPages.AskAsync(http);
            return;
        }
        var link = new ShareLink("Sign in", made.Url, "Sign in on another device", $"It works once, within {SignInStore.CodeLifetime.TotalMinutes} minutes, and lets whoever opens it do all that you may: it is for you alone.");
        await PageResponse.SendAsync<SharePage>(http, new() { ["Link"] = link, ["Back"] = $"{PageResponse.Address(http).Prefix}/account" });
    }

    // The answer is the only place where the key stands, so there is no page to go on to.
    private static async Task MakeKeyAsync(HttpContext http, KeyStore keys)
    {
        var request = new KeyRequest((await http.FormAsync())["name"]);
        switch ((await KeysApi.CreateAsync(request, http, keys, http.RequestAborted)).Result)
        {
            case Created<CreatedKey> { Value: { } made }:
                await ShowAsync(http, newKey: made.Key);
                break;
            case ProblemHttpResult problem:
                await RefuseAsync(http, problem);
                break;
        }
    }

    private static async Task RevokeKeyAsync(long keyId, HttpContext http, KeyStore keys)
    {
        await keys.RevokeAsync(http.AccountId(), keyId, http.RequestAborted);
        http.SeeOther($"{PageResponse.Address(http).Prefix}/account");
    }

    private static Task RefuseAsync(HttpContext http, ProblemHttpResult problem)
    {
        http.Response.StatusCode = problem.StatusCode;
        return ShowAsync(http, problem.ProblemDetails.Detail);
    }
}
