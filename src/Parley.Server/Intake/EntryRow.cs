using System.Buffers;
using System.Text;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Intake;

/// <summary>An entry as it is stored.</summary>
/// <param name="Seq">Its place in its session.</param>
/// <param name="Entry">What is left of it after redaction and truncation.</param>
/// <param name="Html">Its fragment.</param>
/// <param name="Digest">Of the entry as it was sent; null where that is not known.</param>
internal readonly record struct EntryRow(long Seq, Entry Entry, byte[] Html, byte[]? Digest)
{
    public const string Table = "messages";

    public static readonly string[] Columns =
    [
        "share_id", "sequence", "type", "role", "author", "thread", "model", "input_tokens", "output_tokens", "timestamp",
        "has_thinking", "has_tool_use", "renderer_version", "html", "search_text", "content_json", "digest",
    ];

    /// <summary>The row of an entry that is redacted already. <paramref name="buffer"/> may serve for many.</summary>
    public static EntryRow Of(Entry entry, long seq, EntryRenderer renderer, ArrayBufferWriter<byte> buffer, byte[]? digest = null)
    {
        buffer.ResetWrittenCount();
        renderer.Render(entry, seq, buffer);
        return new EntryRow(seq, entry, buffer.WrittenSpan.ToArray(), digest);
    }

    /// <summary>Writes the values of <see cref="Columns"/> after the session's id. <paramref name="text"/> holds what the row refers to.</summary>
    public void Fill(object?[] row, ArrayBufferWriter<byte> text)
    {
        BlockKinds kinds = BlockKinds.Of(Entry.Blocks.Span);
        text.ResetWrittenCount();
        Encoding.UTF8.GetBytes(SearchText.Fold(PlainText.Of(Entry)), text);
        row[1] = Seq;
        row[2] = EntryJson.Name(Entry.Role);
        row[3] = Entry.Role == Role.Event ? null : row[2];
        row[4] = Field.CleanOrNull(Entry.Author);
        row[5] = Field.CleanOrNull(Entry.Thread);
        row[6] = Field.CleanOrNull(Entry.Model);
        row[7] = Entry.Usage?.Input;
        row[8] = Entry.Usage?.Output;
        row[9] = Entry.Timestamp;
        row[10] = kinds.Thinking;
        row[11] = kinds.ToolUse;
        row[12] = EntryRenderer.Version;
        row[13] = (ReadOnlyMemory<byte>)Html;
        row[14] = new Utf8Text(text.WrittenMemory);
        row[15] = new Utf8Text(Entry.Blocks);
        row[16] = Digest is null ? null : (ReadOnlyMemory<byte>)Digest;
    }
}
