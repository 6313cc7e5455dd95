using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Core.Tests.Transcripts.Codex;

/// <summary>
/// One item of a conversation with Codex in a form that can be compared: what stands in an entry, and what the client sent to the API. Of a
/// tool's output only the end is compared, since the client puts a head before it for the model.
/// </summary>
internal sealed record SaidToCodex(string Kind, string Content)
{
    private static readonly string[] OfClient =
        ["<environment_context>", "# AGENTS.md instructions for ", "<turn_aborted>", "<subagent_notification>", "<image name=", "</image>"];

    /// <summary>What a reader sees, without what the client tells the person only: interruptions and failures.</summary>
    public static IReadOnlyList<SaidToCodex> In(Transcript transcript) =>
        [.. transcript.Entries().Where(entry => entry.Role != Role.Event && !IsFailure(entry)).SelectMany(InEntry)];

    public static IReadOnlyList<SaidToCodex> InOracle(string path)
    {
        using var items = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. items.RootElement.EnumerateArray().SelectMany(InItem).Where(said => !OfClient.Any(said.Content.StartsWith))];
    }

    /// <summary>Whether this is what the model saw as <paramref name="seen"/>.</summary>
    public bool Is(SaidToCodex seen) => this == seen
        || Kind == seen.Kind && Kind.StartsWith("result", StringComparison.Ordinal) && seen.Content.EndsWith(WithoutExitCode(Content), StringComparison.Ordinal);

    private static string WithoutExitCode(string content) =>
        content.StartsWith("Exit code ", StringComparison.Ordinal) ? content[(content.IndexOf('\n') + 1)..] : content;

    private static bool IsFailure(Entry entry) => Blocks.Text(entry).Contains("\"API Error: ", StringComparison.Ordinal);

    private static IEnumerable<SaidToCodex> InEntry(Entry entry)
    {
        string role = EntryJson.Name(entry.Role);
        using var blocks = JsonDocument.Parse(entry.Blocks);
        foreach (JsonElement block in blocks.RootElement.EnumerateArray())
        {
            yield return Text(block, "type") switch
            {
                "text" when Text(block, "text").StartsWith("<bash-input>", StringComparison.Ordinal) => new("shell", ""),
                "text" => new(role, Text(block, "text")),
                "thinking" => new("thinking", Text(block, "thinking")),
                "image" => new(role, Url(block)),
                "tool_use" => new($"call {Text(block, "id")}", Text(block, "name").Split("__")[^1]),
                "tool_result" => new($"result {Text(block, "tool_use_id")}", Pieces(block.GetProperty("content"), Url)),
                var other => new(other, block.GetRawText()),
            };
        }
    }

    private static IEnumerable<SaidToCodex> InItem(JsonElement item) => Text(item, "type") switch
    {
        "message" => item.GetProperty("content").EnumerateArray().Select(piece => InPiece(Text(item, "role"), piece)),
        "reasoning" when item.GetProperty("summary").GetArrayLength() == 0 => [],
        "reasoning" => [new("thinking", string.Join("\n\n", item.GetProperty("summary").EnumerateArray().Select(piece => Text(piece, "text"))))],
        "web_search_call" => [new($"call {Text(item, "id")}", "web_search")],
        "function_call" or "custom_tool_call" => [new($"call {Text(item, "call_id")}", Text(item, "name"))],
        _ => [new($"result {Text(item, "call_id")}", Pieces(item.GetProperty("output"), piece => Text(piece, "image_url")))],
    };

    private static SaidToCodex InPiece(string role, JsonElement piece) => Text(piece, "type") == "input_image" ? new(role, Text(piece, "image_url"))
        : Text(piece, "text").StartsWith("<user_shell_command>", StringComparison.Ordinal) ? new("shell", "")
        : new(role, Text(piece, "text"));

    private static string Pieces(JsonElement output, Func<JsonElement, string> image) => output.ValueKind == JsonValueKind.String
        ? output.GetString()!
        : string.Join('\n', output.EnumerateArray().Select(piece => piece.TryGetProperty("text", out JsonElement text) ? text.GetString() : image(piece)));

    private static string Url(JsonElement image) =>
        $"data:{Text(image.GetProperty("source"), "media_type")};base64,{Text(image.GetProperty("source"), "data")}";

    private static string Text(JsonElement value, string member) => value.GetProperty(member).GetString()!;
}
