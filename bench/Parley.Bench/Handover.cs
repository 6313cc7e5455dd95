using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Parley.Bench;

/// <summary>A `parley send` that waits for its receiver, and what it tells: one JSON object a line.</summary>
internal sealed class Handover : IAsyncDisposable
{
    private const string Passphrase = "anchor-velvet-orbit-meadow";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Workbench _bench;
    private readonly Process _sender;
    private readonly Task<TimeSpan> _onTheLine;
    private readonly Task<long> _peak;
    private readonly JsonElement _place;

    private Handover(Workbench bench, Process sender, JsonElement place)
    {
        (_bench, _sender, _place) = (bench, sender, place);
        _onTheLine = OnTheLineAsync(sender.StandardOutput);
        _ = sender.StandardError.ReadToEndAsync();
        _peak = Measure.PeakAsync(sender, CancellationToken.None);
    }

    /// <summary>Offers all sessions of a client's folder, directly or through the relay of a server.</summary>
    public static async Task<Handover> OfferAsync(Workbench bench, string clientFolder, Uri? relay = null)
    {
        string[] way = relay is null ? [] : ["--relay", relay.ToString()];
        ProcessStartInfo start = bench.Parley(["send", "all", "--yes", "--json", "--keep-open", "5", .. way]);
        start.Environment["CLAUDE_CONFIG_DIR"] = clientFolder;
        start.Environment["PARLEY_PASSPHRASE"] = Passphrase;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process sender = Process.Start(start)!;
        string? line = await sender.StandardOutput.ReadLineAsync();
        return line is not null ? new Handover(bench, sender, JsonElement.Parse(line)) : throw new BenchException($"parley send ended: {await sender.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Takes everything over into a client's folder that is made for it: the whole command, from its start to its end.</summary>
    /// <returns>What the receiver took, the time from the first byte of a session to its acknowledgement, and the sender's peak memory.</returns>
    public async Task<(Run Receiver, TimeSpan OnTheLine, long SenderPeak)> TakeAsync(string name, Uri? relay = null)
    {
        string[] way = relay is null
            ? ["--to", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_place.GetProperty("port"u8).GetInt32()}")]
            : ["--relay", relay.ToString(), "--room", _place.GetProperty("room"u8).GetString()!];
        Run run = await Measure.ProcessAsync(Receive(name, [.. way, "--all", "--json"]), memory: true);
        await DisposeAsync();
        return (run, await _onTheLine, await _peak);
    }

    /// <summary>Finds the sender by multicast and lists what it offers.</summary>
    public Task<Run> ListAsync() => Measure.ProcessAsync(Receive("list", "--list", "--json"));

    public async ValueTask DisposeAsync()
    {
        if (!_sender.HasExited)
            _sender.Kill();
        await _sender.WaitForExitAsync();
    }

    private ProcessStartInfo Receive(string name, params IEnumerable<string> options)
    {
        string project = Path.Combine(_bench.Folder, "received", name, "project");
        Directory.CreateDirectory(project);
        ProcessStartInfo start = _bench.Parley(["receive", .. options, "--into", project]);
        start.Environment["CLAUDE_CONFIG_DIR"] = Path.Combine(_bench.Folder, "received", name, "claude");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_bench.Folder, "received", name, "state");
        start.Environment["PARLEY_PASSPHRASE"] = Passphrase;
        return start;
    }

    private static async Task<TimeSpan> OnTheLineAsync(StreamReader events)
    {
        using var limit = new CancellationTokenSource(Limit);
        long first = 0, last = 0;
        while (await events.ReadLineAsync(limit.Token) is { } line)
        {
            string? what = JsonElement.Parse(line).GetProperty("event"u8).GetString();
            if (what == "sending" && first == 0)
                first = Stopwatch.GetTimestamp();
            if (what == "sent")
                last = Stopwatch.GetTimestamp();
        }
        return Stopwatch.GetElapsedTime(first, last);
    }
}
