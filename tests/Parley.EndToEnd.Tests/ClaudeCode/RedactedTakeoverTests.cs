using System.Text.Json.Nodes;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>Sessions that were redacted before they were handed over: the same conversation, block by block, without secrets and without thinking.</summary>
public sealed class RedactedTakeoverTests(RedactedTakenOver sessions) : IClassFixture<RedactedTakenOver>
{
    public static TheoryData<string> Sessions => [.. RedactedTakenOver.Sessions];

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task The_model_is_sent_the_same_blocks(string name)
    {
        JsonArray sent = await sessions.ResumeAsync(name);
        var atHome = (JsonArray)JsonNode.Parse(File.ReadAllText(Corpus.Oracle(name)))!;
        Assert.Equal([.. Outlines(atHome).Where(outline => !outline.Contains("thinking", StringComparison.Ordinal)), "user text"], Outlines(sent));
    }

    private static IEnumerable<string> Outlines(JsonArray messages) =>
        from message in messages
        let role = (string)message!["role"]!
        where role != "system"
        from block in message["content"] is JsonArray blocks ? blocks.OfType<JsonNode>() : [new JsonObject { ["type"] = "text", ["text"] = message["content"]!.DeepClone() }]
        where (string?)block["text"] is not { } text || !text.Contains("# currentDate", StringComparison.Ordinal)
        select $"{role} {block["type"]} {block["id"] ?? block["tool_use_id"]}".TrimEnd();
}
