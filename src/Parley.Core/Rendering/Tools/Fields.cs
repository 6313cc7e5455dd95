using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Core.Rendering.Code;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering.Tools;

/// <summary>Writes the members of a tool's input as names and values: what a tool without a view of its own is shown by.</summary>
internal static class Fields
{
    private const int MaxFields = 200;

    /// <summary>JSON up to this size and depth is laid out over lines; what is larger is shown as it came, since indenting can multiply it.</summary>
    private const int MaxPrettyLength = 64 * 1024, MaxPrettyDepth = 24;

    private const int MaxLine = 160;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JsonText.Encoder, MaxDepth = MaxPrettyDepth };

    /// <summary>The first short text of the input, which usually says what the call is about.</summary>
    internal static ToolLine Line(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
            return new(null);
        foreach (JsonProperty field in input.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.String && Lines.OneLine(field.Value.Text(), MaxLine) is { Length: > 0 } line)
                return new(line);
        }
        return new(null);
    }

    /// <param name="input">The tool's input, of any kind.</param>
    /// <param name="html">Where to.</param>
    /// <param name="shown">Members that the view has shown already.</param>
    internal static void Write(JsonElement input, HtmlWriter html, params ReadOnlySpan<string> shown)
    {
        if (input.ValueKind != JsonValueKind.Object)
        {
            WriteJson(input, html);
            return;
        }
        int fields = 0;
        foreach (JsonProperty field in input.EnumerateObject())
        {
            string name = field.NameText();
            if (shown.Contains(name))
                continue;
            if (fields++ == 0)
                html.Markup("<dl class=\"fields\">"u8);
            if (fields > MaxFields || html.IsFull)
                break;
            html.Markup("<dt>"u8).Marked(name).Markup("</dt><dd>"u8);
            WriteValue(field.Value, html);
            html.Markup("</dd>"u8);
        }
        if (fields > 0)
            html.Markup("</dl>"u8);
        else if (shown.IsEmpty)
            html.Markup("<p class=\"quiet\">No input</p>"u8);
    }

    /// <summary>Writes any JSON as code.</summary>
    internal static void WriteJson(JsonElement value, HtmlWriter html) => CodeHtml.Write(Pretty(value), "json", html);

    private static void WriteValue(JsonElement value, HtmlWriter html)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            WriteJson(value, html);
        else if (value.Text() is var text && text.Contains('\n'))
            CodeHtml.Write(text, null, html);
        else
            html.Marked(text);
    }

    private static string Pretty(JsonElement value)
    {
        string raw = value.GetRawText();
        if (raw.Length > MaxPrettyLength)
            return raw;
        try
        {
            var buffer = new ArrayBufferWriter<byte>(raw.Length * 2);
            using (var json = new Utf8JsonWriter(buffer, Indented))
                value.WriteTo(json);
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (InvalidOperationException)
        {
            return raw; // nested too deeply, or with a lone surrogate
        }
    }
}
