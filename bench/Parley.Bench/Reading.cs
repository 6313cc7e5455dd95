using System.Diagnostics;
using System.Globalization;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Bench;

/// <summary>Reading a transcript to entries, beside programs that only parse its lines.</summary>
internal static class Reading
{
    private const int Size = 200, LargeSize = 1000;
    private const double SpeedGoal = 500;
    private const long MemoryGoal = 150_000_000;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        string path = bench.Transcript(bench.Quick ? 20 : Size);
        long bytes = new FileInfo(path).Length;
        var table = new Table("Reading a transcript",
            $"A transcript of {Workbench.Megabytes(bytes)} (the sample session repeated with fresh ids) is read whole; median of {bench.Runs(5)} runs. "
            + "Parley resolves the conversation's tree and yields every entry with its blocks; the others parse each line as JSON and no more. Whole processes, their start included.",
            ["", "MB/s", "wall", "peak memory"]);

        async Task<double> MeasureAsync(string name, Func<ProcessStartInfo> command)
        {
            await Measure.ProcessAsync(command());
            Run run = await Measure.MedianAsync(bench.Runs(5), () => Measure.ProcessAsync(command(), memory: true));
            double speed = bytes / 1e6 / run.Wall.TotalSeconds;
            table.Add(name, Workbench.Whole(speed), Workbench.Seconds(run.Wall), Workbench.Megabytes(run.PeakBytes));
            return speed;
        }

        double parley = await MeasureAsync("Parley, to entries", () => Child(bench, path));
        await MeasureAsync("`jq -c .`", () => bench.IntoNothing(bench.Command("jq", "-c", ".", path)));
        await MeasureAsync("Node, `JSON.parse` per line", () => bench.Command("node", Path.Combine(bench.Peers, "parse-lines.mjs"), path));
        table.Add("Parley, in process, warm", Workbench.Whole(Warm(path, bench.Runs(5))), "", "");
        table.Goal(parley >= SpeedGoal, $"at least {SpeedGoal} MB/s", Workbench.Whole(parley));
        return [table, await MemoryAsync(bench)];
    }

    /// <summary>The child process: reads everything and prints how many entries there were.</summary>
    public static int ReadAsChild(string path)
    {
        Console.WriteLine(ReadAll(path).Entries.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static async Task<Table> MemoryAsync(Workbench bench)
    {
        string path = bench.Transcript(bench.Quick ? 50 : LargeSize);
        Run run = await Measure.MedianAsync(bench.Runs(3), () => Measure.ProcessAsync(Child(bench, path), memory: true));
        var table = new Table("Memory for a large transcript", $"The same with {Workbench.Megabytes(new FileInfo(path).Length)}; median of {bench.Runs(3)} runs, the highest peak of them.",
            ["", "entries", "wall", "peak memory"]);
        table.Add("Parley, to entries", Workbench.Whole(int.Parse(run.Output, CultureInfo.InvariantCulture)), Workbench.Seconds(run.Wall), Workbench.Megabytes(run.PeakBytes));
        table.Goal(run.PeakBytes <= MemoryGoal, $"at most {Workbench.Megabytes(MemoryGoal)}", Workbench.Megabytes(run.PeakBytes));
        File.Delete(path);
        return table;
    }

    private static double Warm(string path, int runs)
    {
        List<double> speeds = [];
        for (int i = 0; i <= runs; i++)
        {
            long began = Stopwatch.GetTimestamp();
            ReadAll(path);
            if (i > 0)
                speeds.Add(new FileInfo(path).Length / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        speeds.Sort();
        return speeds[speeds.Count / 2];
    }

    private static (int Entries, long Bytes) ReadAll(string path)
    {
        (int entries, long bytes) = (0, 0);
        foreach (Entry entry in TranscriptReader.Open(path).Entries())
            (entries, bytes) = (entries + 1, bytes + entry.Blocks.Length);
        return (entries, bytes);
    }

    private static ProcessStartInfo Child(Workbench bench, string path) => bench.Command(Environment.ProcessPath!, typeof(Reading).Assembly.Location, "read", path);
}
