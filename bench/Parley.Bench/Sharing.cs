using System.Diagnostics;
using System.Text.Json;

namespace Parley.Bench;

/// <summary>Sharing a large transcript with a local server: read, redact, send, redact again, render and store.</summary>
internal static class Sharing
{
    private const int Size = 50;
    private static readonly TimeSpan TimeGoal = TimeSpan.FromSeconds(2);
    private const long MemoryGoal = 150_000_000;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        string path = bench.Transcript(bench.Quick ? 5 : Size);
        var runs = new List<(Run Command, long Server)>();
        for (int i = 0; i < bench.Runs(3); i++)
        {
            await using LocalServer server = await LocalServer.StartParleyAsync(bench, $"sharing-{i}");
            Run run = await Measure.ProcessAsync(Share(bench, server, path), memory: true);
            runs.Add((run, server.PeakBytes));
        }
        runs.Sort((a, b) => a.Command.Wall.CompareTo(b.Command.Wall));
        TimeSpan wall = runs[runs.Count / 2].Command.Wall;
        (long command, long serverPeak) = (runs.Max(r => r.Command.PeakBytes), runs.Max(r => r.Server));

        int entries = JsonDocument.Parse(runs[0].Command.Output).RootElement.GetProperty("messages"u8).GetInt32();
        var table = new Table("Sharing a large transcript",
            $"`parley share --yes --json FILE` with {Workbench.Megabytes(new FileInfo(path).Length)} and {Workbench.Whole(entries)} entries, to a server on the same machine (SQLite) that was just started; "
            + $"median of {runs.Count} runs, the highest peaks of them.",
            ["", "wall", "peak memory, command", "peak memory, server"]);
        table.Add("`parley share`", Workbench.Seconds(wall), Workbench.Megabytes(command), Workbench.Megabytes(serverPeak));
        table.Goal(wall <= TimeGoal, $"at most {Workbench.Seconds(TimeGoal)}", Workbench.Seconds(wall));
        table.Goal(Math.Max(command, serverPeak) <= MemoryGoal, $"at most {Workbench.Megabytes(MemoryGoal)} each", $"{Workbench.Megabytes(command)} and {Workbench.Megabytes(serverPeak)}");
        return [table];
    }

    public static ProcessStartInfo Share(Workbench bench, LocalServer server, string path)
    {
        ProcessStartInfo start = bench.Parley("share", "--yes", "--json", path);
        start.Environment["SHARE_SERVER_URL"] = server.Address.ToString();
        return start;
    }
}
