using System.Text;
using System.Text.Json;
using Parley.Core.Bridging;
using Parley.Core.Headless;
using Parley.Server.Audit;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Permissions;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Bridge;

/// <summary>
/// The tools of the MCP servers that are lent to a workspace, as its agent is told of them and calls them. Whether a server is still lent is asked when a
/// call begins and at every change until it ends; a tool that may change something runs once somebody has allowed this very call. Every call is in the
/// audit trail under the name of whoever prompted it.
/// </summary>
public sealed class BridgeTools(
    Database database, BridgeStore store, Machines machines, CallExchange exchange, PermissionRequests permissions, AuditStore audit, Wakes wakes, TimeProvider clock)
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

    /// <summary>Carries out a call of a turn's, if a lent server has such a tool.</summary>
    /// <param name="turn">The turn, which runs.</param>
    /// <param name="name">What the model calls the tool.</param>
    /// <param name="input">The call's input, a JSON object as the model wrote it.</param>
    /// <param name="cancel">The turn was interrupted.</param>
    public async ValueTask<ToolAnswer> CallAsync(TurnRecord turn, string name, JsonElement input, CancellationToken cancel)
    {
        (LentServer? server, BridgedTool? tool) = (await store.ListAsync(turn.SessionId, cancel)).SelectMany(server => server.Tools.Select(tool => (Server: server, Tool: tool)))
            .FirstOrDefault(one => one.Tool.NameFor(one.Server.Name) == name);
        ToolAnswer answer = server is null ? ToolAnswer.Error($"There is no tool \"{name}\" here.")
            : input.GetRawText().Length > BridgeLimits.InputBytes ? ToolAnswer.Error($"The input has at most {BridgeLimits.InputBytes / 1024} KiB.")
            : server.State.Why is { } why ? ToolAnswer.Error(why)
            : await CallWhileLentAsync(turn, server, tool!, input, cancel);
        await NoteAsync(turn, $"{name} {input.GetRawText()}", answer.IsError);
        return answer;
    }

    private async ValueTask<ToolAnswer> CallWhileLentAsync(TurnRecord turn, LentServer server, BridgedTool tool, JsonElement input, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using IDisposable watching = wakes.Watch(turn.SessionId, what => Look(what, turn.SessionId, server.ResourceId, end));
        try
        {
            // Again, now that a change would be heard.
            return await store.IsLentAsync(turn.SessionId, server.ResourceId, cancel) ? await CallAsync(turn, server, tool, input, end.Token) : TakenBack(server);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return TakenBack(server);
        }
    }

    private async ValueTask<ToolAnswer> CallAsync(TurnRecord turn, LentServer server, BridgedTool tool, JsonElement input, CancellationToken cancel)
    {
        if (tool.AsksFirst && await RefusalAsync(turn, server, tool, input, cancel) is { } refusal)
            return ToolAnswer.Error(refusal);
        if (machines.Find(server.MachineId!) is { } machine)
            return await machine.CallAsync(turn.SessionId, server.Name, tool.Name, input, cancel);
        if (!exchange.HasOthers)
            return ToolAnswer.Error((server with { MachineId = null }).State.Why!);
        var call = new BridgeMessage { Type = BridgeMessage.Call, Session = turn.SessionId, Server = server.Name, Tool = tool.Name, Input = input };
        return await exchange.CallAsync(server.MachineId!, call, cancel);
    }

    /// <summary>Why a call is not allowed; null when somebody has allowed it.</summary>
    private async ValueTask<string?> RefusalAsync(TurnRecord turn, LentServer server, BridgedTool tool, JsonElement input, CancellationToken cancel)
    {
        var asked = new PermissionAsked("", $"{server.Name}: {tool.Name}", Encoding.UTF8.GetBytes(input.GetRawText()));
        if (PermissionCard.Of(asked, out string? problem) is not { } card)
            return problem;
        PermissionAnswer answer = await permissions.AskAsync(turn.SessionId, turn.Id, card, cancel);
        cancel.ThrowIfCancellationRequested();
        return answer.State switch
        {
            PermissionState.Allowed => null,
            PermissionState.Expired => "Nobody allowed it in time. It was not done.",
            _ => answer.Reason ?? "It was not allowed. Do not try it again unless somebody asks for it.",
        };
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

    private async ValueTask NoteAsync(TurnRecord turn, string what, bool isRefused)
    {
        var happened = new AuditEvent(
            turn.SessionId, clock.GetUtcNow(), AuditAction.ContextUsed, Actor.Of(turn.Author.Id), Detail: Field.Clean(isRefused ? $"(refused) {what}" : what));
        await database.WriteAsync(
            async connection =>
            {
                await audit.AddAsync(connection, happened, CancellationToken.None);
                return true;
            },
            CancellationToken.None);
    }

    private static string Describe(LentServer server, BridgedTool tool) =>
        $"{tool.Description}\n({server.Owner}'s {server.Name}, on their machine{(tool.AsksFirst ? "; each call is allowed or denied by a person first" : "")}.)";
}
