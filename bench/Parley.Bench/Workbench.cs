using System.Diagnostics;
using System.Globalization;

namespace Parley.Bench;

/// <summary>What the benchmarks share: where things are, a temporary folder that goes away, and how figures are written.</summary>
internal sealed class Workbench : IDisposable
{
    public Workbench(bool quick)
    {
        Quick = quick;
        Directory.CreateDirectory(Folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose(); // Ctrl+C too
    }

    /// <summary>One short run of each: to see that everything works, not to measure.</summary>
    public bool Quick { get; }

    public string Repository { get; } = Directory.GetCurrentDirectory();

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"parley-bench-{Environment.ProcessId}");

    public string App => Path.Combine(Repository, ".cache", "app");

    public string Peers => Path.Combine(Repository, "bench", "peers");

    public string Bun => Path.Combine(Peers, "hono-bun", "node_modules", ".bin", "bun");

    /// <summary>Where the published peer is.</summary>
    public string SignalR => Path.Combine(Repository, ".cache", "bench-signalr");

    /// <summary>Where servers leave the key of this machine's commands.</summary>
    public string CredentialsPath => Path.Combine(Folder, "config", "parley", "credentials.json");

    /// <summary>How often each thing is run.</summary>
    public int Runs(int times) => Quick ? 1 : times;

    /// <summary>A command with an own home, so that nothing of this machine's settings counts or changes.</summary>
    public ProcessStartInfo Command(string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = Folder };
        start.Environment["HOME"] = Folder;
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(Folder, "config");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(Folder, "state");
        start.Environment["PARLEY_CREDENTIALS"] = CredentialsPath;
        start.Environment["CLAUDE_CONFIG_DIR"] = Path.Combine(Folder, "claude");
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("SHARE_API_KEY");
        start.Environment.Remove("SHARE_SERVER_URL");
        return start;
    }

    public ProcessStartInfo Parley(params IEnumerable<string> arguments) => Command(Path.Combine(App, "parley"), arguments);

    /// <summary>The same command with its output going to /dev/null, as a pipe's reader would be measured too.</summary>
    public ProcessStartInfo IntoNothing(ProcessStartInfo start) => Command("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null", start.FileName, .. start.ArgumentList]);

    /// <summary>A transcript of about so many bytes, made once.</summary>
    public string Transcript(int megabytes)
    {
        string path = Path.Combine(Folder, $"{megabytes}mb", SampleTranscript.FileName(Repository));
        if (!File.Exists(path))
            SampleTranscript.Repeat(Repository, path, megabytes * 1_000_000L);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    public static string Megabytes(long bytes) => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture) + " MB";

    public static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
