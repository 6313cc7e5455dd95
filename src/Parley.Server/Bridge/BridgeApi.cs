using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Bridge;

/// <summary>The route of the bridge (docs/bridge.md): a WebSocket by which a machine lends its MCP servers to the workspaces of its account.</summary>
public static class BridgeApi
{
    private const int IdLength = 16;

    private static readonly WebSocketOptions Sockets = new() { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>For how long a server that stops waits for the other end to close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    public static void AddBridge(this IServiceCollection services) => services.AddSingleton<Machines>().AddSingleton<BridgeStore>().AddSingleton<CallExchange>().AddSingleton<BridgeTools>();

    // The pipeline of its own keeps what WebSockets cost away from other routes.
    public static void MapBridge(this IEndpointRouteBuilder app) =>
        app.Map("/api/bridge", app.CreateApplicationBuilder().UseWebSockets(Sockets).Use((HttpContext http, RequestDelegate _) => ConnectAsync(http)).Build())
            .WithMetadata(new HttpMethodMetadata(["GET"])).For(Audience.Keys).LimitRequests().ExcludeFromDescription();

    private static async Task ConnectAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.Headers.Upgrade = "websocket";
            await Problems.UpgradeRequired("The bridge is for WebSockets: docs/bridge.md says what they say.").ExecuteAsync(http);
            return;
        }
        // A browser has no business here, whatever key its page may have got hold of.
        if (http.Request.Headers.Origin.Count > 0)
        {
            await Problems.Forbidden("The bridge is for programs, not for pages.").ExecuteAsync(http);
            return;
        }
        using RateLimitLease place = http.RequestServices.GetRequiredService<RequestLimits>().Connect(http);
        if (place.IsAcquired)
            await TalkAsync(http);
        else
            await Problems.TooMany("Too many sockets from this address: close some, or come again later.").ExecuteAsync(http);
    }

    private static async Task TalkAsync(HttpContext http)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        using WebSocket webSocket = await http.WebSockets.AcceptWebSocketAsync();
        using var socket = new BridgeSocket(webSocket);
        using CancellationTokenRegistration stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping.Register(() => _ = LeaveAsync(socket, WebSocketCloseStatus.EndpointUnavailable, "The server stops.", end));
        long account = http.AccountId();
        using var machine = new Machine(RandomNumberGenerator.GetHexString(IdLength, lowercase: true), account, socket, Services(http, account));
        try
        {
            if (!await http.RequestServices.GetRequiredService<Machines>().HoldAsync(machine, account, end.Token))
                await LeaveAsync(socket, WebSocketCloseStatus.PolicyViolation, $"An account has at most {Machines.MaxOfAccount} machines connected: end `parley bridge` on one of them.", end);
        }
        catch (Exception e) when (Machine.IsGone(e))
        {
            // It has gone without a word, or has not heard that this one goes.
        }
    }

    private static MachineServices Services(HttpContext http, long account)
    {
        IServiceProvider all = http.RequestServices;
        KeyStore keys = all.GetRequiredService<KeyStore>();
        string key = http.Request.PresentedKey()!;
        return new MachineServices(
            async cancel => await keys.FindAccountAsync(key, cancel) == account,
            all.GetRequiredService<BridgeStore>(), all.GetRequiredService<SessionAccess>(), all.GetRequiredService<Wakes>(), all.GetRequiredService<CallExchange>(), all.GetRequiredService<TimeProvider>());
    }

    private static async Task LeaveAsync(BridgeSocket socket, WebSocketCloseStatus status, string reason, CancellationTokenSource end)
    {
        end.CancelAfter(Farewell);
        try
        {
            await socket.CloseAsync(status, reason, end.Token);
        }
        catch (Exception e) when (Machine.IsGone(e))
        {
            // It was closing already.
        }
    }
}
