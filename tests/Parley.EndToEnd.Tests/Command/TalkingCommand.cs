using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A command that goes on and says what happens: one JSON object a line.</summary>
public abstract class TalkingCommand(Process process, TimeSpan patience) : IDisposable
{
    private readonly Task<string> _error = process.StandardError.ReadToEndAsync();

    public int ProcessId => process.Id;

    /// <summary>Waits until it ends by itself; its output is the lines that were not read.</summary>
    public Task<Result> EndAsync() => Home.EndAsync(process, _error);

    public Task<Result> StopAsync(PosixSignal signal = PosixSignal.SIGINT)
    {
        Home.Signal(process, signal);
        return EndAsync();
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<JsonElement> ReadAsync()
    {
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(patience);
        Assert.True(line is not null, $"The command ended: {(process.HasExited ? await _error : "")}");
        return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>Reads lines until one that is asked for.</summary>
    protected async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isIt)
    {
        while (true)
        {
            JsonElement line = await ReadAsync();
            if (isIt(line))
                return line;
        }
    }
}
