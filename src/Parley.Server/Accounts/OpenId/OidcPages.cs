using Parley.Server.Hosting;
using Parley.Server.Pages;

namespace Parley.Server.Accounts.OpenId;

/// <summary>Signing in by an OpenID provider: the authorization code flow with PKCE, state and nonce.</summary>
public static class OidcPages
{
    private const string Cookie = "parley-oidc", Callback = "/sign-in/oidc/callback";

    public static void AddOpenId(this IServiceCollection services, ServerOptions options)
    {
        if (options.Oidc is { } oidc)
            services.AddSingleton(oidc).AddSingleton<OidcProvider>().AddSingleton<OidcAccounts>();
    }

    public static void MapOpenId(this IEndpointRouteBuilder app, ServerOptions options)
    {
        if (options.Oidc is null)
            return;
        RouteGroupBuilder pages = app.MapGroup("").For(Audience.Anyone).LimitRequests().LimitMisses().ExcludeFromDescription();
        pages.MapGet("/sign-in/oidc", BeginAsync);
        pages.MapGet(Callback, ReturnAsync);
    }

    private static async Task BeginAsync(
        HttpContext http, OidcProvider provider, OidcOptions options, DataKey key, TimeProvider clock, PublicAddress address, ILogger<OidcProvider> log)
    {
        var attempt = OidcAttempt.Begin(Afterwards.Of(http.Request.Query["to"]), clock.GetUtcNow());
        try
        {
            string endpoint = await provider.AuthorizationEndpointAsync(http.RequestAborted);
            http.Response.Cookies.Append(Cookie, attempt.Seal(key), CookieOptions(http, address));
            http.SeeOther(endpoint + (endpoint.Contains('?') ? '&' : '?') + Query(attempt, options, address.Root(http.Request) + Callback));
        }
        catch (OidcException e)
        {
            await FailAsync(http, log, e);
        }
    }

    private static async Task ReturnAsync(
        HttpContext http, OidcProvider provider, OidcOptions options, OidcAccounts accounts, DataKey key, TimeProvider clock, PublicAddress address, ILogger<OidcProvider> log)
    {
        var attempt = OidcAttempt.Open(http.Request.Cookies[Cookie], key, clock.GetUtcNow());
        http.Response.Cookies.Delete(Cookie, CookieOptions(http, address));
        IQueryCollection query = http.Request.Query;
        if (attempt is null || !Secret.SameHash(Secret.Hash(query["state"].ToString()), Secret.Hash(attempt.State))
            // RFC 9207: where it says who answers, it is whom was asked.
            || (query["iss"] is [{ } issuer] && issuer != options.Issuer)
            || query["code"].ToString() is not { Length: > 0 } code)
        {
            await RefuseAsync(http);
            return;
        }
        try
        {
            if (await provider.RedeemAsync(code, attempt, address.Root(http.Request) + Callback, http.RequestAborted) is not { } identity)
            {
                await RefuseAsync(http);
                return;
            }
            SignInCookie.Set(http, await accounts.SignInAsync(identity, http.Request.Headers.UserAgent.ToString(), http.RequestAborted));
            http.SeeOther(address.Prefix(http.Request) + (attempt.To ?? "/shares"));
        }
        catch (OidcException e)
        {
            await FailAsync(http, log, e);
        }
    }

    private static string Query(OidcAttempt attempt, OidcOptions options, string redirect) => string.Join('&', new Dictionary<string, string>
    {
        ["response_type"] = "code",
        ["scope"] = "openid email profile",
        ["client_id"] = options.ClientId,
        ["redirect_uri"] = redirect,
        ["state"] = attempt.State,
        ["nonce"] = attempt.Nonce,
        ["code_challenge"] = attempt.Challenge,
        ["code_challenge_method"] = "S256",
    }.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));

    // Lax: it comes back by a link of the provider's.
    private static CookieOptions CookieOptions(HttpContext http, PublicAddress address) => new()
    {
        HttpOnly = true,
        Secure = address.Root(http.Request).StartsWith("https:", StringComparison.Ordinal),
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = OidcAttempt.Lifetime,
        IsEssential = true,
    };

    private static Task RefuseAsync(HttpContext http) => SignInPages.ProblemAsync(
        http, StatusCodes.Status400BadRequest, "That did not sign you in: it was refused, or it took too long. Try again.");

    private static Task FailAsync(HttpContext http, ILogger log, OidcException failure)
    {
        log.LogError("The OpenID provider can't be used: {Reason}", failure.Message);
        return SignInPages.ProblemAsync(http, StatusCodes.Status502BadGateway, "The provider that signs you in does not answer. Try again in a moment.");
    }
}
