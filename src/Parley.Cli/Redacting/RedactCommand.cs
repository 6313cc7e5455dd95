using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Redaction;

namespace Parley.Cli.Redacting;

/// <summary>What <c>parley redact --report --json</c> prints on stderr.</summary>
internal sealed record RedactReport(IReadOnlyDictionary<string, int> Redactions, IReadOnlyList<Finding> Findings);

/// <summary><c>parley redact</c>: the redaction alone, as a filter.</summary>
internal static class RedactCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "What to redact; stdin when left out", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string>("--format", "-f") { Description = "text, or jsonl: each line a JSON value; by FILE's ending when left out, else text" };
        format.AcceptOnlyFromAmong("text", "jsonl");
        var report = new Option<bool>("--report") { Description = "Say on stderr what was taken out, and where" };
        Option<bool> json = Options.Json("Print the report as a JSON object");
        var command = new CliCommand("redact", "Take secrets and personal paths out of text", """
            parley redact < build.log > shareable.log
            parley redact session.jsonl --report > clean.jsonl
            kubectl logs -f api | parley redact
            """) { file, format, report, json };
        command.SetAction((parsed, cancel) =>
        {
            string? path = parsed.GetValue(file);
            string? ending = path?.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) == true ? "jsonl" : "text";
            var redactor = new Redactor(Machine.Redaction());
            return Task.Run(() =>
            {
                Run(redactor, path, parsed.GetValue(format) ?? ending, cancel);
                if (parsed.GetValue(report) || parsed.GetValue(json))
                    WriteReport(redactor.Report, parsed.GetValue(json));
            }, CancellationToken.None);
        });
        return command;
    }

    // A file is one thing: a value which its end gives away is taken out at its beginning too. What comes from stdin goes on as it arrives,
    // and its JSON lines have nothing to do with each other.
    private static void Run(Redactor redactor, string? path, string format, CancellationToken cancel)
    {
        using Stream output = Terminal.OpenOutput();
        using Stream input = path is null ? Console.OpenStandardInput() : Open(path);
        bool isJson = format == "jsonl";
        Filter filter = isJson ? new JsonLinesFilter(redactor, areRecords: path is null) : new TextFilter(redactor);
        if (path is not null && input.CanSeek)
            filter.Run(new FileRedactor(redactor, isJson), input, output, cancel);
        else
            filter.Run(input, output, cancel);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Failure($"there is no file {path}.");
        }
    }

    private static void WriteReport(RedactionReport report, bool json)
    {
        if (json)
        {
            var found = new RedactReport(report.Counts, report.Findings);
            Terminal.Error.WriteLine(JsonSerializer.Serialize(found, CliJson.Compact.RedactReport));
            return;
        }
        var table = new Table(new("RULE"), new("PLACE"), new("VALUE", Shrinks: true));
        foreach (Finding finding in report.Findings)
            table.Add(finding.Rule, finding.Place, finding.Masked);
        table.Write(Terminal.Error, Style.OfError, Terminal.ErrorIsTerminal ? Terminal.Width : null);
        int hidden = report.Counts.Values.Sum() - report.Findings.Count;
        if (hidden > 0)
            Terminal.Error.WriteLine($"and {hidden} more");
    }
}
