using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Tests.Transcripts;

/// <summary>
/// One block of a conversation in a form that can be compared: what stands in an entry, and what the client sent to the API. Strings are
/// decoded, white space at the end of a text is not compared (the client adds line feeds), members of JSON objects are in order.
/// </summary>
public sealed record Said(string Role, string Kind, string Content)
{
    private const string PreviewMark = "Preview (first 2KB):\n";

    // How an MCP server's blocks begin in the file that the client keeps of them.
    private const string BlocksBeginning = "[\n  {\n    \"type\": \"text\",\n    \"text\": \"";

    public static IEnumerable<Said> In(Entry entry)
    {
        using var blocks = JsonDocument.Parse(entry.Blocks);
        // The model sees a compaction's summary as a user's text.
        string role = entry.Role == Core.Sessions.Role.Assistant ? "assistant" : "user";
        foreach (JsonElement block in blocks.RootElement.EnumerateArray())
            yield return Of(role, block);
    }

    public static IReadOnlyList<Said> InOracle(string path)
    {
        using var messages = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. from message in messages.RootElement.EnumerateArray()
               from block in message.GetProperty("content").EnumerateArray()
               select Of(Text(message.GetProperty("role")), block),
        ];
    }

    /// <summary>Whether this is what the model saw as <paramref name="seen"/>: the same, or the whole of what it saw a preview of.</summary>
    public bool Is(Said seen)
    {
        if (this == seen)
            return true;
        int preview = seen.Content.IndexOf(PreviewMark, StringComparison.Ordinal);
        if (Role != seen.Role || Kind != seen.Kind || preview < 0)
            return false;
        string id = seen.Content[..seen.Content.IndexOf('\n')];
        string beginning = seen.Content[(preview + PreviewMark.Length)..].Split("\n...\n</persisted-output>")[0].TrimEnd('\uFFFD');
        if (beginning.StartsWith(BlocksBeginning, StringComparison.Ordinal))
            beginning = beginning[BlocksBeginning.Length..].Replace("\\n", "\n");
        return Content.StartsWith(id + "\n", StringComparison.Ordinal)
            && Content[(id.Length + 1)..].StartsWith(beginning, StringComparison.Ordinal);
    }

    public override string ToString() => $"{Role} {Kind}: {(Content.Length > 200 ? Content[..200] + "…" : Content)}";

    private static Said Of(string role, JsonElement block) => Text(block.GetProperty("type")) switch
    {
        "text" => new(role, "text", Text(block.GetProperty("text")).TrimEnd()),
        "event" => new(role, "text", Text(block.GetProperty("summary")).TrimEnd()),
        "thinking" => new(role, "thinking", Text(block.GetProperty("thinking")) + "\n" + Text(block.GetProperty("signature"))),
        "redacted_thinking" => new(role, "redacted_thinking", Text(block.GetProperty("data"))),
        "image" => new(role, "image", Text(block.GetProperty("source").GetProperty("data"))),
        "tool_use" => new(role, "tool_use", $"{Text(block.GetProperty("id"))} {Text(block.GetProperty("name"))} {Value(block.GetProperty("input"))}"),
        "tool_result" => new(role, "tool_result", $"{Text(block.GetProperty("tool_use_id"))}\n{Value(block.GetProperty("content"))}"),
        var other => new(role, other, Value(block)),
    };

    // A JSON value as a text; a string is itself, an array of text blocks its texts.
    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value).TrimEnd(),
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(Value)),
        JsonValueKind.Object when IsText(value) => Text(value.GetProperty("text")).TrimEnd(),
        JsonValueKind.Object => string.Join(' ', value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => $"{m.Name}={Value(m.Value)}")),
        _ => value.GetRawText(),
    };

    private static bool IsText(JsonElement block) => block.TryGetProperty("type", out JsonElement type) && type.ValueEquals("text");

    private static string Text(JsonElement value)
    {
        var json = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(value));
        json.Read();
        return JsonText.GetString(ref json);
    }
}
