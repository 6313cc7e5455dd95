using System.Buffers;
using System.Text.Json;
using Parley.Core.Rendering.Text;

namespace Parley.Core.Sessions;

/// <summary>
/// What of a session its author lets out. What is left out is absent from every byte of the result; a tool result that is left out keeps
/// the id of its call and a placeholder, so that the call does not seem to be running still.
/// </summary>
public sealed record Selection
{
    /// <summary>What stands in place of a tool result.</summary>
    public const string Placeholder = "[left out by the author]";

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.MaxDepth };
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JsonText.Encoder, SkipValidation = true };

    /// <summary>
    /// Whether the output of tools goes out, and with it what subagents said, whose last words are a tool's result, and what the commands put out
    /// that the person ran themselves.
    /// </summary>
    public bool ToolResults { get; init; } = true;

    /// <summary>Whether the model's thinking goes out.</summary>
    public bool Thinking { get; init; } = true;

    /// <summary>The number of the first entry that goes out; the first entry of a session has the number 1.</summary>
    public int From { get; init; } = 1;

    /// <summary>Numbers of single entries that stay behind.</summary>
    public IReadOnlySet<int> LeftOut { get; init; } = new HashSet<int>();

    /// <summary>The entries that go out, each without what stays behind. An entry of which nothing is left is not among them.</summary>
    public IEnumerable<Entry> Apply(IEnumerable<Entry> entries)
    {
        int number = 0;
        foreach (Entry entry in entries)
        {
            number++;
            if (Includes(number) && Apply(entry) is { } selected)
                yield return selected;
        }
    }

    /// <summary>Whether the entry with this number goes out, as far as its number says.</summary>
    public bool Includes(int number) => number >= From && !LeftOut.Contains(number);

    /// <summary>The entry without what stays behind; null when nothing of it is left.</summary>
    public Entry? Apply(Entry entry)
    {
        if (!ToolResults && entry.Thread is not null)
            return null;
        if (ToolResults && Thinking)
            return entry;
        var buffer = new ArrayBufferWriter<byte>(entry.Blocks.Length);
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        int read = 0, written = 0;
        json.WriteStartArray();
        var reader = new Utf8JsonReader(entry.Blocks.Span, ReaderOptions);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                continue;
            (string? type, string? call, string? output) = Describe(reader);
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            ReadOnlySpan<byte> block = entry.Blocks.Span[start..(int)reader.BytesConsumed];
            read++;
            written += Write(json, block, type, call, entry.Role == Role.Assistant ? null : output) ? 1 : 0;
        }
        json.WriteEndArray();
        json.Flush();
        return written == 0 && read > 0 ? null : entry with { Blocks = buffer.WrittenMemory };
    }

    private bool Write(Utf8JsonWriter json, ReadOnlySpan<byte> block, string? type, string? call, string? output)
    {
        if (!Thinking && type is "thinking" or "redacted_thinking")
            return false;
        if (!ToolResults && type is not null && type.EndsWith("tool_result", StringComparison.Ordinal))
            WritePlaceholder(json, call);
        else if (!ToolResults && output is not null)
            WriteText(json, $"<{output}>{Placeholder}</{output}>");
        else
            json.WriteRawValue(block, skipInputValidation: true);
        return true;
    }

    private static void WritePlaceholder(Utf8JsonWriter json, string? call)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        if (call is not null)
            json.WriteString("tool_use_id"u8, call);
        json.WriteStartArray("content"u8);
        WriteText(json, Placeholder);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    // Output is the tag of a command's output in a text.
    private static (string? Type, string? Call, string? Output) Describe(Utf8JsonReader block)
    {
        string? type = null, call = null, output = null;
        while (block.Read() && block.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = block.ValueTextEquals("type"u8), isCall = block.ValueTextEquals("tool_use_id"u8), isText = block.ValueTextEquals("text"u8);
            block.Read();
            if (isType && block.TokenType == JsonTokenType.String)
                type = JsonText.GetString(ref block);
            else if (isCall && block.TokenType == JsonTokenType.String)
                call = JsonText.GetString(ref block);
            else if (isText && block.TokenType == JsonTokenType.String)
                output = ClientText.LeadingOutput(JsonText.GetString(ref block));
            else
                block.Skip();
        }
        return (type, call, output);
    }
}
