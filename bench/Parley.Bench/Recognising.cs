using System.Diagnostics;
using System.Text.Json;

namespace Parley.Bench;

/// <summary>What scanners find, and what they take for a secret that is none, by kind.</summary>
internal static class Recognising
{
    /// <summary>Scanners end with 1 when they found nothing, or something.</summary>
    private const int Ended = 1;

    private const double Goal = 0.98, CollateralGoal = 0.04;

    public static async Task<Table> RunAsync(Workbench bench)
    {
        IReadOnlyList<Family> families = Vectors.Make();
        var table = new Table("Finding secrets",
            "Share of generated secrets that are found, and behind it how many look-alikes are taken for one; each text is a file of its own. `parley redact` has found a secret when it is gone, "
            + "the others when they name the file: ripgrep by four naive rules, secretlint by its recommended rules, git-secrets by those for AWS, the only ones it brings along.",
            ["", "secrets / alike", "`parley redact`", "ripgrep, four rules", "secretlint", "git-secrets"]);
        int found = 0, all = 0, wrong = 0, lost = 0, others = 0;
        foreach (Family family in families)
        {
            string folder = Path.Combine(bench.Folder, "recall", Guid.NewGuid().ToString("N"));
            string secrets = Write(folder, "secrets", family.Secrets.Select(s => s.Text)), alike = Write(folder, "alike", family.Alike);
            string[] redacted = await RedactedAsync(bench, [.. family.Secrets.Select(s => s.Text), .. family.Alike], folder);
            int gone = family.Secrets.Where((s, i) => !redacted[i].Contains(s.Secret, StringComparison.Ordinal)).Count();
            int changed = family.Alike.Where((text, i) => redacted[family.Secrets.Count + i] != text).Count();
            List<string> cells = [Cell(gone, changed)];
            foreach (Func<string, ProcessStartInfo> scan in new Func<string, ProcessStartInfo>[] { f => Redacting.Ripgrep(bench, "--files-with-matches", f), f => Redacting.Secretlint(bench, f + "/*"), f => GitSecrets(bench, f) })
                cells.Add(Cell(await NamedAsync(scan(secrets), secrets), await NamedAsync(scan(alike), alike)));
            table.Add([family.Name, $"{family.Secrets.Count} / {family.Alike.Count}", .. cells]);
            (found, all, wrong) = (found + gone, all + family.Secrets.Count, wrong + changed);
            lost += family.Secrets.Select((s, i) => s.Lost(redacted[i])).Sum();
            others += family.Secrets.Sum(s => s.Others);

            string Cell(int hits, int mistakes) => $"{100.0 * hits / family.Secrets.Count:0} % / {mistakes}";
        }
        table.Goal(found >= Goal * all && wrong == 0, $"at least {Goal:0 %} of all and no look-alike", $"{(double)found / all:0.0 %} and {wrong}");
        table.Goal(lost <= CollateralGoal * others, $"at most {CollateralGoal:0 %} of the characters around a secret go with it", $"{(double)lost / others:0.0 %}");
        return table;
    }

    private static string Write(string folder, string name, IEnumerable<string> texts)
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        int n = 0;
        foreach (string text in texts)
            File.WriteAllText(Path.Combine(path, $"{n++}.txt"), text);
        return path;
    }

    private static async Task<string[]> RedactedAsync(Workbench bench, string[] texts, string folder)
    {
        string input = Path.Combine(folder, "all.jsonl");
        await File.WriteAllLinesAsync(input, texts.Select(text => JsonSerializer.Serialize(text)));
        Run run = await Measure.ProcessAsync(bench.Parley("redact", "--format", "jsonl", input));
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string>(line)!)];
    }

    private static async Task<int> NamedAsync(ProcessStartInfo scanner, string folder)
    {
        Run run = await Measure.ProcessAsync(scanner, accept: Ended);
        return Directory.GetFiles(folder).Count(file => run.Output.Contains(file, StringComparison.Ordinal));
    }

    private static ProcessStartInfo GitSecrets(Workbench bench, string folder) => bench.Command("/bin/sh", "-c",
        "git init -q \"$1\" && cd \"$1\" && git secrets --register-aws >/dev/null && git secrets --scan --no-index \"$1\"/*.txt 2>&1", "sh", folder);
}
