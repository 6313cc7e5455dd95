using System.Buffers;
using System.Runtime.CompilerServices;
using Parley.Core.Redaction;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Sessions;

namespace Parley.Server.Intake;

/// <summary>Makes rows of a session's entries: redacted, rendered and ready to be searched.</summary>
/// <param name="sessionId">The session.</param>
/// <param name="redactor">What it has learned, it takes out.</param>
/// <param name="renderer">A renderer that has seen the entries before.</param>
/// <param name="key">What their digests are made with.</param>
/// <param name="after">The seq before the first of these entries.</param>
internal sealed class MessageRows(string sessionId, Redactor redactor, EntryRenderer renderer, DataKey key, long after = 0)
{
    private readonly ArrayBufferWriter<byte> _html = new(16 * 1024);
    private readonly ArrayBufferWriter<byte> _text = new(16 * 1024);
    private long _seq = after;

    /// <summary>What the rows made so far add to their session.</summary>
    public EntryTotals Totals { get; private set; }

    /// <summary>The rewinds that they tell of, by the seq of the entry that does.</summary>
    public List<(long Seq, Rewind Rewind)> Rewinds { get; } = [];

    /// <summary>A row of values per entry, made ahead of their use. One array serves for all of them.</summary>
    public async IAsyncEnumerable<object?[]> OfAsync(IAsyncEnumerable<Entry> entries, [EnumeratorCancellation] CancellationToken cancel)
    {
        object?[] values = new object?[EntryRow.Columns.Length];
        values[0] = sessionId;
        await foreach (EntryRow row in Ahead.Of(MakeAsync(entries, cancel), r => r.Entry.Blocks.Length + r.Html.Length, cancel))
        {
            row.Fill(values, _text);
            yield return values;
        }
    }

    /// <summary>The row of the next entry.</summary>
    public EntryRow Make(Entry original)
    {
        Entry entry = Truncation.Truncate(redactor.Redact(original));
        Totals = Totals.With(entry.Usage);
        if (Rewind.Of(entry, ++_seq) is { } rewind)
            Rewinds.Add((_seq, rewind));
        return EntryRow.Of(entry, _seq, renderer, _html, EntryDigest.Of(key, original));
    }

    private async IAsyncEnumerable<EntryRow> MakeAsync(IAsyncEnumerable<Entry> entries, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (Entry entry in entries.WithCancellation(cancel))
            yield return Make(entry);
    }
}
