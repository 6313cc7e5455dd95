using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Parley.Server.Hosting;
using Parley.Server.Turns;

namespace Parley.Server.Accounts;

/// <summary>
/// Whom a route is for. Every route says so, and one that does not answers nobody; what a caller may do with a session is decided after
/// that, by <see cref="Core.Sessions.Access"/> alone.
/// </summary>
public enum Audience
{
    /// <summary>Whoever asks: nothing behind it belongs to anybody.</summary>
    Anyone,

    /// <summary>Whoever may read the session that it names.</summary>
    Readers,

    /// <summary>Members of the session that it names. Whoever is none gets the page for what is not there, which says how to sign in.</summary>
    Members,

    /// <summary>Whoever has an API key or is signed in; tokens of shares open nothing here.</summary>
    Accounts,

    /// <summary>Whoever has an API key: being signed in is not enough.</summary>
    Keys,

    /// <summary>Whoever has the runners' token, or that of a machine that answers in one workspace: keys, sign-ins and shares open nothing here.</summary>
    Runners,
}

/// <summary>How routes say whom they are for, and how others are refused before anything is looked up or read.</summary>
public static class Audiences
{
    public static TBuilder For<TBuilder>(this TBuilder routes, Audience audience) where TBuilder : IEndpointConventionBuilder
    {
        routes.WithMetadata(new Decision(audience));
        return audience is Audience.Accounts or Audience.Keys or Audience.Runners ? routes.ProducesProblem(StatusCodes.Status401Unauthorized) : routes;
    }

    /// <summary>Whom the route is for; null when it does not say.</summary>
    public static Audience? AudienceOf(Endpoint route) => route.Metadata.GetMetadata<Decision>()?.Audience;

    public static void UseAudiences(this IApplicationBuilder app) => app.Use((http, next) =>
        Refusal(http) is { } refusal ? refusal.ExecuteAsync(http) : next(http));

    private static ProblemHttpResult? Refusal(HttpContext http)
    {
        // What answers 405 and the like is no route.
        if (http.GetEndpoint() is not RouteEndpoint route)
            return null;
        if (http.SignInId() is not null && !IsSafe(http.Request) && !SameOrigin.Holds(http))
            return Problems.CrossSite();
        switch (AudienceOf(route))
        {
            case Audience.Anyone or Audience.Readers or Audience.Members:
            case Audience.Accounts when http.Caller().AccountId is not null:
            case Audience.Keys when http.Caller().AccountId is not null && http.SignInId() is null:
            case Audience.Runners when http.PresentedHost() is not null:
            case Audience.Runners when http.RequestServices.GetRequiredService<RunnerToken>().IsPresented(http.Request):
                return null;
            case null:
                throw new InvalidOperationException($"{route.DisplayName} does not say whom it is for.");
            default:
                http.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
                return Problems.Unauthorized();
        }
    }

    private static bool IsSafe(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private sealed record Decision(Audience Audience);
}
