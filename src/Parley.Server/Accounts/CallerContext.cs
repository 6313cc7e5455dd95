using Microsoft.Net.Http.Headers;
using Parley.Core.Sessions;
using Parley.Server.Hosting;

namespace Parley.Server.Accounts;

/// <summary>The caller of a request, resolved once before any route runs. Who can't be recognised is anonymous.</summary>
public static class CallerContext
{
    private const string Scheme = "Bearer ";

    private static readonly object Key = new();

    public static Caller Caller(this HttpContext http) => http.Items[Key] as Caller ?? Core.Sessions.Caller.Anonymous;

    /// <summary>The account of a caller on a route that needs one.</summary>
    public static long AccountId(this HttpContext http) =>
        http.Caller().AccountId ?? throw new InvalidOperationException("The route does not require a key.");

    /// <summary>The API key that the request presents, whether or not it is one; null for none.</summary>
    public static string? PresentedKey(this HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme + Secret.KeyPrefix, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    public static void UseCaller(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.PresentedKey() is { } key)
        {
            KeyStore keys = http.RequestServices.GetRequiredService<KeyStore>();
            http.Items[Key] = new Caller(await keys.FindAccountAsync(key, http.RequestAborted));
        }
        await next(http);
    });

    /// <summary>Answers 401 before anything is looked up or read, unless the caller has a key.</summary>
    public static TBuilder RequireKey<TBuilder>(this TBuilder routes) where TBuilder : IEndpointConventionBuilder => routes
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .AddEndpointFilter(async (context, next) =>
        {
            if (!context.HttpContext.Caller().IsAnonymous)
                return await next(context);
            context.HttpContext.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
            return Problems.Unauthorized();
        });
}
