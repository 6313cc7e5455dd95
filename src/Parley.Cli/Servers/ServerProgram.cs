using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parley.Cli.Servers;

/// <summary>
/// The server's program that is installed with the command: <c>server/parley-server</c> beside it, or what <c>PARLEY_SERVER</c> names (the
/// program or its .dll). It runs with the command's own input, output and environment.
/// </summary>
internal sealed class ServerProgram
{
    private ServerProgram(string path) => FilePath = path;

    public string FilePath { get; }

    /// <summary>The installed program; null when there is none.</summary>
    public static ServerProgram? Find()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "server", "parley-server");
        string?[] places = [Environment.GetEnvironmentVariable("PARLEY_SERVER"), beside, beside + ".exe", beside + ".dll"];
        return places.FirstOrDefault(File.Exists) is { } path ? new ServerProgram(Path.GetFullPath(path)) : null;
    }

    /// <exception cref="Failure">There is none.</exception>
    public static ServerProgram Require() => Find() ?? throw new Failure(
        $"the server is not installed: there is no {Path.Combine(AppContext.BaseDirectory, "server")}{Path.DirectorySeparatorChar}parley-server. "
        + "Set PARLEY_SERVER to its path, or run it from its container (docker compose up).");

    /// <summary>Runs it to its end and returns its exit code. When <paramref name="cancel"/> fires it is asked to stop, and waited for.</summary>
    public async Task<int> RunAsync(IEnumerable<string> arguments, CancellationToken cancel)
    {
        using Process process = Start(arguments);
        return await WaitAsync(process, cancel);
    }

    /// <param name="arguments">The program's arguments.</param>
    /// <param name="environment">What is added to the command's own environment.</param>
    /// <param name="readsOutput">Whether the caller reads the program's output, instead of letting it through.</param>
    public Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, bool readsOutput = false)
    {
        bool isLibrary = FilePath.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(isLibrary ? "dotnet" : FilePath, isLibrary ? [FilePath, .. arguments] : arguments)
        {
            RedirectStandardOutput = readsOutput,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new Failure($"the server's program {FilePath} does not start: {e.Message}.");
        }
    }

    /// <summary>Waits for the end; a signal to the command is passed on as a request to stop.</summary>
    public static async Task<int> WaitAsync(Process process, CancellationToken cancel)
    {
        using (cancel.Register(() => AskToStop(process)))
            await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static void AskToStop(Process process)
    {
        const int sigterm = 15;
        if (OperatingSystem.IsWindows())
            return; // The console has told the server itself.
        if (!process.HasExited)
            _ = Kill(process.Id, sigterm);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
