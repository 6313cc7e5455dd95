using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Bench;

/// <summary>A server on loopback that a benchmark started: ready when it is made, and stopped by its own process id.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private LocalServer(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public long PeakBytes => Measure.PeakOf(_process);

    public long ResidentBytes => Measure.ResidentOf(_process);

    /// <summary>Processor time so far, of all its threads.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Parley's server with a database of its own and without limits of rate and number, since one address asks for everything.</summary>
    public static Task<LocalServer> StartParleyAsync(Workbench bench, string name, params IEnumerable<(string Name, string Value)> settings)
    {
        int port = FreePort();
        ProcessStartInfo start = bench.Command(Path.Combine(bench.App, "server", "parley-server"));
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["DATABASE_PATH"] = Path.Combine(bench.Folder, $"{name}.db");
        start.Environment["PARLEY_REQUESTS_PER_ADDRESS"] = start.Environment["PARLEY_REQUESTS_PER_KEY"] = "0";
        start.Environment["PARLEY_STREAMS_PER_ADDRESS"] = start.Environment["PARLEY_STREAMS_PER_SESSION"] = "0";
        foreach ((string variable, string value) in settings)
            start.Environment[variable] = value;
        return StartAsync(start, port, "/readyz");
    }

    /// <summary>A server that speaks another protocol than HTTP: ready when it takes connections.</summary>
    public static Task<LocalServer> StartListenerAsync(Func<int, ProcessStartInfo> command)
    {
        int port = FreePort();
        return StartAsync(command(port), port, null);
    }

    /// <summary>The peer: Hono on Bun with the messages of a file.</summary>
    public static Task<LocalServer> StartHonoAsync(Workbench bench, string messages)
    {
        int port = FreePort();
        string script = Path.Combine(bench.Peers, "hono-bun", "server.ts");
        return StartAsync(bench.Command(bench.Bun, script, port.ToString(CultureInfo.InvariantCulture), messages), port, "/api/sessions/sample/messages");
    }

    /// <summary>The peer: a SignalR hub whose clients get what is posted.</summary>
    public static Task<LocalServer> StartSignalRAsync(Workbench bench)
    {
        int port = FreePort();
        return StartAsync(bench.Command(Path.Combine(bench.SignalR, "Parley.Bench.SignalR"), port.ToString(CultureInfo.InvariantCulture)), port, "/");
    }

    /// <summary>The peer: a server of Node's <c>ws</c> whose clients get what is posted.</summary>
    public static Task<LocalServer> StartWsAsync(Workbench bench)
    {
        int port = FreePort();
        string script = Path.Combine(bench.Peers, "ws", "server.mjs");
        return StartAsync(bench.Command("node", script, port.ToString(CultureInfo.InvariantCulture)), port, "/");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<LocalServer> StartAsync(ProcessStartInfo start, int port, string? probe)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        var server = new LocalServer(process, new Uri($"http://127.0.0.1:{port}"));
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        while (!await (probe is null ? TakesConnectionsAsync(port) : AnswersAsync(http, new Uri(server.Address, probe), limit.Token)))
        {
            if (!process.HasExited && !limit.IsCancellationRequested)
            {
                await Task.Delay(20);
                continue;
            }
            await server.DisposeAsync();
            throw new BenchException($"{start.FileName} did not start: {await output}{await errors}");
        }
        return server;
    }

    private static async Task<bool> TakesConnectionsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri probe, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(probe, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
