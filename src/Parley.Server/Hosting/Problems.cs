using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Context;
using Parley.Server.Promoting;
using Parley.Server.Workspaces;

namespace Parley.Server.Hosting;

/// <summary>Errors as problem details (RFC 9457), in words that say what to do.</summary>
public static class Problems
{
    /// <summary>The one answer for a session that is missing, expired or not the caller's.</summary>
    public static ProblemHttpResult NoSession() => NotFound("There is no such session, or it is not shared with you.");

    /// <summary>The one answer for a share that is missing, ended, or of a session that is not the caller's.</summary>
    public static ProblemHttpResult NoShare() => NotFound("There is no such share, or its session is not yours.");

    /// <summary>What a machine is told that goes on driving a session which is a workspace now, or was one.</summary>
    public static ProblemHttpResult Moved(string url) => TypedResults.Problem(
        $"This conversation goes on in its workspace, {url}: nothing is appended to it from here.",
        statusCode: StatusCodes.Status409Conflict, extensions: [new("movedTo", url)]);

    public static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult BadRequest(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult Unsupported(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status415UnsupportedMediaType);

    public static ProblemHttpResult Unauthorized() =>
        TypedResults.Problem("This needs an API key: Authorization: Bearer sk-…", statusCode: StatusCodes.Status401Unauthorized);

    public static ProblemHttpResult CrossSite() => TypedResults.Problem(
        "A signed-in browser may ask this from a page of this server only. Programs use an API key: Authorization: Bearer sk-…",
        statusCode: StatusCodes.Status403Forbidden);

    public static ProblemHttpResult Forbidden(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status403Forbidden);

    /// <summary>The answer to a GET that is no handshake of a WebSocket. It names the protocol in a header, as it must (RFC 9110, section 15.5.22).</summary>
    public static ProblemHttpResult UpgradeRequired(HttpContext http, string detail)
    {
        http.Response.Headers.Upgrade = "websocket";
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status426UpgradeRequired);
    }

    public static ProblemHttpResult TooMany(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status429TooManyRequests);

    /// <summary>The answer to a failure that the caller caused; null for every other.</summary>
    internal static ProblemHttpResult? Of(Exception exception) => ExpectedFailures.Problem(exception);

    public static void AddProblems(this IServiceCollection services)
    {
        // Without an id of the request in it, the same answer has the same bytes.
        services.AddProblemDetails(o => o.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Extensions.Remove("traceId");
            context.ProblemDetails.Detail ??= Advice(context.ProblemDetails.Status);
        });
        services.AddExceptionHandler<ExpectedFailures>();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
    }

    // For what the framework refuses before a route is reached.
    private static string? Advice(int? status) => status switch
    {
        StatusCodes.Status400BadRequest => "A parameter or the body is not of the form that this route takes: /openapi/v1.json describes it.",
        StatusCodes.Status404NotFound => "There is nothing at this address: /openapi/v1.json lists the routes.",
        StatusCodes.Status405MethodNotAllowed => "This address takes other methods: the header Allow names them.",
        StatusCodes.Status415UnsupportedMediaType => "This route takes another media type: /openapi/v1.json names it.",
        _ => null,
    };

    /// <summary>Failures that the caller caused, as answers; everything else becomes 500 and is logged.</summary>
    private sealed class ExpectedFailures : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancel)
        {
            if (Problem(exception) is not { } problem)
                return false;
            await problem.ExecuteAsync(http);
            return true;
        }

        public static ProblemHttpResult? Problem(Exception exception) => exception switch
        {
            BundleException { TooLarge: true } e => TypedResults.Problem(e.Message, statusCode: StatusCodes.Status413PayloadTooLarge),
            BundleException e => BadRequest(e.Message),
            ContextException e => BadRequest(e.Message),
            InvitationException e => TooMany(e.Message),
            PromotionException e => Conflict(e.Message),
            BadHttpRequestException { InnerException: System.Text.Json.JsonException e } => BadRequest($"The body is not the JSON that is expected (see {e.Path ?? "$"})."),
            BadHttpRequestException e => TypedResults.Problem(e.Message, statusCode: e.StatusCode),
            _ => null,
        };
    }
}
