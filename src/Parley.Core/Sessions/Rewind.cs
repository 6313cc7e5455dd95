using System.Text.Json;

namespace Parley.Core.Sessions;

/// <summary>
/// The person went back: entries that stay in the log and are folded away where it is shown. An event entry with the block
/// <c>{"type":"rewound","fromSeq":a,"toSeq":b}</c> tells of it.
/// </summary>
/// <param name="FromSeq">The first of the abandoned entries.</param>
/// <param name="ToSeq">The last of them, before the entry that tells of it.</param>
public readonly record struct Rewind(long FromSeq, long ToSeq)
{
    /// <summary>The type of the block.</summary>
    public const string BlockType = "rewound";

    /// <summary>What the entry at <paramref name="seq"/> tells; null when it tells of no rewind, or of one that can't be.</summary>
    public static Rewind? Of(Entry entry, long seq)
    {
        if (entry.Role != Role.Event || entry.Blocks.Span.IndexOf("\"rewound\""u8) < 0)
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(entry.Blocks, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            foreach (JsonElement block in document.RootElement.EnumerateArray())
            {
                if (Of(block) is { } rewind && rewind.ToSeq < seq)
                    return rewind;
            }
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a block tells; null when it is no such block.</summary>
    public static Rewind? Of(JsonElement block) =>
        block.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals(BlockType)
        && Number(block, "fromSeq") is { } from && Number(block, "toSeq") is { } to && from >= 1 && from <= to
            ? new Rewind(from, to)
            : null;

    private static long? Number(JsonElement block, string name) =>
        block.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
