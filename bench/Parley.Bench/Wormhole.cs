using System.Diagnostics;
using System.Globalization;

namespace Parley.Bench;

/// <summary>The peer of a handover: magic-wormhole with a mailbox server and a transit relay of its own on loopback (Debian's packages).</summary>
internal sealed class Wormhole : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workbench _bench;
    private readonly LocalServer _mailbox;
    private readonly LocalServer _transit;
    private int _codes;

    private Wormhole(Workbench bench, LocalServer mailbox, LocalServer transit) => (_bench, _mailbox, _transit) = (bench, mailbox, transit);

    public static async Task<Wormhole> StartAsync(Workbench bench)
    {
        LocalServer mailbox = await LocalServer.StartListenerAsync(port => bench.Command(Python, "-m", "twisted", "wormhole-mailbox", "--port", Endpoint(port),
            "--channel-db", Path.Combine(bench.Folder, "mailbox.db"), "--usage-db", Path.Combine(bench.Folder, "usage.db")));
        LocalServer transit = await LocalServer.StartListenerAsync(port => bench.Command(Python, "-m", "twisted", "transitrelay", "--port", Endpoint(port)));
        return new Wormhole(bench, mailbox, transit);
    }

    /// <summary>Hands a file or a folder over: the receiver's whole command, and the sender's peak memory.</summary>
    public async Task<(Run Receiver, long SenderPeak)> TakeAsync(string path, bool relayed)
    {
        string code = string.Create(CultureInfo.InvariantCulture, $"{++_codes}-orbit-meadow"), into = Path.Combine(_bench.Folder, "received", $"wormhole-{_codes}");
        string[] way = relayed ? ["--no-listen"] : [];
        Directory.CreateDirectory(Path.GetDirectoryName(into)!);
        ProcessStartInfo send = Command(["send", .. way, "--hide-progress", "--code", code, path]);
        Task<Run> sending = Measure.ProcessAsync(send, memory: true);
        Run received = await Measure.ProcessAsync(Command(["receive", .. way, "--hide-progress", "--accept-file", "-o", into, code]), memory: true);
        return (received, (await sending).PeakBytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _mailbox.DisposeAsync();
        await _transit.DisposeAsync();
    }

    private ProcessStartInfo Command(IEnumerable<string> arguments) => _bench.Command("/usr/bin/wormhole",
        ["--relay-url", $"ws://127.0.0.1:{_mailbox.Address.Port}/v1", "--transit-helper", $"tcp:127.0.0.1:{_transit.Address.Port}", .. arguments]);

    private static string Endpoint(int port) => string.Create(CultureInfo.InvariantCulture, $"tcp:{port}:interface=127.0.0.1");
}
