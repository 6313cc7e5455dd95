using System.Threading.RateLimiting;

namespace Parley.Server.Hosting;

/// <summary>What the routes of WebSockets (RFC 6455) have in common.</summary>
public static class SocketRoutes
{
    /// <summary>For sockets whose other end is pinged, and given up when it does not answer.</summary>
    public static WebSocketOptions Pinged { get; } = new() { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>Maps a WebSocket's handshake. <paramref name="connect"/> gets every GET, and refuses those that are none.</summary>
    public static IEndpointConventionBuilder MapSocket(this IEndpointRouteBuilder app, string pattern, WebSocketOptions options, RequestDelegate connect)
    {
        // The pipeline of its own keeps what WebSockets cost away from other routes.
        IApplicationBuilder pipeline = app.CreateApplicationBuilder().UseWebSockets(options);
        pipeline.Run(connect);
        return app.Map(pattern, pipeline.Build()).WithMetadata(new HttpMethodMetadata(["GET"])).ExcludeFromDescription();
    }

    /// <summary>Has a socket take one of its address's places for as long as it is talked to; refuses it when there is none.</summary>
    public static async Task ConnectAsync(HttpContext http, RequestDelegate talk)
    {
        using RateLimitLease place = http.RequestServices.GetRequiredService<RequestLimits>().Connect(http);
        if (place.IsAcquired)
            await talk(http);
        else
            await Problems.TooMany("Too many sockets from this address: close some, or come again later.").ExecuteAsync(http);
    }
}
