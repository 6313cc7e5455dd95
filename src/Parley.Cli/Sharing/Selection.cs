using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>What the author lets out. Entries are counted from 1 in the whole transcript, so that a number means the same whatever is left out.</summary>
internal sealed record Selection
{
    /// <summary>Whether what tools answered goes out, what subagents said included.</summary>
    public bool ToolResults { get; init; } = true;

    public bool Thinking { get; init; } = true;

    /// <summary>The first entry that goes out.</summary>
    public int From { get; init; } = 1;

    public ImmutableSortedSet<int> LeftOut { get; init; } = [];

    /// <summary>Whether the entry of the main conversation with this number goes out.</summary>
    public bool Includes(int number) => number >= From && !LeftOut.Contains(number);

    /// <summary>The entry without the blocks that stay here; null when nothing of it is left.</summary>
    public Entry? Apply(Entry entry, int number)
    {
        // A subagent's whole conversation is what the tool that started it answered.
        if (!Includes(number) || (!ToolResults && entry.Thread is not null))
            return null;
        return ToolResults && Thinking ? entry : WithoutBlocks(entry);
    }

    private Entry? WithoutBlocks(Entry entry)
    {
        ReadOnlySpan<byte> blocks = entry.Blocks.Span;
        var json = new Utf8JsonReader(blocks, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        var kept = new ArrayBufferWriter<byte>(blocks.Length);
        bool removed = false;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            int start = (int)json.TokenStartIndex;
            bool staysHere = StaysHere(ref json);
            removed |= staysHere;
            if (staysHere)
                continue;
            kept.Write(kept.WrittenCount == 0 ? "["u8 : ","u8);
            kept.Write(blocks[start..(int)json.BytesConsumed]);
        }
        if (!removed)
            return entry;
        if (kept.WrittenCount == 0)
            return null;
        kept.Write("]"u8);
        return entry with { Blocks = kept.WrittenMemory };
    }

    // Reads one block to its end.
    private bool StaysHere(ref Utf8JsonReader json)
    {
        bool staysHere = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
                staysHere = IsLeftOut(JsonText.GetString(ref json));
            else
                json.Skip();
        }
        return staysHere;
    }

    // Results of tools that the API itself runs are named after them: web_search_tool_result, mcp_tool_result.
    private bool IsLeftOut(string type) =>
        (!ToolResults && type.EndsWith("tool_result", StringComparison.Ordinal)) || (!Thinking && type is "thinking" or "redacted_thinking");
}
