using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>Writes tool calls and what they gave back as <c>tool_use</c> and <c>tool_result</c>.</summary>
internal static class ToolBlocks
{
    private static readonly JsonDocumentOptions Arguments = new() { MaxDepth = JsonScanner.MaxValidDepth };

    /// <summary>Writes a call, of whatever kind: most are functions with JSON arguments, some take a text, some are run by the provider.</summary>
    public static void WriteCall(string type, JsonElement payload, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, payload.String("call_id") ?? payload.Name("id"));
        json.WriteString("name"u8, NameOf(type, payload));
        json.WritePropertyName("input"u8);
        WriteInput(type, payload, json);
        json.WriteEndObject();
        if (type == "image_generation_call" && payload.String("result") is { Length: > 0 } image)
            Blocks.WriteImage($"data:image/png;base64,{image}", json);
    }

    public static void WriteResult(JsonElement payload, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, payload.Name("call_id"));
        bool isError = false;
        if (payload.Member("output") is { ValueKind: JsonValueKind.Array } pieces)
            isError = WritePieces(pieces, json);
        else
            isError = WriteOutput(payload, json);
        if (isError)
            json.WriteBoolean("is_error"u8, true);
        json.WriteEndObject();
    }

    // The name of a call that is not a function is the kind's: web_search_call is web_search.
    private static string NameOf(string type, JsonElement payload)
    {
        const string Ending = "_call";
        string name = payload.String("name") ?? (type.EndsWith(Ending, StringComparison.Ordinal) ? type[..^Ending.Length] : type);
        string space = payload.Name("namespace");
        return space.StartsWith("mcp__", StringComparison.Ordinal) && !name.StartsWith("mcp__", StringComparison.Ordinal)
            ? $"{space.TrimEnd('_')}__{name}"
            : name;
    }

    private static void WriteInput(string type, JsonElement payload, Utf8JsonWriter json)
    {
        JsonElement? input = payload.Member("arguments") ?? payload.Member("input") ?? payload.Member("action");
        if (input is { ValueKind: JsonValueKind.Object } value)
            WriteObject(value, json);
        else if (type == "custom_tool_call" || input is not { ValueKind: JsonValueKind.String } text || !TryWriteArguments(text.Text(), json))
            WriteNamed(input, json);
    }

    private static void WriteObject(JsonElement value, Utf8JsonWriter json) =>
        json.WriteRawValue(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    // The model writes arguments as JSON in a string, and not always well.
    private static bool TryWriteArguments(string arguments, Utf8JsonWriter json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments, Arguments);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            WriteObject(document.RootElement, json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteNamed(JsonElement? input, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (input is { } value)
            json.WriteRaw("input"u8, value);
        json.WriteEndObject();
    }

    private static bool WriteOutput(JsonElement payload, Utf8JsonWriter json)
    {
        JsonElement output = payload.Member("output") ?? default;
        string text = output.ValueKind == JsonValueKind.Object ? output.Name("content")
            : output.ValueKind == JsonValueKind.Undefined ? "" : output.Text();
        ToolOutput result = ToolOutput.Read(text);
        json.WriteString("content"u8, result.Text);
        return result.IsError || output.Member("success") is { ValueKind: JsonValueKind.False };
    }

    private static bool WritePieces(JsonElement pieces, Utf8JsonWriter json)
    {
        bool isError = false;
        json.WriteStartArray("content"u8);
        foreach (JsonElement piece in pieces.EnumerateArray())
        {
            if (piece.String("image_url") is { } url)
                Blocks.WriteImage(url, json);
            else if (piece.String("text") is { } text && ToolOutput.Read(text) is var output)
            {
                isError |= output.IsError;
                if (output.Text.Length > 0)
                    Blocks.WriteText(output.Text, json);
            }
        }
        json.WriteEndArray();
        return isError;
    }
}
