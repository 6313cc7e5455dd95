using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Parley.Core.Bridging;

namespace Parley.Cli.Bridging;

/// <summary>An MCP server that is open: started as a process, or reached over HTTP, by its author's definition.</summary>
internal sealed class OpenServer : IAsyncDisposable
{
    private readonly ServerDefinition _definition;
    private readonly McpClient _client;
    private readonly ServerProcess? _process;
    private readonly SemaphoreSlim _changed;
    private long _calls;

    private OpenServer(ServerDefinition definition, McpClient client, ServerProcess? process, SemaphoreSlim changed) =>
        (_definition, _client, _process, _changed) = (definition, client, process, changed);

    /// <summary>Opens it.</summary>
    /// <exception cref="BridgeFailure">It can't be opened, or not in time.</exception>
    public static async Task<OpenServer> OpenAsync(ServerDefinition definition, string project, CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(BridgeLimits.OpeningTime);
        var changed = new SemaphoreSlim(0);
        ServerProcess? process = definition.Command is null ? null : ServerProcess.Start(definition, project);
        try
        {
            IClientTransport transport = process is null ? Http(definition) : new StreamClientTransport(process.Input, process.Output);
            return new OpenServer(definition, await McpClient.CreateAsync(transport, Options(changed), cancellationToken: time.Token), process, changed);
        }
        catch (Exception e)
        {
            process?.Dispose();
            cancel.ThrowIfCancellationRequested();
            string why = e is OperationCanceledException or TimeoutException ? $"it did not answer within {BridgeLimits.OpeningTime.TotalSeconds:0} seconds" : e.Message.TrimEnd('.');
            throw new BridgeFailure($"'{definition.Name}' could not be opened: {why}.{(process?.LastWords is { } words ? $" It said: {words}" : "")}");
        }
    }

    /// <summary>Its tools, bounded.</summary>
    /// <exception cref="BridgeFailure">It does not say.</exception>
    public async Task<IReadOnlyList<BridgedTool>> ToolsAsync(CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(BridgeLimits.OpeningTime);
        try
        {
            IList<McpClientTool> tools = await _client.ListToolsAsync(cancellationToken: time.Token);
            return [.. BridgedTool.Bounded(tools.Select(tool => Of(tool.ProtocolTool)))];
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            throw new BridgeFailure($"'{_definition.Name}' does not say which tools it has: {e.Message}");
        }
    }

    /// <summary>Calls a tool.</summary>
    /// <exception cref="BridgeFailure">There is no answer.</exception>
    public async Task<(string Text, bool IsError)> CallAsync(string tool, JsonElement input, CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(BridgeLimits.CallTime);
        var call = new CallToolRequestParams { Name = tool, Arguments = input.EnumerateObject().DistinctBy(member => member.Name).ToDictionary(member => member.Name, member => member.Value) };
        try
        {
            CallToolResult result = await CallAsync(call, time.Token);
            return (AnswerText.Of(result), result.IsError is true);
        }
        catch (McpProtocolException e)
        {
            return (e.Message, true);
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            throw new BridgeFailure(
                time.IsCancellationRequested ? $"{_definition.Name} did not answer within {BridgeLimits.CallTime.TotalSeconds:0} seconds." : $"{_definition.Name} went away while it was asked.");
        }
    }

    /// <summary>Waits until its tools are others, or it has gone: then false.</summary>
    public async Task<bool> IsChangedAsync(CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task changed = _changed.WaitAsync(end.Token);
        bool isChanged = await Task.WhenAny(changed, _client.Completion) == changed;
        await end.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return isChanged;
    }

    /// <summary>Why it has gone, for whoever sits at the machine.</summary>
    public async Task<string> WhyGoneAsync() =>
        $"'{_definition.Name}' has gone: {((await _client.Completion).Exception?.Message ?? "it ended").TrimEnd('.')}.{(_process?.LastWords is { } words ? $" It said: {words}" : "")}";

    public async ValueTask DisposeAsync()
    {
        // First, so that nothing waits for a process that does not listen.
        _process?.Dispose();
        await _client.DisposeAsync();
        _changed.Dispose();
    }

    // By hand: the library's own call sometimes ends without telling the server that nobody waits for it any more.
    private async Task<CallToolResult> CallAsync(CallToolRequestParams call, CancellationToken cancel)
    {
        var request = new JsonRpcRequest { Id = new RequestId($"call-{Interlocked.Increment(ref _calls)}"), Method = RequestMethods.ToolsCall, Params = JsonSerializer.SerializeToNode(call, Json<CallToolRequestParams>()) };
        using var over = new CancellationTokenSource();
        try
        {
            JsonRpcResponse response = await _client.SendRequestAsync(request, over.Token).WaitAsync(cancel);
            return response.Result.Deserialize(Json<CallToolResult>()) ?? throw new McpException("It answered nothing.");
        }
        catch (OperationCanceledException)
        {
            var cancelled = new CancelledNotificationParams { RequestId = request.Id };
            await _client.SendMessageAsync(
                new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = JsonSerializer.SerializeToNode(cancelled, Json<CancelledNotificationParams>()) }, CancellationToken.None);
            await over.CancelAsync();
            throw;
        }
    }

    private static JsonTypeInfo<T> Json<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));

    private static BridgedTool Of(Tool tool) => new(
        tool.Name, tool.Description ?? tool.Title ?? "", tool.InputSchema, tool.Annotations?.ReadOnlyHint is true, tool.Annotations?.DestructiveHint is true);

    // Without elicitation and sampling: nobody is there to be asked, and a model is not for others to use.
    private static McpClientOptions Options(SemaphoreSlim changed) => new()
    {
        ClientInfo = new Implementation { Name = "parley", Version = typeof(OpenServer).Assembly.GetName().Version!.ToString(3) },
        DiscoverProbeTimeout = TimeSpan.FromSeconds(2),
        Handlers = new McpClientHandlers
        {
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, (_, _) =>
                {
                    changed.Release();
                    return ValueTask.CompletedTask;
                }),
            ],
        },
    };

    // A redirect could take the headers elsewhere.
    private static HttpClientTransport Http(ServerDefinition definition) => new(
        new HttpClientTransportOptions
        {
            Endpoint = definition.Address!,
            Name = definition.Name,
            TransportMode = definition.IsSse ? HttpTransportMode.Sse : HttpTransportMode.StreamableHttp,
            AdditionalHeaders = definition.Values.ToDictionary(),
        },
        new HttpClient(new BoundedAnswers(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !definition.Address!.IsLoopback })) { Timeout = Timeout.InfiniteTimeSpan },
        loggerFactory: null,
        ownsHttpClient: true);
}
