using System.CommandLine;
using System.IO.Pipelines;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Redaction;
using Parley.Core.Transcripts;

namespace Parley.Cli.Exporting;

/// <summary><c>parley export</c>: a session as a file, redacted like a share unless the author insists.</summary>
internal static class ExportCommand
{
    private static readonly string[] Formats = ["json", "md", "html", "jsonl"];

    public static Command Create()
    {
        Argument<string?> session = Options.Session();
        OutgoingOptions outgoing = new();
        var format = new Option<string>("--format", "-f") { Description = "json (an entry a line), jsonl (a bundle), md or html; by FILE's ending when left out, else md" };
        format.AcceptOnlyFromAmong(Formats);
        var file = new Option<string>("--output", "-o") { Description = "Write to this file instead of stdout", HelpName = "FILE" };
        var noRedact = new Option<bool>("--no-redact") { Description = "Export as it stands on this machine: secrets, paths and long output included" };
        var command = new CliCommand("export", "Write a session as Markdown, HTML, JSON or a bundle", """
            parley export --format md > session.md
            parley export 3 -o session.html
            parley export 4f1d --format json | jq -r 'select(.role == "user") | .blocks[].text'
            """) { session, format, file, noRedact };
        outgoing.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            Transcript transcript = LocalCatalog.Open(parsed.GetValue(session));
            OutgoingSession chosen = outgoing.Of(parsed, transcript) with { Redacts = !parsed.GetValue(noRedact) };
            if (!chosen.Redacts)
                Terminal.Error.WriteLine(Style.OfError.Warning("parley: --no-redact: secrets and personal paths are in this export. Do not hand it on."));
            string? path = parsed.GetValue(file);
            await WriteAsync(chosen, parsed.GetValue(format) ?? FormatOf(path), path, cancel);
        });
        return command;
    }

    private static string FormatOf(string? path) =>
        Formats.FirstOrDefault(f => path is not null && path.EndsWith("." + f, StringComparison.OrdinalIgnoreCase)) ?? "md";

    // A file is complete or it is not there.
    private static async Task WriteAsync(OutgoingSession session, string format, string? path, CancellationToken cancel)
    {
        if (path is null)
        {
            await using Stream output = Terminal.OpenOutput();
            await WriteAsync(session, format, output, cancel);
            return;
        }
        string unfinished = $"{path}.{Environment.ProcessId}.part";
        try
        {
            await using (Stream output = File.Create(unfinished))
                await WriteAsync(session, format, output, cancel);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task WriteAsync(OutgoingSession session, string format, Stream output, CancellationToken cancel)
    {
        PipeWriter pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        Redactor redactor = session.Learn(cancel);
        if (format == "jsonl")
            await session.WriteBundleAsync(redactor, pipe, _ => { }, cancel);
        else
            await ExportFormats.WriteAsync(format, session, redactor, pipe, cancel);
    }
}
