using System.Net.WebSockets;
using System.Security.Cryptography;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Bridge;

/// <summary>The route of the bridge (docs/bridge.md): a WebSocket by which a machine lends its MCP servers to the workspaces of its account.</summary>
public static class BridgeApi
{
    private const int IdLength = 16;

    public static void AddBridge(this IServiceCollection services) => services.AddSingleton<Machines>().AddSingleton<BridgeStore>().AddSingleton<CallExchange>().AddSingleton<BridgeTools>();

    public static void MapBridge(this IEndpointRouteBuilder app) =>
        app.MapSocket("/api/bridge", SocketRoutes.Pinged, ConnectAsync).For(Audience.Keys).LimitRequests();

    private static async Task ConnectAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            await Problems.UpgradeRequired(http, "The bridge is for WebSockets: docs/bridge.md says what they say.").ExecuteAsync(http);
        // A browser has no business here, whatever key its page may have got hold of.
        else if (http.Request.Headers.Origin.Count > 0)
            await Problems.Forbidden("The bridge is for programs, not for pages.").ExecuteAsync(http);
        else
            await SocketRoutes.AcceptAsync(http, TalkAsync);
    }

    private static async Task TalkAsync(HttpContext http, MessageSocket socket)
    {
        long account = http.AccountId();
        using var machine = new Machine(RandomNumberGenerator.GetHexString(IdLength, lowercase: true), account, socket, Services(http, account));
        if (!await http.RequestServices.GetRequiredService<Machines>().HoldAsync(machine, account, socket.Lost))
            await socket.LeaveAsync(WebSocketCloseStatus.PolicyViolation, $"An account has at most {Machines.MaxOfAccount} machines connected: end `parley bridge` on one of them.");
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
}
