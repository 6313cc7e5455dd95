using System.Text.Json.Nodes;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>Sessions that were pulled from a bundle: the model is sent what a reader of the page sees, from the last compaction on.</summary>
public sealed class PulledSessionTests(PulledSessions sessions) : IClassFixture<PulledSessions>
{
    public static TheoryData<string> Sessions => [.. PulledSessions.Sessions];

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task The_model_is_sent_the_visible_conversation(string name)
    {
        JsonArray sent = await sessions.ResumeAsync(name);
        Assert.Equal([.. Visible(name), .. Said(sent).TakeLast(1)], Said(sent));
    }

    private static List<string> Visible(string name)
    {
        var visible = new List<string>();
        foreach (Entry entry in TranscriptReader.Open(Corpus.Session(name)).Entries().Where(entry => entry.Thread is null))
        {
            JsonArray blocks = JsonNode.Parse(entry.Blocks.Span)!.AsArray();
            if (blocks is [{ } compacted] && (string?)compacted["event"] == "compacted")
                visible = [$"user text {((string)compacted["summary"]!).Trim()}"];
            else
                visible.AddRange(blocks.Select(block => Outline(EntryJson.Name(entry.Role), block!)));
        }
        return [.. visible.Where(IsSent)];
    }

    private static IEnumerable<string> Said(JsonArray messages) =>
        from message in messages
        let role = (string)message!["role"]!
        where role != "system"
        from block in message["content"] is JsonArray blocks ? blocks.OfType<JsonNode>() : [new JsonObject { ["type"] = "text", ["text"] = message["content"]!.DeepClone() }]
        where (string?)block["text"] is not { } text || !text.Contains("# currentDate", StringComparison.Ordinal)
        select Outline(role, block);

    private static string Outline(string role, JsonNode block) => $"{role} {block["type"]} {((string?)(block["id"] ?? block["tool_use_id"] ?? block["text"]))?.Trim()}";

    private static bool IsSent(string block) => !block.StartsWith("assistant thinking", StringComparison.Ordinal) && !block.StartsWith("assistant redacted_thinking", StringComparison.Ordinal) && !block.StartsWith("event", StringComparison.Ordinal);
}
