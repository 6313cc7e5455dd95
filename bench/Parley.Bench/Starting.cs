using System.Diagnostics;

namespace Parley.Bench;

/// <summary>How long the command takes to start and do next to nothing, beside two runtimes that do nothing.</summary>
internal static class Starting
{
    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "starting");
        List<Start> starts =
        [
            new("`parley --version`", () => Parley(bench, server, bench.App, "--version")),
            new("`parley list` (asks the server)", () => Parley(bench, server, bench.App, "list")),
            new("`node -e 0`", () => bench.Command("node", "-e", "0")),
            new("`bun -e 0`", () => bench.Command(bench.Bun, "-e", "0")),
        ];
        if (Packaged(bench) is { } folder)
        {
            starts.Insert(2, new("`parley --version`, as `make package` builds it", () => Parley(bench, server, folder, "--version")));
            starts.Insert(3, new("`parley list`, as `make package` builds it", () => Parley(bench, server, folder, "list")));
        }

        int runs = bench.Runs(20);
        for (int i = 0; i <= runs; i++)
            foreach (Start start in starts)
                start.Times.Add((await Measure.ProcessAsync(start.Command())).Wall);

        var table = new Table("Starting", $"From start to end of the process, {runs} runs of each in turn after one that does not count.", ["", "median", "slowest"]);
        foreach (Start start in starts)
        {
            List<TimeSpan> times = [.. start.Times.Skip(1).Order()];
            table.Add(start.Name, Workbench.Milliseconds(times[times.Count / 2]), Workbench.Milliseconds(times[^1]));
        }
        return [table];
    }

    private static ProcessStartInfo Parley(Workbench bench, LocalServer server, string folder, string argument)
    {
        ProcessStartInfo start = bench.Command(Path.Combine(folder, "parley"), argument);
        start.Environment["SHARE_SERVER_URL"] = server.Address.ToString();
        return start;
    }

    // The self-contained folder is there only after `make package`.
    private static string? Packaged(Workbench bench)
    {
        string dist = Path.Combine(bench.Repository, "dist");
        return Directory.Exists(dist) ? Directory.EnumerateDirectories(dist, "parley-*").FirstOrDefault(d => File.Exists(Path.Combine(d, "parley"))) : null;
    }

    private sealed record Start(string Name, Func<ProcessStartInfo> Command)
    {
        public List<TimeSpan> Times { get; } = [];
    }
}
