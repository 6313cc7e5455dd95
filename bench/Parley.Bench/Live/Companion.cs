using System.Diagnostics;
using System.Text.Json;

namespace Parley.Bench.Live;

/// <summary><c>parley share --live</c> as a process of its own, which follows a transcript.</summary>
internal sealed class Companion : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Companion(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public string ShareId { get; private set; } = "";

    public long ResidentBytes => Measure.ResidentOf(_process);

    public static async Task<Companion> StartAsync(Workbench bench, LocalServer server, string transcript)
    {
        ProcessStartInfo start = bench.Parley("share", "--live", "--yes", "--json", transcript);
        start.Environment["SHARE_SERVER_URL"] = server.Address.ToString();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var companion = new Companion(Process.Start(start)!);
        companion.ShareId = (await companion.NextAsync()).GetProperty("shareId"u8).GetString()!;
        return companion;
    }

    /// <summary>Waits until the server has so many entries.</summary>
    public async Task SentAsync(int entries)
    {
        while ((await NextAsync()).GetProperty("sent"u8).GetInt32() < entries)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonElement> NextAsync()
    {
        try
        {
            string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            return line is not null ? JsonElement.Parse(line) : throw new BenchException($"`parley share --live` has ended: {await _errors}");
        }
        catch (TimeoutException)
        {
            throw new BenchException($"`parley share --live` said nothing for {Patience.TotalSeconds} seconds.");
        }
    }
}
