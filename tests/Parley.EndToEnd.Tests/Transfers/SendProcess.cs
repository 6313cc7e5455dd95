using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary><c>parley send --yes --json</c> as a process that waits for receivers.</summary>
public sealed class SendProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _error;

    private SendProcess(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>The first line.</summary>
    public JsonElement Ready { get; private set; }

    /// <summary>Where it listens on loopback.</summary>
    public string Address => $"127.0.0.1:{Ready.GetProperty("port").GetInt32()}";

    /// <summary>Starts it, on loopback unless it is to go through a relay, and waits until it is ready.</summary>
    public static Task<SendProcess> StartAsync(Home home, params string[] arguments) => StartWithInputAsync(home, "", arguments);

    public static async Task<SendProcess> StartWithInputAsync(Home home, string input, params string[] arguments)
    {
        string[] where = arguments.Contains("--relay") || arguments.Contains("--bind") ? [] : ["--bind", "127.0.0.1"];
        var sender = new SendProcess(home.Start(["send", .. arguments, .. where, "--yes", "--json"]));
        await sender._process.StandardInput.WriteAsync(input);
        sender._process.StandardInput.Close();
        sender.Ready = await sender.ReadAsync();
        return sender;
    }

    /// <summary>Reads events until one of a kind.</summary>
    public async Task<JsonElement> UntilAsync(string kind)
    {
        while (true)
        {
            JsonElement line = await ReadAsync();
            if (line.GetProperty("event").GetString() == kind)
                return line;
        }
    }

    /// <summary>Waits until it ends by itself; its output is the events that were not read.</summary>
    public Task<Result> EndAsync() => Home.EndAsync(_process, _error);

    public Task<Result> StopAsync(PosixSignal signal = PosixSignal.SIGINT)
    {
        Home.Signal(_process, signal);
        return EndAsync();
    }

    public int ProcessId => _process.Id;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.True(line is not null, $"The sender ended: {(_process.HasExited ? await _error : "")}");
        return JsonDocument.Parse(line).RootElement;
    }
}
