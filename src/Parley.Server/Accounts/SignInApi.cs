using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Hosting;
using Parley.Server.Mail;

namespace Parley.Server.Accounts;

/// <summary>
/// The routes by which a browser is signed in and out: a key, a signed-in browser or an address makes a link, the link's page has a button, the
/// button sets a cookie.
/// </summary>
public static class SignInApi
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder api = app.MapGroup("/api").WithTags("Signing in").LimitRequests();
        api.MapPost("/sign-in", AskAsync).For(Audience.Anyone).WithSummary("Mails a link that signs in to the account of an address, if there is one")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
        api.MapPost("/sign-in-links", CreateAsync).For(Audience.Accounts).WithSummary("Makes a link that signs one browser in, once, within ten minutes");
        api.MapGet("/sign-ins", ListAsync).For(Audience.Accounts).WithSummary("The browsers in which the account is signed in");
        api.MapDelete("/sign-ins/{signInId:long}", RevokeAsync).For(Audience.Accounts).WithSummary("Signs a browser out");
    }

    /// <summary>The same answer whether or not an account has the address.</summary>
    internal static async Task<Results<Accepted, ProblemHttpResult>> AskAsync(
        SignInRequest? request, HttpContext http, MailedCodes codes, ServerOptions options, RequestLimits limits, CancellationToken cancel)
    {
        if (options.Mail is null)
            return Problems.Conflict("This server sends no mail: ask for a link where you are signed in, or at the machine that you share from (parley open).");
        if (EmailAddress.Normalize(request?.Email) is not { } email)
            return Problems.BadRequest("That is no address: {\"email\":\"ana@example.org\"}.");
        // Who asks for one address after the other is trying them, or fills other people's mailboxes.
        if (!limits.Misses(http))
            return Problems.TooMany("Too many links were asked for from here: wait a minute.");
        await codes.SendSignInAsync(email, Afterwards.Of(request!.To), cancel);
        return TypedResults.Accepted((string?)null);
    }

    internal static async Task<Results<Created<SignInLink>, ProblemHttpResult>> CreateAsync(
        HttpContext http, SignInStore signIns, PublicAddress address, CancellationToken cancel)
    {
        NewCode? code = http.SignInId() is { } signIn
            ? await signIns.CreateCodeAsync(signIn, cancel)
            : http.Request.PresentedKey() is { } key ? await signIns.CreateCodeAsync(key, cancel) : null;
        return code is null
            ? Problems.Unauthorized()
            : TypedResults.Created((string?)null, new SignInLink($"{address.Root(http.Request)}/sign-in/{code.Text}", code.ExpiresAt));
    }

    private static async Task<Ok<SignInList>> ListAsync(HttpContext http, SignInStore signIns, CancellationToken cancel) =>
        TypedResults.Ok(new SignInList(await signIns.ListAsync(http.AccountId(), cancel)));

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        long signInId, HttpContext http, SignInStore signIns, CancellationToken cancel) =>
        await signIns.RevokeAsync(http.AccountId(), signInId, cancel) ? TypedResults.NoContent() : Problems.NotFound("There is no such sign-in.");
}

/// <param name="Email">The address that the link is sent to.</param>
/// <param name="To">The path of this server that it leads on to; left out for the shares.</param>
public sealed record SignInRequest(string? Email, string? To = null);

/// <param name="Url">The link; whoever opens it first and presses its button is signed in.</param>
/// <param name="ExpiresAt">Until when it works.</param>
public sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);

public sealed record SignInList(IReadOnlyList<SignIn> SignIns);
