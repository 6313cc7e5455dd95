using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Setup;

/// <summary>What <c>parley doctor --json</c> prints.</summary>
internal sealed record DoctorReport(bool Ok, IReadOnlyList<Diagnosis> Checks);

/// <summary><c>parley doctor</c>: looks at everything that sharing from Claude Code needs, one line each.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> json = Options.Json("Print it as a JSON object");
        var command = new CliCommand("doctor", "Check server, key, Claude Code and its plugin, and say what to do", """
            parley doctor
            parley doctor --json | jq '.checks[] | select(.state == "failed")'
            """) { json };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(bool json, CancellationToken cancel)
    {
        Diagnosis[] diagnoses = [.. await Task.WhenAll(Checks.All(cancel))];
        bool ok = diagnoses.All(diagnosis => diagnosis.State != Health.Failed);
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(new DoctorReport(ok, diagnoses), CliJson.Readable.DoctorReport));
        else
            foreach (Diagnosis diagnosis in diagnoses)
                Terminal.Out.WriteLine(Line(diagnosis));
        return ok ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Line(Diagnosis diagnosis)
    {
        string text = $"{diagnosis.Subject,-9}{DisplayText.OneLine(diagnosis.Text)}";
        return diagnosis.State switch
        {
            Health.Fine => $"✓ {text}",
            Health.Note => $"- {text}",
            _ => Style.OfOut.Warning($"✗ {text}"),
        };
    }
}
