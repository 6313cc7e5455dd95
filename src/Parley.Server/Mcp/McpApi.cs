using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;

namespace Parley.Server.Mcp;

/// <summary>
/// The route by which other agents use the server: the Model Context Protocol over streamable HTTP (docs/mcp.md). Every request stands for itself, so
/// that any server of a fleet answers any of them, and there is nothing to keep and nothing to run out of between two of them.
/// </summary>
public static class McpApi
{
    /// <summary>Where the protocol is spoken.</summary>
    public const string Path = "/mcp";

    private const string Json = "application/json", Events = "text/event-stream", VersionHeader = "MCP-Protocol-Version";

    public static void AddMcp(this IServiceCollection services) => services.AddSingleton<SessionTools>().AddSingleton<McpTools>();

    public static void MapMcp(this IEndpointRouteBuilder app)
    {
        app.MapPost(Path, AnswerAsync).For(Audience.Keys).WithTags("MCP").LimitRequests().LimitMisses().WithMetadata(new StreamedEndpoint())
            .WithSummary("Model Context Protocol, streamable HTTP: one JSON-RPC message")
            .Accepts<JsonElement>(Json).Produces<string>(contentType: Events).ProducesProblem(StatusCodes.Status403Forbidden);
        app.MapMethods(Path, ["GET", "DELETE"], NoSession).For(Audience.Keys).LimitRequests().ExcludeFromDescription();
        app.MapGet(ServerCard.Path, (PublicAddress address, HttpRequest request) => TypedResults.Ok(ServerCard.Of(address.Root(request))))
            .For(Audience.Anyone).WithTags("MCP").WithSummary("Where and how the Model Context Protocol is spoken here");
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, McpTools tools, ILoggerFactory logs)
    {
        // A page of another site that has got hold of a key, or a name that was made to point here.
        string origin = http.Request.Headers.Origin.ToString();
        if (origin != "" && !http.RequestServices.GetRequiredService<PublicAddress>().IsOrigin(http.Request, origin))
            return Problems.Forbidden("Pages of other sites don't speak the protocol here: leave the Origin header out.");
        if (http.Request.Headers[VersionHeader].ToString() is { Length: > 0 } version && !ServerCard.Versions.Contains(version))
            return Problems.BadRequest($"{VersionHeader} is one of {string.Join(", ", ServerCard.Versions)}.");
        if (await ReadAsync(http) is not { } message)
            return Problems.BadRequest("The body is one message of JSON-RPC 2.0.");
        message.Context = new JsonRpcMessageContext { Items = new Dictionary<string, object?> { [McpTools.HttpItem] = http } };
        await SpeakAsync(http, message, tools, logs);
        return Results.Empty;
    }

    private static async Task SpeakAsync(HttpContext http, JsonRpcMessage message, McpTools tools, ILoggerFactory logs)
    {
        CancellationToken gone = http.RequestAborted;
        await using var transport = new StreamableHttpServerTransport(logs) { Stateless = true };
        await using McpServer server = McpServer.Create(transport, tools.Options, logs, http.RequestServices);
        Task serving = server.RunAsync(gone);
        http.Response.ContentType = Events;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            // Nothing is written to what is no request: it was only to be taken note of.
            if (!await transport.HandlePostRequestAsync(message, http.Response.Body, gone))
                (http.Response.ContentType, http.Response.StatusCode) = (null, StatusCodes.Status202Accepted);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The client does not wait for it any more.
        }
        await transport.DisposeAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<JsonRpcMessage?> ReadAsync(HttpContext http)
    {
        try
        {
            byte[] body = await RequestBody.ReadAsync(http, Limits.JsonBytes, http.RequestAborted);
            return JsonSerializer.Deserialize<JsonRpcMessage>(body, McpJsonUtilities.DefaultOptions);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The protocol lets a client ask for a stream of what the server says unasked, and end a session. There are neither here.
    private static ProblemHttpResult NoSession(HttpContext http)
    {
        http.Response.Headers.Allow = "POST";
        return TypedResults.Problem("Messages come by POST, each for itself: there are no sessions to listen to or to end.", statusCode: StatusCodes.Status405MethodNotAllowed);
    }
}
