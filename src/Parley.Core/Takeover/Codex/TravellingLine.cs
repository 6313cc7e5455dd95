using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Transcripts.Codex;

namespace Parley.Core.Takeover.Codex;

/// <summary>
/// What of a rollout's lines comes along when a session is taken over. The list is of what does: instructions, permissions, settings, the sender's limits
/// and repository, and what a later client adds, stay behind. Members are written one by one, so that none passes twice under one name.
/// </summary>
/// <param name="rules">What is changed about text; ids stay as they are.</param>
internal sealed class TravellingLine(TravelRules rules)
{
    // Reasoning is encrypted for the sender's account; the API refuses it from any other, and the whole request with it.
    private static readonly string[] Items =
        ["message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "local_shell_call", "web_search_call", "image_generation_call"];

    private static readonly string[] ItemIds = ["id", "role", "phase", "status", "name", "namespace", "call_id"];

    private static readonly string[] ItemTexts = ["content", "arguments", "input", "output", "action", "result", "revised_prompt"];

    // What the receiver's client shows of the conversation.
    private static readonly string[] Events =
        ["task_started", "task_complete", "turn_aborted", "thread_rolled_back", "item_completed", "user_message", "agent_message", "agent_reasoning", "context_compacted"];

    private static readonly string[] EventIds =
        [
            "turn_id", "root_turn_id", "started_at", "completed_at", "started_at_ms", "completed_at_ms", "duration_ms", "time_to_first_token_ms",
            "model_context_window", "collaboration_mode_kind", "reason", "num_turns", "kind", "phase",
        ];

    private static readonly string[] EventTexts =
        ["item", "message", "text", "images", "local_images", "text_elements", "last_agent_message", "error"];

    /// <summary>Whether a line comes along.</summary>
    public static bool Travels(string type, JsonElement payload) => type switch
    {
        "response_item" => IsSaid(payload),
        "event_msg" => Events.Contains(payload.Name("type")),
        "compacted" => payload.ValueKind == JsonValueKind.Object && !HoldsCipher(payload),
        _ => false,
    };

    /// <summary>Writes the payload of a line that comes along.</summary>
    public void Write(string type, JsonElement payload, Utf8JsonWriter json)
    {
        if (type == "response_item")
            WriteItem(payload, json);
        else if (type == "event_msg")
            WriteEvent(payload, json);
        else
            WriteCompacted(payload, json);
    }

    private static bool IsSaid(JsonElement item) => item.Name("type") switch
    {
        "message" => item.Name("role") == "assistant" || (item.Name("role") == "user" && Said(item).Any()),
        var type => Items.Contains(type),
    };

    // A compaction that only the sender's account can read would be the end of the conversation: without it all that was said is sent.
    private static bool HoldsCipher(JsonElement compacted) => compacted.Objects("replacement_history").Any(item => item.Member("encrypted_content") is not null);

    private void WriteItem(JsonElement item, Utf8JsonWriter json)
    {
        if (item.Name("role") != "user")
        {
            json.WriteStartObject();
            json.WriteString("type"u8, item.Name("type"));
            WriteMembers(item, ItemIds, ItemTexts, json);
            json.WriteEndObject();
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "user"u8);
        json.WriteStartArray("content"u8);
        foreach (JsonElement piece in Said(item))
            WriteText(piece, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // What a person wrote of a message on their side.
    private static IEnumerable<JsonElement> Said(JsonElement message)
    {
        PieceKind[] kinds = UserContent.KindsOf(JsonMarshal.GetRawUtf8Value(message));
        JsonElement[] pieces = [.. message.Objects("content")];
        return pieces.Length == kinds.Length ? pieces.Where((_, number) => kinds[number] != PieceKind.Clients) : [];
    }

    private void WriteCompacted(JsonElement payload, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("message"u8);
        if (payload.Member("message") is { ValueKind: JsonValueKind.String } message)
            WriteText(message, json);
        else
            json.WriteStringValue(""u8);
        if (payload.Member("replacement_history") is { ValueKind: JsonValueKind.Array })
        {
            json.WriteStartArray("replacement_history"u8);
            foreach (JsonElement item in payload.Objects("replacement_history").Where(IsSaid))
                WriteItem(item, json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private void WriteEvent(JsonElement payload, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, payload.Name("type"));
        if (payload.Member("thread_id") is not null && rules.SessionId is { } id)
            json.WriteString("thread_id"u8, id);
        else if (payload.Member("thread_id") is { } thread)
            json.WriteRaw("thread_id"u8, thread);
        WriteMembers(payload, EventIds, EventTexts, json);
        json.WriteEndObject();
    }

    private void WriteMembers(JsonElement value, string[] ids, string[] texts, Utf8JsonWriter json)
    {
        foreach (string name in ids)
        {
            if (value.Member(name) is { } member)
                json.WriteRaw(Encoding.UTF8.GetBytes(name), member);
        }
        foreach (string name in texts)
        {
            if (value.Member(name) is not { } member)
                continue;
            json.WritePropertyName(name);
            WriteText(member, json);
        }
    }

    private void WriteText(JsonElement value, Utf8JsonWriter json)
    {
        using var text = new MemoryStream();
        rules.Text(JsonMarshal.GetRawUtf8Value(value), text);
        json.WriteRawValue(text.GetBuffer().AsSpan(0, (int)text.Length), skipInputValidation: true);
    }
}
