using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Redaction;

/// <summary>
/// Shortens long tool results to their beginning and end. It comes after redaction: a secret that straddles the cut would otherwise lose
/// the form it is recognised by.
/// </summary>
public static class Truncation
{
    /// <summary>Bytes of UTF-8 text up to which a tool result stays whole.</summary>
    public const int MaxBytes = 10_240;

    /// <summary>UTF-16 code units kept at each end; one fewer where a surrogate pair would be split.</summary>
    public const int KeptCharacters = 500;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.MaxDepth };

    /// <summary>The entry with the texts of its tool results shortened; the same entry when none is too long.</summary>
    public static Entry Truncate(Entry entry)
    {
        ReadOnlyMemory<byte> blocks = entry.Blocks;
        if (blocks.Length <= MaxBytes || blocks.Span.IndexOf("tool_result"u8) < 0)
            return entry;
        var output = new ArrayBufferWriter<byte>(blocks.Length);
        return TryTruncate(blocks.Span, output) ? entry with { Blocks = output.WrittenMemory } : entry;
    }

    /// <summary>The text, shortened if it is longer than <see cref="MaxBytes"/>.</summary>
    public static string Truncate(string text)
    {
        if (text.Length <= MaxBytes / 3 || Encoding.UTF8.GetByteCount(text) <= MaxBytes)
            return text;
        int head = char.IsHighSurrogate(text[KeptCharacters - 1]) ? KeptCharacters - 1 : KeptCharacters;
        int tail = text.Length - KeptCharacters;
        if (char.IsLowSurrogate(text[tail]))
            tail++;
        int removed = Encoding.UTF8.GetByteCount(text.AsSpan(head, tail - head));
        return $"{text.AsSpan(0, head)}[truncated: {removed} bytes removed]{text.AsSpan(tail)}";
    }

    // Copies the blocks but for the long strings that are the content, or a text block in the content, of a tool result.
    private static bool TryTruncate(ReadOnlySpan<byte> blocks, ArrayBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(blocks, ReaderOptions);
        int copied = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.StartObject || reader.CurrentDepth != 1 || !IsToolResult(reader))
                continue;
            while (reader.Read() && reader.CurrentDepth > 1)
            {
                if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(reader.CurrentDepth == 2 ? "content"u8 : "text"u8))
                    continue;
                reader.Read();
                if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length <= MaxBytes)
                    continue;
                string text = JsonText.GetString(ref reader), shorter = Truncate(text);
                if (ReferenceEquals(text, shorter))
                    continue;
                int start = (int)reader.TokenStartIndex + 1;
                output.Write(blocks[copied..start]);
                output.Write(JsonEncodedText.Encode(shorter, JsonText.Encoder).EncodedUtf8Bytes);
                copied = start + reader.ValueSpan.Length;
            }
        }
        output.Write(blocks[copied..]);
        return copied > 0;
    }

    private static bool IsToolResult(Utf8JsonReader block)
    {
        while (block.Read() && block.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = block.ValueTextEquals("type"u8);
            block.Read();
            if (isType)
                return block.TokenType == JsonTokenType.String && block.ValueTextEquals("tool_result"u8);
            block.Skip();
        }
        return false;
    }
}
