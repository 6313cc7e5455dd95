using System.Net.Http.Json;
using System.Text.Json;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;
using Parley.Server.Turns;

namespace Parley.Server.Tests.Bridge;

/// <summary>A workspace to which an MCP server is lent, and a turn of its agent, which a test plays.</summary>
public sealed class Lending : IAsyncDisposable
{
    private Lending(Workspace workspace) => Workspace = workspace;

    public Workspace Workspace { get; }

    /// <summary>Opens a workspace whose owner has ticked a server.</summary>
    public static async Task<Lending> OpenAsync(RunningServer server, string name)
    {
        var lending = new Lending(await Workspace.OpenAsync(server));
        await lending.AddAsync(name);
        await lending.PermitAsync(name, "agent");
        return lending;
    }

    /// <summary>Names a server of the owner's machine, which is private then.</summary>
    public async Task AddAsync(string name) =>
        (await Workspace.Owner.PostAsJsonAsync($"/api/sessions/{Workspace.Id}/context", new { kind = "mcp", name })).EnsureSuccessStatusCode().Dispose();

    public async Task PermitAsync(string name, string permission)
    {
        JsonElement resources = (await Workspace.Owner.JsonAsync($"/api/sessions/{Workspace.Id}/context")).GetProperty("resources");
        string resource = resources.EnumerateArray().First(r => r.Text("name") == name).Text("resourceId");
        (await Workspace.Owner.PatchAsJsonAsync($"/api/sessions/{Workspace.Id}/context/{resource}", new { permission })).EnsureSuccessStatusCode().Dispose();
    }

    /// <summary>A turn that runs.</summary>
    /// <param name="server">At which server; null for the workspace's.</param>
    public async Task<TakenTurn> RunningAsync(RunningServer? server = null)
    {
        await Workspace.PromptAsync("What is late?");
        return (await Workspace.TakeAsync(by: server?.ClientWith(server.Get<RunnerToken>().Text)))!;
    }

    public static string[] ToolsOf(TakenTurn turn) => [.. turn.Json.GetProperty("tools").EnumerateArray().Select(tool => tool.Text("name"))];

    public static async Task<JsonElement> CallAsync(TakenTurn turn, string name, object input, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/runner/turns/{turn.Id}/tools")
        {
            Headers = { { RunnerApi.LeaseHeader, turn.Lease } },
            Content = Driver.Content(JsonSerializer.Serialize(new { name, input })),
        };
        using HttpResponseMessage answer = await turn.Runner.SendAsync(request, cancel);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.JsonAsync();
    }

    public static (bool IsError, string Text) Answer(JsonElement receipt) => (receipt.GetProperty("isError").GetBoolean(), receipt.Text("text"));

    /// <summary>The card that waits, once there is one.</summary>
    public async Task<JsonElement> CardAsync()
    {
        JsonElement[] cards = [];
        await Eventually.TrueAsync(async () =>
            (cards = [.. (await Workspace.Owner.JsonAsync($"/api/sessions/{Workspace.Id}/permissions")).GetProperty("permissions").EnumerateArray()]).Length > 0);
        return Assert.Single(cards);
    }

    public async Task DecideAsync(JsonElement card, string what) =>
        (await Workspace.Owner.PostAsync($"/api/sessions/{Workspace.Id}/permissions/{card.Text("permissionId")}/{what}", null)).EnsureSuccessStatusCode().Dispose();

    public ValueTask DisposeAsync() => Workspace.DisposeAsync();
}
