using System.Diagnostics;
using System.Text.Json;

namespace Parley.Tests;

/// <summary>A program of tests/node that runs beside a test: it takes and says lines of JSON, and ends with the test.</summary>
public sealed class NodeProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private NodeProgram(Process process) => _process = process;

    /// <summary>Where the programs are, and the packages that they are made of.</summary>
    public static string Folder { get; } = Find();

    /// <param name="name">A file of tests/node.</param>
    /// <param name="options">Its argument, as JSON.</param>
    public static NodeProgram Start(string name, object options)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // It warns of being used for tests.
            RedirectStandardError = true,
            ArgumentList = { name, JsonSerializer.Serialize(options) },
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new NodeProgram(process);
    }

    /// <summary>The next line that it says.</summary>
    public async Task<JsonElement> HearAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        string line = await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException("The program has ended: run npm ci in tests/node.");
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    public Task TellAsync(object line) => _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(line));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "tests", "node", "package.json")))
                return Path.Combine(at.FullName, "tests", "node");
        }
        throw new DirectoryNotFoundException("The tests run below the repository's root, where tests/node is.");
    }
}
