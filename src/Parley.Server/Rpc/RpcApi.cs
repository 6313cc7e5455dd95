using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;

namespace Parley.Server.Rpc;

/// <summary>The route of JSON-RPC (docs/rpc.md): a message by POST, or any number of them over a WebSocket.</summary>
public static class RpcApi
{
    public static void AddRpc(this IServiceCollection services) => services.AddSingleton<SessionMethods>().AddSingleton(s => new RpcServer(
        s.GetRequiredService<SessionMethods>().All, s.GetRequiredService<RequestLimits>().Admits, s.GetRequiredService<ILogger<RpcServer>>()));

    public static void MapRpc(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder rpc = app.MapGroup("/rpc").For(Audience.Readers).WithTags("JSON-RPC").LimitRequests().LimitMisses();
        rpc.MapPost("", PostAsync).WithSummary("JSON-RPC 2.0: one request or a batch; also over a WebSocket at the same address")
            .Accepts<RpcMessage>("application/json").Produces<RpcMessage>();
        rpc.MapSocket("", SocketRoutes.Pinged, ConnectAsync);
    }

    private static async Task<IResult> PostAsync(HttpContext http, RpcServer server, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> message = await RequestBody.ReadAsync(http, Limits.JsonBytes, cancel);
        ReadOnlyMemory<byte> answer = await server.AnswerAsync(message, new RpcPeer(http), cancel);
        return answer.IsEmpty ? TypedResults.NoContent() : TypedResults.Bytes(answer, "application/json");
    }

    private static async Task ConnectAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            await Problems.UpgradeRequired(http, "GET is for WebSockets here: send requests by POST.").ExecuteAsync(http);
        // No page of another site gets a socket, whether or not a cookie comes with it.
        else if ((http.Request.Headers.Origin.Count > 0 || http.SignInId() is not null) && !SameOrigin.Holds(http))
            await Problems.CrossSite().ExecuteAsync(http);
        else
            await SocketRoutes.AcceptAsync(http, TalkAsync);
    }

    private static async Task TalkAsync(HttpContext http, MessageSocket messages)
    {
        await using var socket = new RpcSocket(messages);
        RpcServer server = http.RequestServices.GetRequiredService<RpcServer>();
        var peer = new RpcPeer(http, socket);
        await socket.RunAsync(async message =>
        {
            // A key or a sign-in may have been taken back since the last message.
            await http.ResolveCallerAsync();
            return await server.AnswerAsync(message, peer, messages.Lost);
        });
    }
}

/// <summary>A request or an answer of JSON-RPC 2.0, as far as the API's description goes.</summary>
public sealed record RpcMessage(string Jsonrpc, string? Method, object? Params, object? Result, object? Error, object? Id);
