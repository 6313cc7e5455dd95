using System.CommandLine;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;

namespace Parley.Cli.Exporting;

/// <summary><c>parley export</c>: a session as a file, redacted like a share unless the author insists.</summary>
internal static class ExportCommand
{
    private const string DefaultFormat = "md";

    public static Command Create()
    {
        Argument<string?> session = Options.Session();
        OutgoingOptions outgoing = new();
        var format = new Option<string>("--format", "-f")
        {
            Description = $"json (an entry a line), jsonl (a bundle), md or html; by FILE's ending when left out, else {DefaultFormat}",
        };
        format.AcceptOnlyFromAmong([.. ExportFormat.Names]);
        var file = new Option<string>("--output", "-o") { Description = "Write to this file instead of stdout", HelpName = "FILE" };
        var noRedact = new Option<bool>("--no-redact") { Description = "Export as it stands on this machine: secrets, paths and long output included" };
        var command = new CliCommand("export", "Write a session as Markdown, HTML, JSON or a bundle", """
            parley export --format md > session.md
            parley export 3 -o session.html
            parley export 4f1d --format json | jq -r 'select(.role == "user") | .blocks[].text'
            """) { session, format, file, noRedact };
        outgoing.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            OutgoingSession chosen = outgoing.Of(parsed, LocalCatalog.Open(parsed.GetValue(session))) with { Redacts = !parsed.GetValue(noRedact) };
            if (!chosen.Redacts)
                Terminal.Error.WriteLine(Style.OfError.Warning("parley: --no-redact: secrets and personal paths are in this export. Do not hand it on."));
            string? path = parsed.GetValue(file);
            string name = parsed.GetValue(format) ?? FormatOf(path);
            return Task.Run(() => Write(chosen, name, path, cancel), CancellationToken.None);
        });
        return command;
    }

    private static string FormatOf(string? path) =>
        ExportFormat.Names.FirstOrDefault(f => path is not null && path.EndsWith("." + f, StringComparison.OrdinalIgnoreCase)) ?? DefaultFormat;

    // A file is complete or it is not there.
    private static void Write(OutgoingSession session, string format, string? path, CancellationToken cancel)
    {
        if (path is null)
        {
            using Stream output = Terminal.OpenOutput();
            ExportFormat.Write(format, session, output, cancel);
            return;
        }
        string unfinished = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (Stream output = File.Create(unfinished))
                ExportFormat.Write(format, session, output, cancel);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
