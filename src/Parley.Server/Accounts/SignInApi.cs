using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Hosting;

namespace Parley.Server.Accounts;

/// <summary>The routes by which a browser is signed in and out: a key makes a link, the link's page has a button, the button sets a cookie.</summary>
public static class SignInApi
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder api = app.MapGroup("/api").WithTags("Signing in").LimitRequests();
        api.MapPost("/sign-in-links", CreateAsync).For(Audience.Keys).WithSummary("Makes a link that signs one browser in, once, within ten minutes");
        api.MapGet("/sign-ins", ListAsync).For(Audience.Accounts).WithSummary("The browsers in which the account is signed in");
        api.MapDelete("/sign-ins/{signInId:long}", RevokeAsync).For(Audience.Accounts).WithSummary("Signs a browser out");
    }

    private static async Task<Results<Created<SignInLink>, ProblemHttpResult>> CreateAsync(
        HttpContext http, SignInStore signIns, PublicAddress address, CancellationToken cancel) =>
        http.Request.PresentedKey() is { } key && await signIns.CreateCodeAsync(key, cancel) is { } code
            ? TypedResults.Created((string?)null, new SignInLink($"{address.Root(http.Request)}/sign-in/{code.Text}", code.ExpiresAt))
            : Problems.Unauthorized();

    private static async Task<Ok<SignInList>> ListAsync(HttpContext http, SignInStore signIns, CancellationToken cancel) =>
        TypedResults.Ok(new SignInList(await signIns.ListAsync(http.AccountId(), cancel)));

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        long signInId, HttpContext http, SignInStore signIns, CancellationToken cancel) =>
        await signIns.RevokeAsync(http.AccountId(), signInId, cancel) ? TypedResults.NoContent() : Problems.NotFound("There is no such sign-in.");
}

/// <param name="Url">The link; whoever opens it first and presses its button is signed in.</param>
/// <param name="ExpiresAt">Until when it works.</param>
public sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);

public sealed record SignInList(IReadOnlyList<SignIn> SignIns);
