using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Parley.Cli.Bridging;
using Parley.Cli.Servers;

namespace Parley.Cli.Mcp;

/// <summary>The process that lives as long as a local session: an MCP server with tools for the model, and calls that only hooks make.</summary>
internal sealed class Companion(CurrentSession current)
{
    private const string Instructions = """
        Shares the current session of the coding agent as a link, or with people who go on with it. Secrets and personal paths are taken out on this
        machine before anything leaves it.
        Share only when the user asks for it, and give them the link.
        """;

    /// <summary>Runs until the client closes the input, or <paramref name="cancel"/> fires.</summary>
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancel)
    {
        await using var transport = new StreamServerTransport(input, output, "parley");
        using var live = new LiveShares(current);
        using var pauses = new PauseWatch(current);
        await using McpServer server = McpServer.Create(transport, Options(live, pauses));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task watching = Task.WhenAll(live.WatchAsync(ended.Token), pauses.WatchAsync(ended.Token), LendAsync(ended.Token));
        try
        {
            await server.RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Being told to stop is how a companion ends.
        }
        // The client kills it half a second after its first signal: the live shares come before everything else.
        await live.EndAllAsync();
        await ended.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // What becomes of it is seen in the workspace; there is nobody here to be told, not even of a setting that is wrong.
    private static async Task LendAsync(CancellationToken cancel) => await new Bridge(Settings.Address(Settings.Server()), _ => { }).RunAsync(cancel);

    private McpServerOptions Options(LiveShares live, PauseWatch pauses) => new()
    {
        ServerInfo = new Implementation { Name = "parley", Version = typeof(Companion).Assembly.GetName().Version!.ToString(3) },
        ServerInstructions = Instructions,
        ToolCollection = Tools.Of(new SharingTools(current, live), new ChatTools(current, live)),
        Handlers = new McpServerHandlers { CallToolHandler = new HookCalls(current, live, pauses).AnswerAsync },
        Filters = { Request = { CallToolFilters = [ToolAnswer.Filter] } },
    };
}
