using System.Buffers;
using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Core.Turns;

namespace Parley.Core.Headless;

/// <summary>What people have said in a workspace as its agent's client is given it: marked with who said it, so that nobody speaks in another's name.</summary>
public static class SpokenEntry
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonText.Encoder };

    /// <summary>The entry with the marks; what nobody in particular has said stays as it is.</summary>
    public static Entry Of(Entry entry, Quoting quoting) => entry switch
    {
        { Role: Role.User, Author: { } author } => entry with { Author = null, Blocks = Marked(entry.Blocks, "text", text => quoting.Person(author, text)) },
        { Role: Role.Event } when IsNote(entry.Blocks) =>
            entry with { Role = Role.User, Author = null, Blocks = Marked(entry.Blocks, Note.BlockType, text => quoting.Note(entry.Author ?? "somebody", text)) },
        _ => entry,
    };

    private static bool IsNote(ReadOnlyMemory<byte> blocks)
    {
        using JsonDocument json = JsonDocument.Parse(blocks, Json.Options);
        return json.RootElement.EnumerateArray().Any(block => block.String("type") == Note.BlockType);
    }

    private static ReadOnlyMemory<byte> Marked(ReadOnlyMemory<byte> blocks, string type, Func<string, string> mark)
    {
        using JsonDocument json = JsonDocument.Parse(blocks, Json.Options);
        var marked = new ArrayBufferWriter<byte>();
        using (var output = new Utf8JsonWriter(marked, Options))
        {
            output.WriteStartArray();
            foreach (JsonElement block in json.RootElement.EnumerateArray())
            {
                if (block.String("type") == type && block.String("text") is { } text)
                    WriteText(output, mark(text));
                else
                    block.WriteTo(output);
            }
            output.WriteEndArray();
        }
        return marked.WrittenMemory;
    }

    private static void WriteText(Utf8JsonWriter output, string text)
    {
        output.WriteStartObject();
        output.WriteString("type"u8, "text"u8);
        output.WriteString("text"u8, text);
        output.WriteEndObject();
    }
}
