using System.Net.WebSockets;
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

    /// <summary>
    /// Accepts a handshake where its address has a place for one more socket, and refuses it otherwise. When the server stops, it takes its leave of the socket.
    /// </summary>
    public static async Task AcceptAsync(HttpContext http, Func<HttpContext, MessageSocket, Task> talk)
    {
        using RateLimitLease place = http.RequestServices.GetRequiredService<RequestLimits>().Connect(http);
        if (!place.IsAcquired)
        {
            await Problems.TooMany("Too many sockets from this address: close some, or come again later.").ExecuteAsync(http);
            return;
        }
        using var socket = new MessageSocket(await http.WebSockets.AcceptWebSocketAsync(), http.RequestAborted);
        using CancellationTokenRegistration stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping.Register(() => _ = socket.LeaveAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops."));
        try
        {
            await talk(http, socket);
        }
        catch (Exception e) when (MessageSocket.IsGone(e))
        {
            // The other end has gone without a word, or has not heard that this one goes.
        }
    }
}
