namespace Parley.Bench.Live;

/// <summary>Taking a link back while many watch through it.</summary>
internal static class Revoking
{
    private const int Viewers = 1000;
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        int viewers = bench.Quick ? 200 : Viewers;
        await using LiveServer server = await LiveServer.StartParleyAsync(bench, "revoking");
        await using Audience audience = await Audience.GatherAsync(server, viewers);
        await audience.AppendAsync(new Appends(5, FanningOut.PerSecond, FanningOut.EntrySize));
        Ending ending = await audience.RevokeAsync();

        var table = new Table("Taking a link back",
            $"{Workbench.Whole(viewers)} streams are open through a session's link when `DELETE …/shares/link` is sent; from the arrival of its answer to the last byte of each stream, 0 where that was first; the last column from when it was sent.",
            ["", "streams", "ended", "p50", "p99", "slowest", "p99 from the request"]);
        table.Add("revoke", Workbench.Whole(viewers), Workbench.Whole(ending.Ended), Milliseconds(ending.Median), Milliseconds(ending.P99), Milliseconds(ending.Slowest), Milliseconds(ending.WholeP99));
        table.Goal(ending.Ended == viewers && ending.P99 <= Goal.TotalMilliseconds, $"all of them have ended, p99 at most {Workbench.Milliseconds(Goal)}",
            $"{Workbench.Whole(ending.Ended)} of {Workbench.Whole(viewers)} and {Milliseconds(ending.P99)}");
        return [table];
    }

    private static string Milliseconds(double milliseconds) => Workbench.Milliseconds(TimeSpan.FromMilliseconds(milliseconds));
}
