using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Parley.Core.Sessions;

/// <summary>
/// The JSON form of an entry, one and the same in bundles, exports and the API:
/// <c>{"seq","role","author","timestamp","model","thread","usage":{"input","output"},"blocks":[…]}</c>. What is null is left out.
/// </summary>
public static class EntryJson
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JsonText.Encoder, SkipValidation = true };

    /// <summary>Writes one JSON object without a line end. <paramref name="seq"/> is left out when null.</summary>
    public static void Write(IBufferWriter<byte> output, Entry entry, long? seq = null)
    {
        using var json = new Utf8JsonWriter(output, WriterOptions);
        json.WriteStartObject();
        if (seq is { } s)
            json.WriteNumber("seq"u8, s);
        json.WriteString("role"u8, Name(entry.Role));
        if (entry.Author is not null)
            json.WriteString("author"u8, entry.Author);
        if (entry.Timestamp is { } t)
            json.WriteString("timestamp"u8, JsonText.Timestamp(t));
        if (entry.Model is not null)
            json.WriteString("model"u8, entry.Model);
        if (entry.Thread is not null)
            json.WriteString("thread"u8, entry.Thread);
        if (entry.Usage is { } u)
        {
            json.WriteStartObject("usage"u8);
            json.WriteNumber("input"u8, u.Input);
            json.WriteNumber("output"u8, u.Output);
            json.WriteEndObject();
        }
        json.WritePropertyName("blocks"u8);
        json.WriteRawValue(entry.Blocks.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; unknown members are skipped. The blocks are a slice of <paramref name="line"/>.</summary>
    /// <exception cref="JsonException">Not an entry; the message says what is wrong.</exception>
    public static Entry Read(ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span))
            throw new JsonException("An entry is UTF-8.");
        var json = new Utf8JsonReader(line.Span, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An entry is a JSON object.");

        Role? role = null;
        string? author = null, model = null, thread = null;
        DateTimeOffset? timestamp = null;
        Usage? usage = null;
        ReadOnlyMemory<byte>? blocks = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("role"u8))
                role = ParseRole(String(ref json));
            else if (json.ValueTextEquals("author"u8))
                author = String(ref json);
            else if (json.ValueTextEquals("model"u8))
                model = String(ref json);
            else if (json.ValueTextEquals("thread"u8))
                thread = String(ref json);
            else if (json.ValueTextEquals("timestamp"u8))
                timestamp = JsonText.ParseTimestamp(String(ref json));
            else if (json.ValueTextEquals("usage"u8))
                usage = ReadUsage(ref json);
            else if (json.ValueTextEquals("blocks"u8))
                blocks = ReadBlocks(ref json, line);
            else
                json.Skip();
        }
        if (json.Read())
            throw new JsonException("An entry is one JSON object.");
        return new Entry
        {
            Role = role ?? throw new JsonException("An entry needs a role: user, assistant or event."),
            Author = author,
            Timestamp = timestamp,
            Model = model,
            Thread = thread,
            Usage = usage,
            Blocks = blocks ?? throw new JsonException("An entry needs its blocks."),
        };
    }

    public static string Name(Role role) => role switch
    {
        Role.User => "user",
        Role.Assistant => "assistant",
        _ => "event",
    };

    public static Role ParseRole(string? name) => name switch
    {
        "user" => Role.User,
        "assistant" => Role.Assistant,
        "event" => Role.Event,
        _ => throw new JsonException("The role of an entry is user, assistant or event."),
    };

    private static string? String(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.String => JsonText.GetString(ref json),
            JsonTokenType.Null => null,
            _ => throw new JsonException("role, author, timestamp, model and thread of an entry are strings."),
        };
    }

    private static Usage? ReadUsage(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }
        long input = 0, output = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isInput = json.ValueTextEquals("input"u8), isOutput = json.ValueTextEquals("output"u8);
            json.Read();
            if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long n) && n >= 0)
                (input, output) = (isInput ? n : input, isOutput ? n : output);
            else
                json.Skip();
        }
        return new Usage(input, output);
    }

    private static ReadOnlyMemory<byte> ReadBlocks(ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
            throw new JsonException("The blocks of an entry are an array.");
        int start = (int)json.TokenStartIndex;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("Each block of an entry is an object.");
            json.Skip();
        }
        return line[start..(int)json.BytesConsumed];
    }
}
