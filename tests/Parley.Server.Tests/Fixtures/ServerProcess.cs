using System.Diagnostics;
using System.Text;

namespace Parley.Server.Tests.Fixtures;

/// <summary>The server as its own process, as people run it.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    // What was logged before it listened.
    private readonly string _before;

    private ServerProcess(Process process, string readyLine, string before) => (_process, ReadyLine, _before) = (process, readyLine, before);

    public string ReadyLine { get; }

    public Uri Address => new(ReadyLine.Split(' ')[3]);

    /// <summary>Starts it in a folder, which also holds its database and credentials, and waits until it listens.</summary>
    public static Task<ServerProcess> StartAsync(string folder, Dictionary<string, string>? environment = null) =>
        StartAsync("Parley listens", folder, environment ?? []);

    /// <summary>Starts a runner alone, and waits until it says that it runs.</summary>
    public static Task<ServerProcess> StartRunnerAsync(string folder, Dictionary<string, string> environment) =>
        StartAsync("Parley's runner", folder, environment, "runner");

    private static async Task<ServerProcess> StartAsync(string ready, string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        Process process = Launch(folder, environment, arguments);
        StringBuilder before = new();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(ready, StringComparison.Ordinal))
                return new ServerProcess(process, line, before.ToString());
            before.AppendLine(line);
        }
        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
    }

    /// <summary>Runs it until it ends by itself.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        using Process process = Launch(folder, environment, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end; its exit code and what it had logged.</summary>
    public async Task<(int ExitCode, string Output)> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        string output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, _before + output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static Process Launch(string folder, Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "parley-server.dll") },
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["PORT"] = "0";
        start.Environment["PARLEY_CREDENTIALS"] = Path.Combine(folder, "credentials.json");
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
