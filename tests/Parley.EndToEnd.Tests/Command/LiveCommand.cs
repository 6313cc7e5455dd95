using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary><c>parley share --live --json</c> as a process that goes on.</summary>
public sealed class LiveCommand : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private LiveCommand(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    public string ShareId { get; private set; } = "";

    /// <summary>Starts the command and waits for its link.</summary>
    public static async Task<LiveCommand> StartAsync(Home home, params string[] arguments)
    {
        var command = new LiveCommand(home.Start([.. arguments, "--json"]));
        JsonElement receipt = await command.ReadAsync();
        command.ShareId = receipt.GetProperty("shareId").GetString()!;
        return command;
    }

    /// <summary>Waits until it says that it is in a state and has sent so many entries or more.</summary>
    public async Task UntilAsync(string state, int sent)
    {
        while (true)
        {
            JsonElement line = await ReadAsync();
            if (line.GetProperty("state").GetString() == state && line.GetProperty("sent").GetInt32() >= sent)
                return;
        }
    }

    public async Task<Result> StopAsync(PosixSignal signal)
    {
        Home.Signal(_process, signal);
        return await Home.EndAsync(_process, _error);
    }

    /// <summary>Waits until it ends by itself.</summary>
    public Task<Result> EndAsync() => Home.EndAsync(_process, _error);

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.True(line is not null, $"The command ended: {(_process.HasExited ? await _error : "")}");
        return JsonDocument.Parse(line).RootElement;
    }
}
