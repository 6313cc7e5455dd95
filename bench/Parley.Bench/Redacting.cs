using System.Diagnostics;

namespace Parley.Bench;

/// <summary>Redacting text that has nothing to find, a transcript, and text made to be slow, beside tools that only find.</summary>
internal static class Redacting
{
    private const int CleanSize = 200, TranscriptSize = 50, HostileSize = 20;
    private const double CleanGoal = 1000, TranscriptGoal = 300, StartGoal = 5;

    /// <summary>ripgrep and secretlint end with 1 when they found nothing, or something.</summary>
    private const int Found = 1;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        int divisor = bench.Quick ? 10 : 1;
        string clean = Path.Combine(bench.Folder, "clean.txt"), hostile = Path.Combine(bench.Folder, "hostile.txt");
        Texts.WriteClean(clean, CleanSize / divisor * 1_000_000L);
        Texts.WriteHostile(hostile, HostileSize / divisor * 1_000_000L);
        string[] files = [clean, bench.Transcript(TranscriptSize / divisor), hostile];

        var table = new Table("Redacting",
            $"MB/s over {string.Join(", ", files.Select(f => Workbench.Megabytes(new FileInfo(f).Length)))}; whole processes, their start included, median of {bench.Runs(3)} runs. "
            + "`parley redact` finds secrets and personal paths, follows a secret to its other places and writes the text back (a transcript as JSON lines); "
            + "ripgrep counts the lines that match four naive rules, secretlint lists what its recommended rules find. Most of what a transcript holds to find here is its home folder, in nearly every line.",
            ["", "clean text", "a transcript", "hostile text"]);
        await RowAsync(bench, table, "`parley redact`", files, f => bench.Parley("redact", f));
        await RowAsync(bench, table, "ripgrep, four rules", files, f => Ripgrep(bench, "--count", f));
        await RowAsync(bench, table, "secretlint", files, f => Secretlint(bench, f));
        return [table, Engine(bench, files), await Recognising.RunAsync(bench)];
    }

    // What the engine does without a process around it, and what it costs to have it ready.
    private static Table Engine(Workbench bench, string[] files)
    {
        var table = new Table("Redacting, the engine alone",
            $"MB/s of one thread in this process after a warm-up, the input in memory and the output written to memory, best of {bench.Runs(5)} runs. "
            + "*As it comes*, each line is written back at once, a transcript's as JSON; *as one file*, as `parley redact FILE` does it, a value is taken out of the lines before the one that gives it away too.",
            ["", "clean text", "a transcript", "hostile text"]);
        double[][] speeds = [.. files.Select(f => Steady.Measure(f, bench.Runs(5)))];
        table.Add(["redacting, as it comes", .. speeds.Select(s => Workbench.Whole(s[0]))]);
        table.Add(["redacting, as one file", .. speeds.Select(s => Workbench.Whole(s[1]))]);
        TimeSpan start = Steady.Start(bench.Runs(9));
        table.Goal(speeds[0][0] >= CleanGoal, $"at least {Workbench.Whole(CleanGoal)} MB/s on text without hits", Workbench.Whole(speeds[0][0]));
        table.Goal(speeds[1][0] >= TranscriptGoal, $"at least {TranscriptGoal} MB/s on a transcript, its JSON written back", Workbench.Whole(speeds[1][0]));
        table.Goal(start.TotalMilliseconds <= StartGoal, $"at most {StartGoal} ms from the engine's first use in a new process to its first redacted line, median of {bench.Runs(9)} processes",
            Workbench.Milliseconds(start));
        return table;
    }

    public static ProcessStartInfo Ripgrep(Workbench bench, string answer, string path) => bench.Command("rg", [.. NaiveRules.SelectMany(r => new[] { "-e", r }), answer, path]);

    private static readonly string[] NaiveRules =
        [@"sk-[A-Za-z0-9_-]{16,}", @"ghp_[A-Za-z0-9]{20,}", @"xoxb-[A-Za-z0-9-]{20,}", @"[A-Z_]*(KEY|TOKEN|SECRET|PASSWORD)[A-Z_]*\s*[=:]\s*\S+"];

    private static async Task RowAsync(Workbench bench, Table table, string name, string[] files, Func<string, ProcessStartInfo> command)
    {
        double[] speeds = new double[files.Length];
        for (int i = 0; i < files.Length; i++)
        {
            string file = files[i];
            Run run = await Measure.MedianAsync(bench.Runs(3), () => Measure.ProcessAsync(bench.IntoNothing(command(file)), accept: Found));
            speeds[i] = new FileInfo(file).Length / 1e6 / run.Wall.TotalSeconds;
        }
        table.Add([name, .. speeds.Select(Workbench.Whole)]);
    }

    public static ProcessStartInfo Secretlint(Workbench bench, string file) => bench.Command(
        Path.Combine(bench.Peers, "secretlint", "node_modules", ".bin", "secretlint"),
        "--secretlintrcJSON", """{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}""", file);
}
