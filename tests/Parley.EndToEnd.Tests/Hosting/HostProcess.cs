using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Hosting;

/// <summary><c>parley host --json</c> as a process.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const int Stopped = 19, Continued = 18;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly Channel<(string Event, string Text)> _events = Channel.CreateUnbounded<(string, string)>();
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private int[] _asleep = [];

    public HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Waits for something that it tells, past whatever else it tells before; the text that belongs to it.</summary>
    public async Task<string> WaitForAsync(string name)
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach ((string told, string text) in _events.Reader.ReadAllAsync(patience.Token))
            if (told == name)
                return text;
        throw new InvalidOperationException($"The host ended before it told '{name}': {await _errors}");
    }

    /// <summary>Waits for its end; its exit code and what it wrote to its standard error.</summary>
    public async Task<(int ExitCode, string Error)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return (_process.ExitCode, await _errors);
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Stop() => Home.Signal(_process, PosixSignal.SIGTERM);

    /// <summary>Stops it and its client as a machine that goes to sleep does.</summary>
    public void Sleep()
    {
        _asleep = [_process.Id, .. Children()];
        foreach (int process in _asleep)
            Home.Signal(process, Stopped);
    }

    public void Wake()
    {
        foreach (int process in _asleep)
            Home.Signal(process, Continued);
        _asleep = [];
    }

    /// <summary>Kills its client, as whoever runs out of memory does.</summary>
    public void KillClient() => Process.GetProcessById(Assert.Single(Children())).Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Wake();
            Stop();
        }
        await EndAsync();
        await _reading;
        _process.Dispose();
    }

    private int[] Children() =>
        [.. Directory.GetDirectories($"/proc/{_process.Id}/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using JsonDocument told = JsonDocument.Parse(line);
            string text = told.RootElement.TryGetProperty("text", out JsonElement says) ? says.GetString()! : "";
            _events.Writer.TryWrite((told.RootElement.GetProperty("event").GetString()!, text));
        }
        _events.Writer.TryComplete();
    }
}
