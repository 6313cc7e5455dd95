using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Hosting;
using Parley.Server.Mail;

namespace Parley.Server.Accounts;

/// <summary>The routes by which somebody sees and changes what is known of themselves.</summary>
public static class AccountApi
{
    /// <summary>Characters of a name.</summary>
    public const int MaxName = MailTexts.MaxWords;

    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder account = app.MapGroup("/api/account").For(Audience.Accounts).WithTags("Accounts").LimitRequests();
        account.MapGet("", GetAsync).WithSummary("The caller's account");
        account.MapPatch("", EditAsync).WithSummary("Changes the name, or mails a link that makes another address the account's")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Ok<Account>> GetAsync(HttpContext http, AccountStore accounts, CancellationToken cancel) =>
        TypedResults.Ok(await accounts.GetAsync(http.AccountId(), cancel));

    internal static async Task<Results<Ok<Account>, ProblemHttpResult>> EditAsync(
        AccountEdit? edit, HttpContext http, AccountStore accounts, MailedCodes codes, ServerOptions options, RequestLimits limits, CancellationToken cancel)
    {
        if (edit is null or { Name: null, Email: null, WantsMail: null })
            return Problems.BadRequest("The body is JSON with what changes: {\"name\":\"Ana\"}, {\"email\":\"ana@example.org\"} or {\"wantsMail\":false}.");
        if (edit.Name is { } name && (name.Length > MaxName || MailTexts.Line(name) == ""))
            return Problems.BadRequest($"A name is one to {MaxName} characters.");
        if (edit.Email is not null && await AskForAddressAsync(edit.Email, http, codes, options, limits, cancel) is { } problem)
            return problem;
        if (edit.Name is not null)
            await accounts.RenameAsync(http.AccountId(), edit.Name, cancel);
        if (edit.WantsMail is { } wants)
            await accounts.WantMailAsync(http.AccountId(), wants, cancel);
        return TypedResults.Ok(await accounts.GetAsync(http.AccountId(), cancel));
    }

    private static async Task<ProblemHttpResult?> AskForAddressAsync(
        string text, HttpContext http, MailedCodes codes, ServerOptions options, RequestLimits limits, CancellationToken cancel)
    {
        if (options.Mail is null)
            return Problems.Conflict("This server sends no mail, and so can't see that an address is yours.");
        if (EmailAddress.Normalize(text) is not { } email)
            return Problems.BadRequest("That is no address: {\"email\":\"ana@example.org\"}.");
        if (!limits.Misses(http))
            return Problems.TooMany("Too many links were asked for from here: wait a minute.");
        await codes.SendNewAddressAsync(http.AccountId(), email, cancel);
        return null;
    }
}

/// <summary>A change of an account.</summary>
/// <param name="Name">What it is to be called; null for as it is.</param>
/// <param name="Email">The address that is to be its own once the link that is mailed there was opened; null for as it is.</param>
/// <param name="WantsMail">Whether they are to be mailed what they miss; null for as it is.</param>
public sealed record AccountEdit(string? Name = null, string? Email = null, bool? WantsMail = null);
