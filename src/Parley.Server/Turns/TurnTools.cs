using System.Text.Json;
using Parley.Core.Bridging;
using Parley.Core.Context;
using Parley.Core.Sessions;
using Parley.Server.Bridge;
using Parley.Server.Context;

namespace Parley.Server.Turns;

/// <summary>What the agent of a turn may use, in the name of the prompt's author: the files that are shared with it, and the MCP servers that are lent to it.</summary>
public sealed class TurnTools(ContextTools context, BridgeTools bridge, ContextFiles files)
{
    public async ValueTask<IReadOnlyList<RunnerTool>> OfAsync(string sessionId, CancellationToken cancel) =>
        [.. ((ToolDefinition[])[.. await context.DefinitionsAsync(sessionId, cancel), .. await bridge.DefinitionsAsync(sessionId, cancel)]).Select(tool => new RunnerTool(tool.Name, tool.Description, tool.InputSchema))];

    public async ValueTask<ToolReceipt> CallAsync(TurnRecord turn, ToolRequest request, CancellationToken cancel)
    {
        ToolAnswer answer = BridgedTool.IsName(request.Name)
            ? await bridge.CallAsync(turn, request.Name, request.Input, cancel)
            : await context.CallAsync(turn.SessionId, turn.Author.Id, request.Name, request.Input, cancel);
        return new ToolReceipt(answer.Text, answer.IsError);
    }

    /// <summary>The files that go with a prompt, with the places that the agent knows them by; null when it may not read one of them.</summary>
    public async ValueTask<IReadOnlyList<Attachment>?> PlaceAsync(string sessionId, IReadOnlyList<Attachment> wanted, CancellationToken cancel)
    {
        if (wanted.Count == 0)
            return wanted;
        List<PlacedFile> there = await files.ListAsync(sessionId, ContextPermission.Agent, cancel);
        Attachment[] placed =
        [
            .. from attachment in wanted
               from file in there
               where file.ResourceId == attachment.ResourceId && file.Path == attachment.Path
               select attachment with { Place = file.Place },
        ];
        return placed.Length == wanted.Count ? placed : null;
    }
}

/// <summary>A call of a tool.</summary>
public sealed record ToolRequest(string Name, JsonElement Input)
{
    /// <summary>Reads it; null when it has another form.</summary>
    public static ToolRequest? Read(byte[] body)
    {
        try
        {
            JsonElement json = JsonElement.Parse(body, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("name", out JsonElement name) && name.GetString() is { Length: > 0 } tool
                && json.TryGetProperty("input", out JsonElement input) && input.ValueKind == JsonValueKind.Object
                ? new ToolRequest(tool, input)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
