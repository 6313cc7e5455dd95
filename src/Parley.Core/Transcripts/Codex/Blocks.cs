using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.Codex;

/// <summary>Writes the content of one line as blocks in the Messages API's form.</summary>
internal static class Blocks
{
    public static void Write(LineKind kind, JsonElement payload, Utf8JsonWriter json)
    {
        switch (kind)
        {
            case LineKind.Prompt: WritePrompt(payload, json); break;
            case LineKind.Command: WriteCommand(payload, json); break;
            case LineKind.Answer: WriteAnswer(payload, json); break;
            case LineKind.Result: ToolBlocks.WriteResult(payload, json); break;
            case LineKind.Failed: WriteText($"API Error: {payload.Object("error").Name("message")}", json); break;
            case LineKind.TakenOver: WriteEvent(PublicLink.TakenOver, null, json); break;
            case LineKind.Interrupted: WriteEvent("interrupted", null, json); break;
            case LineKind.Compacted: WriteEvent("compacted", Summary(payload.Name("message")), json); break;
        }
    }

    private static void WritePrompt(JsonElement payload, Utf8JsonWriter json)
    {
        var content = new UserContent(JsonMarshal.GetRawUtf8Value(payload));
        for (int i = 0; i < content.Count; i++)
        {
            PieceKind kind = content.KindOf(i);
            if (kind == PieceKind.Text && content.TextOf(i) is [(byte)'"', ..] text)
                WriteRawText(text, json);
            else if (kind == PieceKind.Image)
                WriteImage(RawJson.Text(RawJson.Member(content[i], "image_url"u8)) ?? "", json);
        }
    }

    private static void WriteCommand(JsonElement payload, Utf8JsonWriter json)
    {
        var content = new UserContent(JsonMarshal.GetRawUtf8Value(payload));
        for (int i = 0; i < content.Count; i++)
        {
            if (content.KindOf(i) == PieceKind.Shell)
                WriteText(ShellCommand.InClaudeForm(RawJson.Text(content.TextOf(i)) ?? ""), json);
        }
    }

    private static void WriteAnswer(JsonElement payload, Utf8JsonWriter json)
    {
        string type = payload.Name("type");
        if (type == "message")
            WriteMessage(payload, json);
        else if (type == "reasoning")
            WriteReasoning(payload, json);
        else
            ToolBlocks.WriteCall(type, payload, json);
    }

    private static void WriteMessage(JsonElement payload, Utf8JsonWriter json)
    {
        foreach (JsonElement piece in payload.Objects("content"))
        {
            if ((piece.Member("text") ?? piece.Member("refusal")) is { ValueKind: JsonValueKind.String } text)
                WriteRawText(JsonMarshal.GetRawUtf8Value(text), json);
        }
    }

    private static void WriteReasoning(JsonElement payload, Utf8JsonWriter json)
    {
        IEnumerable<string> texts = payload.Objects("summary").Concat(payload.Objects("content")).Select(piece => piece.Name("text"));
        json.WriteStartObject();
        json.WriteString("type"u8, "thinking"u8);
        json.WriteString("thinking"u8, string.Join("\n\n", texts));
        json.WriteEndObject();
    }

    /// <summary>Writes an image that the API was sent as a URL, mostly a <c>data:</c> one.</summary>
    public static void WriteImage(string url, Utf8JsonWriter json)
    {
        const string Data = "data:", Base64 = ";base64,";
        int at = url.StartsWith(Data, StringComparison.Ordinal) ? url.IndexOf(Base64, StringComparison.Ordinal) : -1;
        json.WriteStartObject();
        json.WriteString("type"u8, "image"u8);
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, at < 0 ? "url"u8 : "base64"u8);
        if (at < 0)
        {
            json.WriteString("url"u8, url);
        }
        else
        {
            json.WriteString("media_type"u8, url.AsSpan(Data.Length, at - Data.Length));
            json.WriteString("data"u8, url.AsSpan(at + Base64.Length));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteText(string text, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private static void WriteRawText(ReadOnlySpan<byte> quoted, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WritePropertyName("text"u8);
        json.WriteRawValue(quoted, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static void WriteEvent(string what, string? summary, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "event"u8);
        json.WriteString("event"u8, what);
        if (!string.IsNullOrEmpty(summary))
            json.WriteString("summary"u8, summary);
        json.WriteEndObject();
    }

    private static string Summary(string message) =>
        message.StartsWith(Encoding.UTF8.GetString(UserContent.SummaryIntroduction), StringComparison.Ordinal) && message.IndexOf('\n', StringComparison.Ordinal) is var line and >= 0
            ? message[(line + 1)..]
            : message;

    /// <summary>A member that is a string; empty where there is none.</summary>
    internal static string Name(this JsonElement value, string member) => value.String(member) ?? "";

    /// <summary>A member that is an object; one without members where there is none.</summary>
    internal static JsonElement Object(this JsonElement value, string member) => value.Member(member) ?? default;

    /// <summary>Writes a value as it stands in the transcript.</summary>
    internal static void WriteRaw(this Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }
}
