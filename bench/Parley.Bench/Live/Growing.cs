using System.Diagnostics;
using System.Globalization;

namespace Parley.Bench.Live;

/// <summary>A day's growth in a minute: one live session gets very long, and neither the companion nor the server may grow with it.</summary>
internal static class Growing
{
    private const int Entries = 100_000, Step = 1000, LineSize = 600;

    /// <summary>What an entry may leave behind in memory and still be called flat: 25 MB for 100,000 of them.</summary>
    private const double FlatBytes = 256;

    private static readonly int[] Marks = [10, 50, 100];

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        int entries = bench.Quick ? 2000 : Entries, step = Math.Min(Step, entries / 10);
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "growing");
        using var transcript = new GrowingTranscript(Path.Combine(bench.Folder, "growing"), LineSize);
        transcript.Append(2);
        await using Companion companion = await Companion.StartAsync(bench, server, transcript.Path);

        List<Sizes> sizes = [];
        long began = Stopwatch.GetTimestamp();
        for (int done = step; done <= entries; done += step)
        {
            transcript.Append(step);
            await companion.SentAsync(transcript.Lines);
            if (Marks.Contains(done * 100 / entries) && done * 100 % entries == 0)
                sizes.Add(new Sizes(companion.ResidentBytes, server.ResidentBytes));
        }
        TimeSpan time = Stopwatch.GetElapsedTime(began);

        var table = new Table("A long live session",
            $"{Workbench.Whole(entries)} entries of about 1 KB ({Workbench.Megabytes(new FileInfo(transcript.Path).Length)} of transcript), {Workbench.Whole(step)} lines at a time, each time as soon as the server "
            + $"has the ones before: {Workbench.Whole(entries / time.TotalSeconds)} entries/s through `parley share --live` (redacted, stored in SQLite, rendered). Resident memory when so much of it is there; "
            + "growth per entry is that between the first and the last of them.",
            ["", .. Marks.Select(m => $"{m} %"), "growth per entry"]);
        AddRow(table, "companion", [.. sizes.Select(s => s.Companion)], entries);
        AddRow(table, "server", [.. sizes.Select(s => s.Server)], entries);
        return [table];
    }

    private static void AddRow(Table table, string name, long[] sizes, int entries)
    {
        double growth = (sizes[^1] - sizes[0]) / (entries * (Marks[^1] - Marks[0]) / 100.0);
        string bytes = growth.ToString("N0", CultureInfo.InvariantCulture) + " B";
        table.Add([name, .. sizes.Select(Workbench.Megabytes), bytes]);
        table.Goal(growth <= FlatBytes, $"the {name} grows by at most {FlatBytes:0} bytes per entry", bytes);
    }

    private sealed record Sizes(long Companion, long Server);
}
