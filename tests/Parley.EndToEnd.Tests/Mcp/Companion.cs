using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Mcp;

/// <summary>A companion that this process has started, as a client would: over its standard streams, with the official SDK at the other end.</summary>
public sealed class Companion : IAsyncDisposable
{
    /// <summary>A companion that takes longer to end hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Task<string> _errors;

    private Companion(Process process, McpClient client) => (Process, Client, _errors) = (process, client, process.StandardError.ReadToEndAsync());

    public Process Process { get; }

    public McpClient Client { get; }

    public static async Task<Companion> StartAsync(Home home)
    {
        Process process = home.Start("mcp");
        var transport = new StreamClientTransport(process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        var options = new McpClientOptions { ProtocolVersion = "2025-11-25" }; // as Claude Code speaks it
        return new Companion(process, await McpClient.CreateAsync(transport, options, cancellationToken: TestContext.Current.CancellationToken));
    }

    /// <summary>What the client of this machine, whose part this process plays, says of the session that it is in.</summary>
    public static void Enter(Home home, string sessionId)
    {
        Directory.CreateDirectory(home.PathOf(".claude", "sessions"));
        File.WriteAllText(home.PathOf(".claude", "sessions", $"{Environment.ProcessId}.json"), $$"""{"pid":{{Environment.ProcessId}},"sessionId":"{{sessionId}}","cwd":"/"}""");
    }

    /// <summary>Calls a tool that must succeed; its structured answer.</summary>
    public async Task<JsonElement> AskAsync(string tool, Dictionary<string, object?>? arguments = null, IProgress<ProgressNotificationValue>? progress = null)
    {
        CallToolResult result = await Client.CallToolAsync(tool, arguments, progress, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.IsError is not true, TextOf(result));
        Assert.Equal(result.StructuredContent!.Value.GetProperty("message").GetString(), TextOf(result));
        return result.StructuredContent!.Value;
    }

    /// <summary>Calls a tool that must fail; what it says.</summary>
    public async Task<string> FailAsync(string tool, Dictionary<string, object?>? arguments = null)
    {
        CallToolResult result = await Client.CallToolAsync(tool, arguments, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.IsError is true, TextOf(result));
        Assert.Null(result.StructuredContent);
        return TextOf(result);
    }

    /// <summary>Ends it by a signal, as the client does; its exit code.</summary>
    public async Task<int> EndAsync(PosixSignal signal)
    {
        Home.Signal(Process, signal);
        await WaitForExitAsync();
        Assert.Equal("", await _errors);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Process.StandardInput.Close();
        await WaitForExitAsync();
        Process.Dispose();
    }

    private async Task WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await Process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Process.Kill();
            Assert.Fail("The companion does not end.");
        }
    }

    public static string TextOf(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
}
