using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Sessions;

namespace Parley.Core.Headless;

/// <summary>
/// Reads what Claude Code writes with <c>--output-format stream-json --include-partial-messages</c>: one JSON object a line. It never throws on a
/// line's content, since the format moves with the client's versions.
/// </summary>
public static class ClientOutput
{
    /// <summary>The longest line that is read; a longer one is a tool's result that no member could open anyway.</summary>
    public const int MaxLineBytes = 64 * 1024 * 1024;

    private const string Synthetic = "<synthetic>";

    /// <summary>What a line says; null for what a workspace has no use for.</summary>
    public static ClientEvent? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Json.Options);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ClientEvent? Read(JsonElement line) => line.String("type") switch
    {
        "system" when line.String("subtype") == "init" => new ClientReady(line.String("session_id") ?? "", Strings(line.Member("tools"))),
        "stream_event" when line.String("parent_tool_use_id") is null && line.Member("event") is { } happened => ReadStreamed(happened),
        "assistant" when line.Member("message") is { } message => ReadAnswer(message, line.String("parent_tool_use_id")),
        "user" when line.Member("message") is { } message => ReadResults(message, line.String("parent_tool_use_id")),
        "control_request" when line.Member("request") is { } request => ReadRequest(line.String("request_id"), request),
        "control_cancel_request" => line.String("request_id") is { } id ? new PermissionWithdrawn(id) : null,
        "result" => new ClientTurnEnded(ProblemOf(line), line.Member("total_cost_usd") is { ValueKind: JsonValueKind.Number } cost && cost.TryGetDecimal(out decimal usd) ? usd : 0),
        _ => null,
    };

    private static ClientEvent? ReadStreamed(JsonElement happened) => happened.String("type") switch
    {
        "content_block_delta" when happened.Member("delta") is { } delta && delta.String("type") == "text_delta" => new ClientText(delta.String("text") ?? ""),
        // The usage that counts: what the finished blocks carry was counted when the message began.
        "message_delta" => new ClientMessageEnded(ReadUsage(happened.Member("usage") ?? default)),
        _ => null,
    };

    private static ClientAnswer? ReadAnswer(JsonElement message, string? thread) =>
        message.String("id") is { } id && message.Member("content") is { ValueKind: JsonValueKind.Array } content
            ? new ClientAnswer(id, message.String("model") is { } model && model != Synthetic ? model : null, thread, Raw(content))
            : null;

    // Prompts are repeated here too, and so are the client's own words about an interruption: the workspace has its own of both.
    private static ClientResults? ReadResults(JsonElement message, string? thread)
    {
        byte[][] results = [.. message.Objects("content").Where(block => block.String("type") == "tool_result").Select(Raw)];
        return results.Length == 0 ? null : new ClientResults(thread, BlockArray.Of(results));
    }

    private static ClientEvent? ReadRequest(string? id, JsonElement request) => request.String("subtype") switch
    {
        _ when id is null => null,
        "can_use_tool" when request.String("tool_name") is { } tool && request.Member("input") is { ValueKind: JsonValueKind.Object } input => new PermissionAsked(id, tool, Raw(input)),
        "mcp_message" when request.String("server_name") is { } server && request.Member("message") is { ValueKind: JsonValueKind.Object } message => new McpSaid(id, server, Raw(message)),
        _ => null,
    };

    private static string? ProblemOf(JsonElement result) =>
        !result.IsTrue("is_error") ? null
        : result.String("result") is { Length: > 0 } text ? text
        : result.String("subtype") ?? "error";

    private static Usage ReadUsage(JsonElement usage) => new(
        (usage.Integer("input_tokens") ?? 0) + (usage.Integer("cache_creation_input_tokens") ?? 0) + (usage.Integer("cache_read_input_tokens") ?? 0),
        usage.Integer("output_tokens") ?? 0);

    private static string[] Strings(JsonElement? array) =>
        array is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.Text())] : [];

    private static byte[] Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).ToArray();
}
