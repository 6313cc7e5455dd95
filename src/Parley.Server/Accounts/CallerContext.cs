using Parley.Core.Sessions;
using Parley.Server.Hosts;
using Parley.Server.Sharing;

namespace Parley.Server.Accounts;

/// <summary>
/// The caller of a request, resolved once before any route runs: by an API key, a share's or a machine's token in the Authorization header, else by the
/// cookie of a sign-in. Who can't be recognised is anonymous.
/// </summary>
public static class CallerContext
{
    private const string Scheme = "Bearer ";

    private static readonly object Key = new();

    public static Caller Caller(this HttpContext http) => (http.Items[Key] as Resolved)?.Caller ?? Core.Sessions.Caller.Anonymous;

    /// <summary>The account of a caller on a route that is for accounts.</summary>
    public static long AccountId(this HttpContext http) =>
        http.Caller().AccountId ?? throw new InvalidOperationException("The route is not for accounts alone.");

    /// <summary>The sign-in whose cookie alone says who is asking; null for other callers.</summary>
    public static long? SignInId(this HttpContext http) => (http.Items[Key] as Resolved)?.SignIn?.Id;

    /// <summary>The machine that asks, where it is one that answers in a workspace; null for other callers.</summary>
    public static HostRecord? PresentedHost(this HttpContext http) => (http.Items[Key] as Resolved)?.Host;

    /// <summary>The API key that the request presents, whether or not it is one; null for none.</summary>
    public static string? PresentedKey(this HttpRequest request) => Presented(request, Secret.KeyPrefix);

    /// <summary>The token that the request presents, whether or not it is one; null for none.</summary>
    public static string? PresentedToken(this HttpRequest request) => Presented(request, Secret.TokenPrefix);

    public static void UseCaller(this IApplicationBuilder app) => app.Use((http, next) =>
        http.Request.Headers.Authorization.Count == 0 && http.Request.Headers.Cookie.Count == 0 ? next(http) : ResolveFirstAsync(http, next));

    /// <summary>Looks the caller up; again on connections that last, where what they presented may have been taken back.</summary>
    public static async ValueTask ResolveCallerAsync(this HttpContext http)
    {
        if (await ResolveAsync(http) is { } resolved)
            http.Items[Key] = resolved;
        else
            http.Items.Remove(Key);
    }

    private static async Task ResolveFirstAsync(HttpContext http, RequestDelegate next)
    {
        await http.ResolveCallerAsync();
        if (http.Items[Key] is Resolved { SignIn: { } signIn } && await http.RequestServices.GetRequiredService<SignInStore>().RenewAsync(signIn, http.RequestAborted))
            SignInCookie.Set(http, SignInCookie.Read(http)!);
        await next(http);
    }

    private static async ValueTask<Resolved?> ResolveAsync(HttpContext http)
    {
        CancellationToken cancel = http.RequestAborted;
        if (http.Request.PresentedKey() is { } key)
            return new(new Caller(await http.RequestServices.GetRequiredService<KeyStore>().FindAccountAsync(key, cancel)));
        if (http.Request.PresentedToken() is { } token)
            return new((await http.RequestServices.GetRequiredService<ShareStore>().FindAsync(token, cancel)).Caller);
        if (Presented(http.Request, Secret.HostPrefix) is { } host)
            return new(Core.Sessions.Caller.Anonymous, Host: await http.RequestServices.GetRequiredService<HostStore>().FindAsync(host, cancel));
        return SignInCookie.Read(http) is { } secret
            && await http.RequestServices.GetRequiredService<SignInStore>().FindAsync(secret, cancel) is { } signIn
            ? new(new Caller(signIn.AccountId), signIn)
            : null;
    }

    private static string? Presented(HttpRequest request, string prefix) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme + prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    private sealed record Resolved(Caller Caller, KnownSignIn? SignIn = null, HostRecord? Host = null);
}
