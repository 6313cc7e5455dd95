using Parley.Server.Accounts;
using Parley.Server.Hosting;

namespace Parley.Server.Relay;

/// <summary>The route of the relay (docs/relay.md): a WebSocket that joins a sender with a receiver and can't read what passes.</summary>
public static class RelayApi
{
    // Nothing is awaited from the other end: whoever is stalled by a slow reader could not answer a ping.
    private static readonly WebSocketOptions Unanswered = new() { KeepAliveInterval = TimeSpan.FromSeconds(15) };

    public static void AddRelay(this IServiceCollection services, ServerOptions options) => services.AddSingleton(s => new RelayHouse(
        options.Relay, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<Metrics>()));

    public static void MapRelay(this IEndpointRouteBuilder app) => app.MapSocket("/relay", Unanswered, ConnectAsync).For(Audience.Anyone).LimitRequests();

    private static async Task ConnectAsync(HttpContext http)
    {
        RelayHouse house = http.RequestServices.GetRequiredService<RelayHouse>();
        string address = RequestLimits.Address(http);
        if (!house.IsOn)
            await Problems.Forbidden("The relay of this server is turned off (PARLEY_RELAY=off): use another one.").ExecuteAsync(http);
        else if (!http.WebSockets.IsWebSocketRequest)
            await Problems.UpgradeRequired(http, "The relay is for WebSockets: docs/relay.md says what they say.").ExecuteAsync(http);
        else if (http.Request.Headers.Origin.Count > 0 && !SameOrigin.Holds(http))
            await Problems.Forbidden("The relay is for programs, not for pages of other sites.").ExecuteAsync(http);
        else if (house.Sockets.TryTake(address))
            await TalkAsync(http, house, address);
        else
            await Problems.TooMany("Too many sockets to the relay: close some, or come again later.").ExecuteAsync(http);
    }

    private static async Task TalkAsync(HttpContext http, RelayHouse house, string address)
    {
        try
        {
            // Not until RequestAborted: that comes before what the other end sent last has been read.
            CancellationToken stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            await house.VisitAsync(await http.WebSockets.AcceptWebSocketAsync(), address, stopping);
        }
        finally
        {
            house.Sockets.Return(address);
        }
    }
}
