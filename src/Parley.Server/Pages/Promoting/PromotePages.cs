using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Context;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Context;
using Parley.Server.Hosting;
using Parley.Server.Pages.Shares;
using Parley.Server.Promoting;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Pages.Promoting;

/// <summary>The page on which an owner says who is to join a session, and what its form does without script. It asks for the same as every other surface.</summary>
public static class PromotePages
{
    private const string Path = "/s/{id}/promote";

    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    public static void MapPromotePages(this IEndpointRouteBuilder app)
    {
        app.MapMethods(Path, ["GET", "HEAD"], AskAsync).For(Audience.Anyone).LimitRequests().LimitMisses().ExcludeFromDescription();
        app.MapPost(Path, PromoteAsync).For(Audience.Accounts).LimitRequests().LimitMisses().ExcludeFromDescription();
    }

    private static Task AskAsync(string id, HttpContext http)
    {
        if (http.Caller().AccountId is not null)
            return ShowAsync(id, http, recipients: null, problem: null);
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return PageResponse.SendAsync<SignedOutPage>(http);
    }

    private static async Task PromoteAsync(string id, HttpContext http, Promotion promotion, PublicAddress address)
    {
        IFormCollection form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        if (PromotionTerms.Of(RequestOf(form), out string? problem) is not { } terms)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await ShowAsync(id, http, form["recipients"], problem);
            return;
        }
        Results<Ok<PromotionAnswer>, ProblemHttpResult> answer = await PromotingApi.PromoteAsync(id, terms, http, promotion, address, _ => { }, http.RequestAborted);
        if (answer.Result is Ok<PromotionAnswer> { Value: { } done })
            await PageResponse.SendAsync<PromotedPage>(http, new() { ["Done"] = done });
        else if (answer.Result is ProblemHttpResult refusal)
        {
            http.Response.StatusCode = refusal.StatusCode;
            await ShowAsync(id, http, form["recipients"], refusal.ProblemDetails.Detail);
        }
    }

    private static async Task ShowAsync(string id, HttpContext http, string? recipients, string? problem)
    {
        IServiceProvider services = http.RequestServices;
        if (await services.GetRequiredService<SessionAccess>().FindAsync(id, http.Caller(), SessionAction.Share, http.RequestAborted) is not { } session)
        {
            await PageResponse.NotFoundAsync(http);
            return;
        }
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync<PromotePage>(http, new()
        {
            ["Session"] = session,
            ["Resources"] = await services.GetRequiredService<ContextStore>().ListAsync(id, http.RequestAborted),
            ["Recipients"] = recipients,
            ["Problem"] = problem,
        });
    }

    // Who only reads has no role to choose and no agent to give anything to: what the form says of these does not count then.
    private static ShareRequest RequestOf(IFormCollection form)
    {
        bool isView = form["mode"] == PromotionModes.Name(PromotionMode.View);
        return new ShareRequest(form["link"] == "yes")
        {
            Recipients = form["recipients"].ToString().Split(Separators, StringSplitOptions.RemoveEmptyEntries),
            Role = isView ? null : form["role"].ToString() is { Length: > 0 } role ? role : null,
            Mode = isView ? PromotionModes.Name(PromotionMode.View) : null,
            Context = isView || form["context"] != "yes" ? null : new ContextChoice
            {
                Files = [.. form["files"].OfType<string>()],
                Memory = form["memory"].Count > 0,
                Mcps = [.. form["mcps"].OfType<string>()],
            },
        };
    }
}
