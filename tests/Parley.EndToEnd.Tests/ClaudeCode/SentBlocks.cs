using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>What a client sent to the model, block by block, without what it adds to every conversation: the system's messages, the date, marks for the cache.</summary>
internal static class SentBlocks
{
    /// <summary>Each block as <c>role {…}</c>, its members in the order of their names.</summary>
    public static IReadOnlyList<string> Of(JsonArray messages) =>
    [
        .. from message in messages
           let role = (string)message!["role"]!
           where role != "system"
           from block in Blocks(message["content"]!)
           let text = $"{role} {Ordered(block)}"
           where !text.Contains("# currentDate", StringComparison.Ordinal)
           select text,
    ];

    private static IEnumerable<JsonNode> Blocks(JsonNode content) =>
        content is JsonArray blocks ? blocks.OfType<JsonNode>() : [new JsonObject { ["type"] = "text", ["text"] = content.DeepClone() }];

    private static string Ordered(JsonNode node) => node switch
    {
        JsonObject members => $"{{{string.Join(',', members.Where(m => m.Key != "cache_control").OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{(m.Value is null ? "null" : Ordered(m.Value))}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(item => item is null ? "null" : Ordered(item)))}]",
        _ => node.ToJsonString(),
    };
}
