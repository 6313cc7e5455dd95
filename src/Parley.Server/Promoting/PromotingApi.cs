using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sharing;

namespace Parley.Server.Promoting;

/// <summary>What the route by which everything is shared does where people are to join: every surface comes here.</summary>
internal static class PromotingApi
{
    public static IResult Share(string id, ShareRequest request, HttpContext http, Promotion promotion, PublicAddress address)
    {
        if (PromotionTerms.Of(request, out string? problem) is not { } terms)
            return Problems.BadRequest(problem!);
        bool wantsEvents = http.Request.Headers.Accept.ToString().Contains(PromotionEvents.MediaType, StringComparison.OrdinalIgnoreCase);
        return new PromotionEvents(told => PromoteAsync(id, terms, http, promotion, address, told, http.RequestAborted), wantsEvents);
    }

    /// <summary>Promotes as the caller of a request; what the API answers.</summary>
    public static async Task<Results<Ok<PromotionAnswer>, ProblemHttpResult>> PromoteAsync(
        string id, PromotionTerms terms, HttpContext http, Promotion promotion, PublicAddress address, Action<PromotionStep> told, CancellationToken cancel)
    {
        string url = address.Workspace(http.Request, id);
        try
        {
            return await promotion.RunAsync(id, http.Caller(), terms, url, told, cancel) is { } promoted
                ? TypedResults.Ok(PromotionAnswer.Of(id, promoted, url, secret => address.Invitation(http.Request, secret)))
                : Problems.NoSession();
        }
        catch (Exception e) when (Problems.Of(e) is { } refusal)
        {
            return refusal;
        }
    }
}
