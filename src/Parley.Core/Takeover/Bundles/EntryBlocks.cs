using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.Bundles;

/// <summary>The blocks of an entry that a model can be sent again. Thinking isn't among them: a redaction may have changed what is signed.</summary>
internal sealed class EntryBlocks
{
    private EntryBlocks(IReadOnlyList<Block> sent, string? summary, string? note) => (Sent, Summary, Note) = (sent, summary, note);

    public IReadOnlyList<Block> Sent { get; }

    public bool HasCalls => Sent.Any(block => block.Kind == EntryBlockKind.Call);

    /// <summary>What a compaction has made of everything before it; null where there was none.</summary>
    public string? Summary { get; }

    /// <summary>What a person said to the others; null in any other entry.</summary>
    public string? Note { get; }

    public static EntryBlocks Of(Entry entry)
    {
        var sent = new List<Block>();
        string? summary = null, note = null;
        var json = new JsonScanner(entry.Blocks.Span);
        json.TryEnter((byte)'[');
        for (bool isFirst = true; json.NextItem(ref isFirst);)
        {
            int start = json.NextPosition;
            json.Skip();
            ReadOnlyMemory<byte> block = entry.Blocks[start..json.Position];
            if (Read(block, entry.Role) is { } read)
                sent.Add(read);
            else if (entry.Role == Role.Event)
                (summary, note) = (summary ?? SummaryIn(block), note ?? NoteIn(block));
        }
        return new EntryBlocks(sent, summary, note);
    }

    private static Block? Read(ReadOnlyMemory<byte> block, Role role)
    {
        ReadOnlySpan<byte> type = default, text = default, id = default, resultOf = default;
        var json = new JsonScanner(block.Span);
        json.TryEnter((byte)'{');
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            if (name.SequenceEqual("type"u8))
                type = value;
            else if (name.SequenceEqual("text"u8))
                text = value;
            else if (name.SequenceEqual("id"u8))
                id = value;
            else if (name.SequenceEqual("tool_use_id"u8))
                resultOf = value;
        }
        bool isAnswer = role == Role.Assistant;
        return JsonString.Decode(type) switch
        {
            "text" when role != Role.Event && text.Length > 2 => new Block(EntryBlockKind.Said, block, []),
            "image" or "document" when role == Role.User => new Block(EntryBlockKind.Said, block, []),
            "server_tool_use" or "web_search_tool_result" when isAnswer => new Block(EntryBlockKind.Said, block, []),
            "tool_use" when isAnswer && id.Length > 2 => new Block(EntryBlockKind.Call, block, id.ToArray()),
            "tool_result" when role == Role.User && resultOf.Length > 2 => new Block(EntryBlockKind.Result, block, resultOf.ToArray()),
            _ => null,
        };
    }

    private static string? SummaryIn(ReadOnlyMemory<byte> block) => TextIn(block, "event", "compacted", "summary");

    private static string? NoteIn(ReadOnlyMemory<byte> block) => TextIn(block, "type", Sessions.Note.BlockType, "text");

    // A member of a block that has another member with a value.
    private static string? TextIn(ReadOnlyMemory<byte> block, string name, string value, string member)
    {
        using JsonDocument document = JsonDocument.Parse(block, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
        JsonElement root = document.RootElement;
        bool isIt = root.TryGetProperty(name, out JsonElement what) && what.ValueKind == JsonValueKind.String && what.ValueEquals(value);
        return isIt && root.TryGetProperty(member, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? JsonString.Decode(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(text))
            : null;
    }
}

/// <summary>A block that is sent.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Json">The block.</param>
/// <param name="Call">The id of the tool call that it is, or that it is the result of, as a JSON string.</param>
internal sealed record Block(EntryBlockKind Kind, ReadOnlyMemory<byte> Json, byte[] Call);

internal enum EntryBlockKind
{
    Said,
    Call,
    Result,
}
