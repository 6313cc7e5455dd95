using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Bridging;

/// <summary>A person's machine with MCP servers in Claude Code's configuration, and a workspace that they are lent to. A test plays the agent that uses them.</summary>
public sealed class LentWorkspace : IAsyncDisposable
{
    private readonly HttpClient _owner, _runner;
    private Process? _bridge;
    private JsonElement _turn;

    private LentWorkspace(RunningServer server)
    {
        Home = server.NewHome();
        // As on a person's machine: a variable would not reach MCP servers, and neither must what the file holds.
        _owner = Client(server.Address, server.Key);
        _runner = Client(server.Address, server.RunnerToken);
    }

    public Home Home { get; }

    public string Id { get; private set; } = "";

    /// <summary>The names of the tools that the agent was told of when it took its turn.</summary>
    public string[] Tools => [.. _turn.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!)];

    /// <param name="server">The server.</param>
    /// <param name="configured">Claude Code's <c>mcpServers</c>.</param>
    /// <param name="lent">Those that are ticked.</param>
    public static async Task<LentWorkspace> OpenAsync(RunningServer server, Func<Home, object> configured, params string[] lent)
    {
        var workspace = new LentWorkspace(server);
        File.WriteAllText(workspace.Home.PathOf(".claude.json"), JsonSerializer.Serialize(new { mcpServers = configured(workspace.Home) }));
        new Written(workspace.Home.Sessions, workspace.Home.Project).Prompt("When is high water?").Answer("At six.").Save();
        workspace.Id = JsonDocument.Parse((await workspace.Home.RunAsync("share", "--private", "--json")).Succeeded()).RootElement.GetProperty("shareId").GetString()!;
        (await workspace.Home.RunAsync(["context", "add", workspace.Id, .. lent.SelectMany(name => (string[])["--mcp", name])])).Succeeded();
        await workspace.PromoteAsync(lent);
        return workspace;
    }

    /// <summary>Starts what lends, waits until the servers are open, and takes a turn as the agent.</summary>
    public async Task LendAsync(params string[] lent)
    {
        StartBridge();
        foreach (string name in lent)
            await StateIsAsync(name, "here");
        await TakeAsync();
    }

    public void StartBridge()
    {
        _bridge = Home.Start("bridge");
        _ = _bridge.StandardOutput.ReadToEndAsync();
        Errors = _bridge.StandardError.ReadToEndAsync();
    }

    /// <summary>What the command has said once it has ended.</summary>
    public Task<string> Errors { get; private set; } = Task.FromResult("");

    public async Task EndBridgeAsync(PosixSignal signal = PosixSignal.SIGINT)
    {
        Home.Signal(_bridge!, signal);
        await _bridge!.WaitForExitAsync(TestContext.Current.CancellationToken);
        _bridge.Dispose();
        _bridge = null;
    }

    /// <summary>Prompts, and takes the turn.</summary>
    public async Task TakeAsync()
    {
        (await _owner.PostAsJsonAsync($"/api/sessions/{Id}/prompts", new { text = "Look it up.", clientId = Guid.NewGuid().ToString("N") })).EnsureSuccessStatusCode();
        using HttpResponseMessage taken = await _runner.PostAsJsonAsync("/api/runner/take", new { runner = "test", free = 1, wait = 10 });
        _turn = await taken.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Calls a tool as the agent.</summary>
    public async Task<(bool IsError, string Text)> CallAsync(string tool, object? input = null, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/runner/turns/{_turn.GetProperty("turnId").GetString()}/tools")
        {
            Headers = { { "Parley-Lease", _turn.GetProperty("lease").GetString() } },
            Content = JsonContent.Create(new { name = tool, input = input ?? new { } }),
        };
        using HttpResponseMessage answer = await _runner.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        JsonElement receipt = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        return (receipt.GetProperty("isError").GetBoolean(), receipt.GetProperty("text").GetString()!);
    }

    /// <summary>Waits until people are told this of an MCP server.</summary>
    public Task StateIsAsync(string server, string state) => Eventually.TrueAsync(async () => (await StateAsync(server)).State == state);

    public async Task<(string State, string? Why)> StateAsync(string server)
    {
        JsonElement turns = await _owner.GetFromJsonAsync<JsonElement>($"/api/sessions/{Id}/turns");
        JsonElement lent = turns.GetProperty("lent").EnumerateArray().FirstOrDefault(one => one.GetProperty("name").GetString() == server);
        return lent.ValueKind == JsonValueKind.Undefined
            ? ("", null)
            : (lent.GetProperty("state").GetString()!, lent.TryGetProperty("why", out JsonElement why) ? why.GetString() : null);
    }

    /// <summary>Decides on what the agent asks for, once it does; what the card shows.</summary>
    public async Task<string> DecideAsync(string what)
    {
        JsonElement[] cards = [];
        await Eventually.TrueAsync(async () =>
            (cards = [.. (await _owner.GetFromJsonAsync<JsonElement>($"/api/sessions/{Id}/permissions")).GetProperty("permissions").EnumerateArray()]).Length > 0);
        (await _owner.PostAsync($"/api/sessions/{Id}/permissions/{cards[0].GetProperty("permissionId").GetString()}/{what}", null)).EnsureSuccessStatusCode();
        return $"{cards[0].GetProperty("tool").GetString()} {string.Join('\n', cards[0].GetProperty("lines").EnumerateArray())}".Trim();
    }

    public async Task PermitAsync(string server, string permission) => (await Home.RunAsync("context", "permit", Id, server, permission)).Succeeded();

    public Task<string> ContextAsync() => _owner.GetStringAsync($"/api/sessions/{Id}/context");

    public async ValueTask DisposeAsync()
    {
        if (_bridge is not null)
            await EndBridgeAsync();
        (await _owner.DeleteAsync($"/api/sessions/{Id}")).Dispose();
        _owner.Dispose();
        _runner.Dispose();
        Home.Dispose();
    }

    private async Task PromoteAsync(string[] lent)
    {
        using HttpResponseMessage promoted = await _owner.PostAsJsonAsync($"/api/sessions/{Id}/share", new { mode = "multiplayer", context = new { mcps = lent } });
        Assert.True(promoted.IsSuccessStatusCode, await promoted.Content.ReadAsStringAsync());
    }

    private static HttpClient Client(string address, string token) =>
        new() { BaseAddress = new Uri(address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
}
