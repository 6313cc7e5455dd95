using System.Buffers;
using System.IO.Pipelines;
using Parley.Cli.Sharing;
using Parley.Core.Redaction;
using Parley.Core.Sessions;

namespace Parley.Cli.Exporting;

/// <summary>The formats of an export besides the bundle.</summary>
internal static class ExportFormats
{
    private const int FlushBytes = 128 * 1024;

    public static Task WriteAsync(string format, OutgoingSession session, Redactor redactor, PipeWriter output, CancellationToken cancel) => format switch
    {
        "json" => WriteJsonAsync(session, redactor, output, cancel),
        _ => throw new Failure($"the format {format} is not there yet."),
    };

    // One entry a line, numbered from 1 as they stand in the export.
    private static async Task WriteJsonAsync(OutgoingSession session, Redactor redactor, PipeWriter output, CancellationToken cancel)
    {
        long seq = 0;
        foreach ((_, Entry entry) in session.Entries(redactor))
        {
            EntryJson.Write(output, entry, ++seq);
            output.Write("\n"u8);
            if (output.UnflushedBytes >= FlushBytes)
                await output.FlushAsync(cancel);
        }
        await output.CompleteAsync();
    }
}
