using Parley.Server.Hosting;

namespace Parley.Server.Accounts;

/// <summary>The cookie of a sign-in: for no script, for this host alone, and over TLS alone where the server is reached by it.</summary>
public static class SignInCookie
{
    private const string Plain = "parley", Tls = "__Host-parley";

    public static string? Read(HttpContext http) => http.Request.Cookies[Name(http)];

    public static void Set(HttpContext http, string secret) => http.Response.Cookies.Append(Name(http), secret, Options(http, SignInStore.Lifetime));

    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(Name(http), Options(http, null));

    private static string Name(HttpContext http) => IsTls(http) ? Tls : Plain;

    // Path / even under a prefix: __Host- asks for it.
    private static CookieOptions Options(HttpContext http, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = IsTls(http),
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };

    private static bool IsTls(HttpContext http) =>
        http.RequestServices.GetRequiredService<PublicAddress>().Root(http.Request).StartsWith("https:", StringComparison.Ordinal);
}
