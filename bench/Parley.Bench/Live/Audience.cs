using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Parley.Bench.Live;

/// <summary>The viewers of a live session, which are a process of their own so that they count for nobody else: see <see cref="AudienceProcess"/>.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;

    private Audience(Process process) => _process = process;

    /// <summary>How many files a process of this user may have open.</summary>
    public static async Task<int> MostFilesAsync(Workbench bench) =>
        int.TryParse((await Measure.ProcessAsync(bench.Command("/bin/sh", "-c", "ulimit -Hn"))).Output, CultureInfo.InvariantCulture, out int most) ? most : int.MaxValue;

    /// <summary>Has so many viewers connect, and waits until all of them watch.</summary>
    /// <param name="server">What they watch.</param>
    /// <param name="viewers">How many.</param>
    /// <param name="stalled">How many of them read nothing.</param>
    /// <param name="lastSeq">The last entry that is there already.</param>
    public static async Task<Audience> GatherAsync(LiveServer server, int viewers, int stalled = 0, long lastSeq = 0)
    {
        string plan = JsonSerializer.Serialize(server.Plan with { LastSeq = lastSeq, Viewers = viewers, Stalled = stalled });
        var start = new ProcessStartInfo("dotnet", [typeof(Audience).Assembly.Location, "watch", plan])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // One thread waits for all sockets and reads them itself: the viewers leave as much of the machine to the server as they can.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        var audience = new Audience(Process.Start(start)!);
        try
        {
            await audience.AnswerAsync<string>();
            return audience;
        }
        catch
        {
            await audience.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has entries appended, and waits until they have arrived everywhere or don't any more.</summary>
    public Task<Delivery> AppendAsync(Appends appends) => AskAsync<Delivery>("append " + JsonSerializer.Serialize(appends));

    /// <summary>Has the link revoked, and waits until all streams have ended.</summary>
    public Task<Ending> RevokeAsync() => AskAsync<Ending>("revoke");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<T> AskAsync<T>(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        return await AnswerAsync<T>();
    }

    private async Task<T> AnswerAsync<T>()
    {
        try
        {
            string line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new BenchException("The viewers' process has ended; see above.");
            return JsonSerializer.Deserialize<T>(line)!;
        }
        catch (TimeoutException)
        {
            throw new BenchException($"The viewers said nothing for {Patience.TotalSeconds} seconds.");
        }
    }
}
