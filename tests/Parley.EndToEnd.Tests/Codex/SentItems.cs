using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.Codex;

/// <summary>
/// What Codex sent to the model, item by item, without what it adds to every conversation by itself, and without reasoning, which only the account that it was made for can read.
/// </summary>
internal static class SentItems
{
    private static readonly string[] OfClient = ["<environment_context>", "# AGENTS.md instructions for ", "<turn_aborted>", "<subagent_notification>", "<skills_instructions>"];

    private static readonly string[] Compared = ["type", "role", "content", "phase", "status", "name", "namespace", "call_id", "arguments", "input", "output", "action"];

    public static IReadOnlyList<string> Of(JsonArray items) =>
    [
        .. from item in items
           where (string?)item!["type"] != "reasoning" && (string?)item["role"] != "developer"
           let said = Said(item.AsObject())
           where said is not null
           select said.ToJsonString(),
    ];

    private static JsonObject? Said(JsonObject item)
    {
        var said = new JsonObject(Compared.Where(name => item[name] is not null).Select(name => KeyValuePair.Create(name, item[name]?.DeepClone())));
        if ((string?)item["role"] != "user")
            return said;
        JsonNode[] pieces = [.. item["content"]!.AsArray().Where(piece => !OfClient.Any(((string?)piece!["text"] ?? "").StartsWith)).Select(piece => piece!.DeepClone())];
        said["content"] = new JsonArray(pieces);
        return pieces.Length == 0 ? null : said;
    }
}
