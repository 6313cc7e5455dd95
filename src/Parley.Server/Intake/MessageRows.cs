using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Parley.Core.Redaction;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Intake;

/// <summary>Makes rows of entries: redacted, rendered and ready to be searched, numbered from 1.</summary>
internal sealed class MessageRows(string sessionId, Redactor redactor)
{
    public const string Table = "messages";

    public static readonly string[] Columns =
    [
        "share_id", "sequence", "type", "role", "author", "thread", "model", "input_tokens", "output_tokens", "timestamp",
        "has_thinking", "has_tool_use", "renderer_version", "html", "search_text", "content_json",
    ];

    private readonly EntryRenderer _renderer = new();
    private readonly ArrayBufferWriter<byte> _html = new(16 * 1024);
    private readonly ArrayBufferWriter<byte> _text = new(16 * 1024);

    /// <summary>What the rows made so far add to their session.</summary>
    public EntryTotals Totals { get; private set; }

    /// <summary>A row per entry. One array serves for all of them.</summary>
    public async IAsyncEnumerable<object?[]> OfAsync(IAsyncEnumerable<Entry> entries, [EnumeratorCancellation] CancellationToken cancel)
    {
        object?[] row = new object?[Columns.Length];
        row[0] = sessionId;
        await foreach (Rendered rendered in Ahead.Of(RenderAsync(entries, cancel), r => r.Entry.Blocks.Length + r.Html.Length, cancel))
        {
            Totals = Totals.With(rendered.Entry.Usage);
            Fill(row, rendered);
            yield return row;
        }
    }

    private async IAsyncEnumerable<Rendered> RenderAsync(IAsyncEnumerable<Entry> entries, [EnumeratorCancellation] CancellationToken cancel)
    {
        long seq = 0;
        await foreach (Entry original in entries.WithCancellation(cancel))
        {
            Entry entry = Truncation.Truncate(redactor.Redact(original));
            _html.ResetWrittenCount();
            _renderer.Render(entry, ++seq, _html);
            yield return new Rendered(seq, entry, _html.WrittenSpan.ToArray());
        }
    }

    private void Fill(object?[] row, Rendered rendered)
    {
        Entry entry = rendered.Entry;
        BlockKinds kinds = BlockKinds.Of(entry.Blocks.Span);
        _text.ResetWrittenCount();
        Encoding.UTF8.GetBytes(SearchText.Fold(PlainText.Of(entry)), _text);
        row[1] = rendered.Seq;
        row[2] = EntryJson.Name(entry.Role);
        row[3] = entry.Role == Role.Event ? null : row[2];
        row[4] = Field.CleanOrNull(entry.Author);
        row[5] = Field.CleanOrNull(entry.Thread);
        row[6] = Field.CleanOrNull(entry.Model);
        row[7] = entry.Usage?.Input;
        row[8] = entry.Usage?.Output;
        row[9] = entry.Timestamp;
        row[10] = kinds.Thinking;
        row[11] = kinds.ToolUse;
        row[12] = EntryRenderer.Version;
        row[13] = (ReadOnlyMemory<byte>)rendered.Html;
        row[14] = new Utf8Text(_text.WrittenMemory);
        row[15] = new Utf8Text(entry.Blocks);
    }

    private readonly record struct Rendered(long Seq, Entry Entry, byte[] Html);
}
