using System.Globalization;
using System.Security.Cryptography;

namespace Parley.Bench;

/// <summary>Sessions from one machine to another, directly and through a relay, beside magic-wormhole doing the same with the same files.</summary>
internal static class Transferring
{
    private const int LargeMegabytes = 1000, SmallSessions = 1000, SmallKilobytes = 50;
    private const double RateGoal = 300, FactorGoal = 5;
    private const long MemoryGoal = 100_000_000;
    private static readonly TimeSpan ListGoal = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        await using LocalServer relay = await LocalServer.StartParleyAsync(bench, "relay");
        await using Wormhole wormhole = await Wormhole.StartAsync(bench);
        string text = Large(bench, compressible: true), noise = Large(bench, compressible: false), small = Small(bench);
        List<Handed> handed = [];
        foreach ((string what, string client) in new[] { ("one transcript", text), ("the same with output that does not compress", noise), ($"{Workbench.Whole(Sessions(bench))} sessions", small) })
            foreach (bool relayed in new[] { false, true })
                handed.AddRange(await BothAsync(bench, wormhole, relay, what, client, relayed));
        return [Rates(handed), await ListingAsync(bench, small)];
    }

    private static async Task<Handed[]> BothAsync(Workbench bench, Wormhole wormhole, LocalServer relay, string what, string client, bool relayed)
    {
        long bytes = Files(client).Sum(file => new FileInfo(file).Length);
        string name = $"{Path.GetFileName(client)}-{(relayed ? "relayed" : "direct")}";
        await using Handover handover = await Handover.OfferAsync(bench, client, relayed ? relay.Address : null);
        (Run ours, TimeSpan line, long senders) = await handover.TakeAsync(name, relayed ? relay.Address : null);
        string[] files = [.. Files(client)];
        (Run theirs, long theirSenders) = await wormhole.TakeAsync(files.Length == 1 ? files[0] : Path.Combine(client, "projects"), relayed);
        return
        [
            new Handed("Parley", what, relayed, bytes, ours.Wall, line, senders, ours.PeakBytes),
            new Handed("magic-wormhole", what, relayed, bytes, theirs.Wall, null, theirSenders, theirs.PeakBytes),
        ];
    }

    private static Table Rates(List<Handed> handed)
    {
        var table = new Table("Handing sessions over",
            "A sender that waits, and the receiver's whole command: connecting, agreeing on keys, receiving, checking and writing; with Parley also mapping the paths of each line and installing. "
            + "On loopback, directly and through a relay on the same machine (Parley's server; magic-wormhole's transit relay), so two or three processes share the cores. On the line: from the choice of the first session to the last acknowledgement. One run each.",
            ["", "what", "way", "bytes", "whole command", "rate", "rate on the line", "peak memory, sender", "receiver"]);
        foreach (Handed h in handed)
            table.Add(h.Name, h.What, h.Relayed ? "relay" : "direct", Workbench.Megabytes(h.Bytes), Workbench.Seconds(h.Wall), Rate(h.Whole), h.Line is null ? "" : Rate(h.OnTheLine), Workbench.Megabytes(h.SenderPeak), Workbench.Megabytes(h.ReceiverPeak));
        foreach (Handed[] pair in handed.Chunk(2))
        {
            double factor = pair[0].Whole / pair[1].Whole;
            table.Goal(factor >= FactorGoal, $"{pair[0].What}, {(pair[0].Relayed ? "through a relay" : "directly")}: at least {FactorGoal} times the peer's rate", factor.ToString("0.0", CultureInfo.InvariantCulture));
        }
        double direct = handed.Where(h => h is { Line: not null, Relayed: false }).Take(2).Min(h => h.OnTheLine);
        table.Goal(direct >= RateGoal, $"at least {RateGoal} MB/s directly, for both kinds of a large session", Rate(direct));
        long peak = handed.Where(h => h.Line is not null).Max(h => Math.Max(h.SenderPeak, h.ReceiverPeak));
        table.Goal(peak <= MemoryGoal, $"at most {Workbench.Megabytes(MemoryGoal)} of memory on each side", Workbench.Megabytes(peak));
        return table;
    }

    private static async Task<Table> ListingAsync(Workbench bench, string client)
    {
        await using Handover handover = await Handover.OfferAsync(bench, client);
        Run list = await Measure.MedianAsync(bench.Runs(9), handover.ListAsync);
        var table = new Table("From Enter to the list of sessions",
            $"`parley receive --list` with a sender of {Workbench.Whole(Sessions(bench))} sessions on the same machine: start of the process, multicast DNS, key agreement, offer; median of {bench.Runs(9)} runs.",
            ["", "time"]);
        table.Add("`parley receive --list`", Workbench.Milliseconds(list.Wall));
        table.Goal(list.Wall <= ListGoal, $"at most {Workbench.Seconds(ListGoal)}", Workbench.Milliseconds(list.Wall));
        return table;
    }

    // The second kind: a transcript with what a command put out beside it, the greater part by far, as random as an archive or a film is.
    private static string Large(Workbench bench, bool compressible)
    {
        int megabytes = bench.Quick ? 20 : LargeMegabytes;
        string client = Path.Combine(bench.Folder, compressible ? "large-text" : "large-noise"), project = Path.Combine(client, "projects", "-home-jane-doe-shop");
        string transcript = Path.Combine(project, SampleTranscript.FileName(bench.Repository));
        SampleTranscript.Repeat(bench.Repository, transcript, compressible ? megabytes * 1_000_000L : 100_000);
        if (compressible)
            return client;
        string outputs = Path.Combine(Path.ChangeExtension(transcript, null), "tool-results");
        Directory.CreateDirectory(outputs);
        using FileStream output = File.Create(Path.Combine(outputs, "archive.txt"));
        for (int i = 0; i < megabytes; i++)
            output.Write(RandomNumberGenerator.GetBytes(1_000_000));
        return client;
    }

    private static string Small(Workbench bench)
    {
        string client = Path.Combine(bench.Folder, "small"), project = Path.Combine(client, "projects", "-home-jane-doe-shop");
        for (int i = 0; i < Sessions(bench); i++)
            SampleTranscript.Repeat(bench.Repository, Path.Combine(project, $"{Guid.NewGuid()}.jsonl"), SmallKilobytes * 1000);
        return client;
    }

    private static int Sessions(Workbench bench) => bench.Quick ? 20 : SmallSessions;

    private static IEnumerable<string> Files(string client) => Directory.EnumerateFiles(Path.Combine(client, "projects"), "*", SearchOption.AllDirectories);

    private static string Rate(double megabytes) => $"{Workbench.Whole(megabytes)} MB/s";

    private sealed record Handed(string Name, string What, bool Relayed, long Bytes, TimeSpan Wall, TimeSpan? Line, long SenderPeak, long ReceiverPeak)
    {
        public double Whole => Bytes / 1e6 / Wall.TotalSeconds;

        public double OnTheLine => Bytes / 1e6 / (Line ?? Wall).TotalSeconds;
    }
}
