using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace Parley.Server.Hosting;

/// <summary>Counts and logs requests by their route's template: an id in a path is a secret, so no path is ever written.</summary>
public sealed class RequestObserver(Metrics metrics, ILogger<RequestObserver> log)
{
    private static readonly HashSet<string> Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            Observe(http, Stopwatch.GetElapsedTime(start));
        }
    }

    private void Observe(HttpContext http, TimeSpan elapsed)
    {
        string method = Methods.Contains(http.Request.Method) ? http.Request.Method : "other";
        // An exception's handler takes the endpoint away and keeps it in its feature.
        Endpoint? endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        string route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        int status = http.Response.StatusCode;
        metrics.Request(method, route, status);
        LogLevel level = status >= 500 ? LogLevel.Error : method is "GET" or "HEAD" ? LogLevel.Debug : LogLevel.Information;
        if (log.IsEnabled(level))
            log.Log(level, "{Method} {Route} {Status} in {Milliseconds:0.0} ms", method, route, status, elapsed.TotalMilliseconds);
    }
}
