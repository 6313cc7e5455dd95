using System.Globalization;

namespace Parley.Bench.Live;

/// <summary>One driver and very many viewers, beside what one would reach for instead.</summary>
internal static class FanningOut
{
    public const int PerSecond = 5, EntrySize = 1000;

    private const int WarmUpViewers = 50, Seconds = 10, StalledShare = 5;

    // More than the system and the server hold back for one connection, in few pieces.
    private static readonly Appends Flood = new(4, PerSecond, 64 * 1024), WarmUp = new(5, PerSecond, EntrySize);

    private static readonly int[] QuickSizes = [200];
    private static readonly int[] Sizes = [2000, 10_000];

    private const double MemoryGoal = 12;
    private const double TimeGoal = 110;

    // Files of the server that are no viewer's connection.
    private const int OtherFiles = 500;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        int most = await Audience.MostFilesAsync(bench) - OtherFiles;
        int[] sizes = [.. (bench.Quick ? QuickSizes : Sizes).Select(s => Math.Min(s, most)).Distinct()];
        List<Outcome> full = [], stalled = [];
        foreach (int viewers in sizes)
            full.AddRange(await AllAsync(bench, viewers, 0));
        stalled.AddRange(await AllAsync(bench, sizes[0], sizes[0] / StalledShare));
        return [Full(bench, full), Stalled(bench, stalled)];
    }

    private static Table Full(Workbench bench, List<Outcome> outcomes)
    {
        var table = new Table("Many viewers of one session",
            $"{PerSecond} entries/s of {EntrySize} bytes for {EntrySeconds(bench)} s, posted over HTTP to a server that was just started; every viewer is a connection of its own on loopback, all of them in one other process "
            + "on the same machine. From when an entry is due to be posted to when a viewer has all of it; processor time of the server's process by deliveries; resident memory with the viewers and without, by viewers. "
            + "Parley stores, redacts and renders each entry and decides access for each delivery; the peers pass on what they get.",
            ["", "viewers", "p50", "p99", "CPU per delivery", "memory per viewer", "lost"]);
        foreach (Outcome o in outcomes)
            table.Add(o.Name, Workbench.Whole(o.Viewers), Milliseconds(o.Delivery.Median), Milliseconds(o.Delivery.P99), $"{Number(o.CpuMicroseconds)} µs", $"{Number(o.Kilobytes)} KB", Workbench.Whole(o.Delivery.Lost));

        List<Outcome> ours = [.. outcomes.Where(o => o.IsParley)];
        table.Goal(ours[^1].Kilobytes <= MemoryGoal, $"at most {MemoryGoal} KB per viewer with {Workbench.Whole(ours[^1].Viewers)}", $"{Number(ours[^1].Kilobytes)} KB");
        foreach (Outcome our in ours)
        {
            double best = outcomes.Where(o => !o.IsParley && o.Viewers == our.Viewers).Min(o => o.Delivery.P99);
            table.Goal(our.Delivery.P99 <= Math.Min(TimeGoal, best), $"with {Workbench.Whole(our.Viewers)} p99 at most {TimeGoal} ms and no worse than either peer ({Milliseconds(best)})", Milliseconds(our.Delivery.P99));
        }
        int lost = ours.Sum(o => o.Delivery.Lost + o.Delivery.Doubled);
        table.Goal(lost == 0, "no entry lost or doubled", Workbench.Whole(lost));
        return table;
    }

    private static Table Stalled(Workbench bench, List<Outcome> outcomes)
    {
        var table = new Table("The same with viewers that stall",
            $"As above for {EntrySeconds(bench)} s, with a fifth of the viewers who stop reading, and {Flood.Count} entries of {Flood.Size / 1024} KB before it so that their connections are full. Figures are of the others.",
            ["", "viewers", "of them stalled", "p50", "p99", "lost"]);
        foreach (Outcome o in outcomes)
            table.Add(o.Name, Workbench.Whole(o.Viewers), Workbench.Whole(o.Stalled), Milliseconds(o.Delivery.Median), Milliseconds(o.Delivery.P99), Workbench.Whole(o.Delivery.Lost));
        Outcome ours = outcomes.Single(o => o.IsParley);
        table.Goal(ours.Delivery.P99 <= TimeGoal && ours.Delivery.Lost + ours.Delivery.Doubled == 0, $"the others lose nothing, p99 at most {TimeGoal} ms", $"{Workbench.Whole(ours.Delivery.Lost + ours.Delivery.Doubled)} and {Milliseconds(ours.Delivery.P99)}");
        return table;
    }

    private static async Task<List<Outcome>> AllAsync(Workbench bench, int viewers, int stalled)
    {
        Func<Task<LiveServer>>[] servers = [() => LiveServer.StartParleyAsync(bench, $"fanning-out-{viewers}-{stalled}"), () => LiveServer.StartSignalRAsync(bench), () => LiveServer.StartWsAsync(bench)];
        List<Outcome> outcomes = [];
        foreach (Func<Task<LiveServer>> start in servers)
            outcomes.Add(await OneAsync(bench, start, viewers, stalled));
        return outcomes;
    }

    private static async Task<Outcome> OneAsync(Workbench bench, Func<Task<LiveServer>> start, int viewers, int stalled)
    {
        await using LiveServer server = await start();
        // What a server loads and compiles for its first viewers is no viewer's memory.
        await using (Audience first = await Audience.GatherAsync(server, WarmUpViewers))
            await first.AppendAsync(WarmUp);
        long before = server.ResidentBytes;
        await using Audience audience = await Audience.GatherAsync(server, viewers, stalled, WarmUp.Count);
        await audience.AppendAsync(stalled > 0 ? Flood : WarmUp);
        TimeSpan cpu = server.CpuTime;
        Delivery delivery = await audience.AppendAsync(new Appends(PerSecond * EntrySeconds(bench), PerSecond, EntrySize));
        cpu = server.CpuTime - cpu;
        return new Outcome(server.Name, viewers, stalled, delivery, cpu.TotalMicroseconds / delivery.Deliveries, (server.ResidentBytes - before) / 1e3 / viewers);
    }

    private static int EntrySeconds(Workbench bench) => bench.Quick ? 3 : Seconds;

    private static string Milliseconds(double milliseconds) => Workbench.Milliseconds(TimeSpan.FromMilliseconds(milliseconds));

    private static string Number(double number) => number.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record Outcome(string Name, int Viewers, int Stalled, Delivery Delivery, double CpuMicroseconds, double Kilobytes)
    {
        public bool IsParley => Name == "Parley";
    }
}
