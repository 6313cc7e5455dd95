using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>One answer of the scripted model: content blocks, given once its gate is open.</summary>
public sealed record Turn(params JsonObject[] Blocks)
{
    /// <summary>What has to happen before the model answers.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    public bool CallsTools => Blocks.Any(block => block["type"]!.GetValue<string>() == "tool_use");

    public static Turn Says(string text) => new(new JsonObject { ["type"] = "text", ["text"] = text });

    public static Turn Calls(string tool, JsonObject? input = null, string says = "") => new(
    [
        .. says.Length > 0 ? Says(says).Blocks : [],
        new JsonObject { ["type"] = "tool_use", ["name"] = tool, ["input"] = input ?? [] },
    ]);

    /// <summary>Calls a tool of the plugin's companion.</summary>
    public static Turn CallsParley(string tool, JsonObject? input = null) => Calls("mcp__plugin_parley_parley__" + tool, input);
}
