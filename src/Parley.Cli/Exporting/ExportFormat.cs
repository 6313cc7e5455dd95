using System.Buffers;
using Parley.Cli.Sharing;
using Parley.Core.Redaction;
using Parley.Core.Rendering.Export;
using Parley.Core.Sessions;

namespace Parley.Cli.Exporting;

/// <summary>The formats of an export.</summary>
internal static class ExportFormat
{
    private const int FlushBytes = 128 * 1024;

    public static IReadOnlyList<string> Names { get; } = ["json", "jsonl", "md", "html"];

    /// <summary>Writes the whole export, holding an entry at a time.</summary>
    public static void Write(string format, OutgoingSession session, Stream output, CancellationToken cancel)
    {
        Redactor redactor = session.Learn(cancel);
        IEnumerable<Entry> entries = session.Entries(redactor, cancel).Select(outgoing => outgoing.Entry);
        switch (format)
        {
            case "json":
                WriteJson(entries, output);
                break;
            case "jsonl":
                WriteBundle(session.Header(redactor), entries, output);
                break;
            case "md":
                MarkdownExport.Write(session.Header(redactor), entries, output);
                break;
            case "html":
                HtmlExport.Write(session.Header(redactor), entries, output);
                break;
        }
    }

    // One entry a line, numbered from 1 as they stand in the export.
    private static void WriteJson(IEnumerable<Entry> entries, Stream output)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushBytes);
        long seq = 0;
        foreach (Entry entry in entries)
        {
            EntryJson.Write(buffer, entry, ++seq);
            buffer.Write("\n"u8);
            Flush(buffer, output, FlushBytes);
        }
        Flush(buffer, output, 1);
    }

    private static void WriteBundle(SessionHeader header, IEnumerable<Entry> entries, Stream output)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushBytes);
        var bundle = new BundleWriter(buffer);
        bundle.WriteHeader(header);
        foreach (Entry entry in entries)
        {
            bundle.WriteEntry(entry);
            Flush(buffer, output, FlushBytes);
        }
        bundle.WriteEnd();
        Flush(buffer, output, 1);
    }

    private static void Flush(ArrayBufferWriter<byte> buffer, Stream output, int atLeast)
    {
        if (buffer.WrittenCount < atLeast)
            return;
        output.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
