using System.Text.Json;
using Parley.Core.Bridging;
using Parley.Server.Context;
using Parley.Server.Live;

namespace Parley.Server.Bridge;

/// <summary>
/// The tools of the MCP servers that are lent to a workspace, as its agent is told of them and calls them. Whether a server is still lent is asked when a
/// call begins and at every change until it ends.
/// </summary>
public sealed class BridgeTools(BridgeStore store, Machines machines, Wakes wakes)
{
    /// <summary>What the agent is told; tools of a machine that is away stay listed, so that it can say why they can't be used.</summary>
    public async ValueTask<IReadOnlyList<ToolDefinition>> DefinitionsAsync(string sessionId, CancellationToken cancel)
    {
        List<LentServer> lent = await store.ListAsync(sessionId, cancel);
        return
        [
            .. lent.SelectMany(server => server.Tools.Select(tool => new ToolDefinition(tool.NameFor(server.Name), Describe(server, tool), tool.InputSchema)))
                .DistinctBy(tool => tool.Name),
        ];
    }

    /// <summary>Carries out a call, if a lent server has such a tool.</summary>
    /// <param name="sessionId">The workspace.</param>
    /// <param name="name">What the model calls the tool.</param>
    /// <param name="input">The call's input, as the model wrote it.</param>
    /// <param name="cancel">The turn was interrupted.</param>
    public async ValueTask<ToolAnswer> CallAsync(string sessionId, string name, JsonElement input, CancellationToken cancel)
    {
        List<LentServer> lent = await store.ListAsync(sessionId, cancel);
        (LentServer? server, BridgedTool? tool) = lent.SelectMany(server => server.Tools.Select(tool => (Server: server, Tool: tool)))
            .FirstOrDefault(one => one.Tool.NameFor(one.Server.Name) == name);
        if (server is null)
            return ToolAnswer.Error($"There is no tool \"{name}\" here.");
        if (input.ValueKind != JsonValueKind.Object || input.GetRawText().Length > BridgeLimits.InputBytes)
            return ToolAnswer.Error($"The input is a JSON object of at most {BridgeLimits.InputBytes / 1024} KiB.");
        if (server.State.Why is { } why)
            return ToolAnswer.Error(why);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using IDisposable watching = wakes.Watch(sessionId, what => Look(what, sessionId, server.ResourceId, end));
        try
        {
            // Again, now that a change would be heard.
            return await store.IsLentAsync(sessionId, server.ResourceId, cancel) ? await CallAsync(sessionId, server, tool!, input, end.Token) : TakenBack(server);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return TakenBack(server);
        }
    }

    private async ValueTask<ToolAnswer> CallAsync(string sessionId, LentServer server, BridgedTool tool, JsonElement input, CancellationToken cancel)
    {
        if (tool.AsksFirst)
            return ToolAnswer.Error($"{tool.Name} may change something, and nobody can be asked here.");
        return machines.Find(server.MachineId!) is { } machine
            ? await machine.CallAsync(sessionId, server.Name, tool.Name, input, cancel)
            : ToolAnswer.Error((server with { MachineId = null }).State.Why!);
    }

    private static ToolAnswer TakenBack(LentServer server) => ToolAnswer.Error($"{server.Name} was taken back while it was asked.");

    private void Look(Wake what, string sessionId, string resourceId, CancellationTokenSource end)
    {
        if (what.HasFlag(Wake.Access))
            _ = Task.Run(() => EndIfTakenBackAsync(sessionId, resourceId, end), CancellationToken.None);
    }

    private async Task EndIfTakenBackAsync(string sessionId, string resourceId, CancellationTokenSource end)
    {
        try
        {
            if (!await store.IsLentAsync(sessionId, resourceId, end.Token))
                await end.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The call has ended by itself.
        }
    }

    private static string Describe(LentServer server, BridgedTool tool) =>
        $"{tool.Description}\n({server.Owner}'s {server.Name}, on their machine{(tool.AsksFirst ? "; each call is allowed or denied by a person first" : "")}.)";
}
