using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Turns;

/// <summary>What the agent of a turn may use: the context that is shared with it, in the name of the prompt's author.</summary>
public sealed class TurnTools
{
    public ValueTask<IReadOnlyList<RunnerTool>> OfAsync(string sessionId, CancellationToken cancel) => new([]);

    public ValueTask<ToolReceipt> CallAsync(TurnRecord turn, ToolRequest request, CancellationToken cancel) => new(new ToolReceipt("There is no such tool.", true));
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
