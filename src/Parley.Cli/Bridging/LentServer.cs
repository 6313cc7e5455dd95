using System.Text.Json;
using Parley.Cli.LocalSessions;
using Parley.Core.Bridging;
using Parley.Core.Redaction;

namespace Parley.Cli.Bridging;

/// <summary>One MCP server while it is lent to one workspace: it is opened, opened again when it dies, and closed when it is taken back.</summary>
/// <param name="name">What the configuration calls it.</param>
/// <param name="project">Of which project it is.</param>
/// <param name="redaction">What is taken out of answers.</param>
/// <param name="report">Is told when it is open, with its tools, and when it is not, with the reason, which stays on this machine.</param>
internal sealed class LentServer(string name, string project, RedactionOptions redaction, Func<IReadOnlyList<BridgedTool>?, string, Task> report) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private volatile Opened? _opened;
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Calls a tool; what it answered, without secrets.</summary>
    public async Task<(string Text, bool IsError)> CallAsync(string tool, JsonElement input, CancellationToken cancel)
    {
        if (_opened is not { } opened)
            return ($"{name} is not open at the moment.", true);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        try
        {
            (string text, bool isError) = await opened.Server.CallAsync(tool, input, end.Token);
            return (AnswerText.Cut(opened.Cleaner.Clean(text)), isError);
        }
        catch (BridgeFailure failure)
        {
            return (failure.Message, true);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ($"{name} is not lent any more.", true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await OpenAsync();
            }
            catch (BridgeFailure failure)
            {
                await report(null, failure.Message);
            }
            await Task.Delay(pause, _end.Token);
        }
    }

    // Until it has gone, which is said by the exception.
    private async Task OpenAsync()
    {
        // Read each time: the author may have mended it.
        var definition = ServerDefinition.Find(project, LocalCatalog.ClientFolder, name);
        await using OpenServer server = await OpenServer.OpenAsync(definition, project, _end.Token);
        try
        {
            do
            {
                IReadOnlyList<BridgedTool> tools = await server.ToolsAsync(_end.Token);
                _opened = new Opened(server, new AnswerCleaner(redaction, definition));
                await report(tools, "");
            }
            while (await server.IsChangedAsync(_end.Token));
            throw new BridgeFailure(await server.WhyGoneAsync());
        }
        finally
        {
            _opened = null;
        }
    }

    private sealed record Opened(OpenServer Server, AnswerCleaner Cleaner);
}
