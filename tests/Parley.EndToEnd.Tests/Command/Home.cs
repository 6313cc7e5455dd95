using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Parley.EndToEnd.Tests.Networks;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>What a finished command left behind.</summary>
public sealed record Result(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output of a command that must have succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return Out;
    }
}

/// <summary>A person's machine: a home folder of its own with sessions of Claude Code in it, on which the command runs as a process.</summary>
public sealed class Home : IDisposable
{
    /// <summary>A command that takes longer hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("parley-home-").FullName;

    public Home()
    {
        Project = Directory.CreateDirectory(Path.Combine(_root, "work", "tidewatch")).FullName;
        CurrentFolder = Project;
        Sessions = Directory.CreateDirectory(Path.Combine(_root, ".claude", "projects", EncodedName(Project))).FullName;
        Environment = new Dictionary<string, string?>
        {
            ["HOME"] = _root,
            ["PARLEY_SERVER"] = Path.Combine(AppContext.BaseDirectory, "parley-server.dll"),
            ["DATABASE_PATH"] = Path.Combine(_root, "data", "sessions.db"),
            ["SHARE_SERVER_URL"] = null,
            ["SHARE_API_KEY"] = null,
            ["CLAUDE_CONFIG_DIR"] = null,
            ["CLAUDE_CODE_SESSION_ID"] = null,
            ["PORT"] = null,
            ["DATABASE_URL"] = null,
            ["PARLEY_CREDENTIALS"] = null,
            ["XDG_CONFIG_HOME"] = null,
            ["XDG_STATE_HOME"] = null,
            ["NO_COLOR"] = null,
            ["COLUMNS"] = null,
            ["SSH_TTY"] = null,
            ["DISPLAY"] = null,
            ["WAYLAND_DISPLAY"] = null,
            ["TERM"] = "xterm",
        };
    }

    /// <summary>Variables of the command; null removes one.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>The machine whose network the command is on; null for this one.</summary>
    public Machine? Machine { get; set; }

    /// <summary>The folder of the person's project.</summary>
    public string Project { get; }

    /// <summary>The folder that the command runs in.</summary>
    public string CurrentFolder { get; set; }

    /// <summary>Where the transcripts of the project are.</summary>
    public string Sessions { get; }

    public string PathOf(params string[] parts) => Path.Combine([_root, .. parts]);

    public Task<Result> RunAsync(params string[] arguments) => RunAsync(arguments, input: "");

    /// <summary>Runs the command in another folder than the current one.</summary>
    public Task<Result> RunInAsync(string folder, params string[] arguments) => RunAsync(Start("dotnet", [Dll, .. arguments], folder), input: "");

    public Task<Result> RunAsync(string[] arguments, string input) => RunAsync(Start(arguments), input);

    private static async Task<Result> RunAsync(Process started, string input)
    {
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process, output, error);
    }

    /// <summary>Runs the command on a terminal.</summary>
    public Task<Result> RunOnTerminalAsync(params string[] arguments) => AnswerOnTerminalAsync(question: null, "", arguments);

    /// <summary>Runs the command on a terminal, on which a person types when the question stands there.</summary>
    public async Task<Result> AnswerOnTerminalAsync(string? question, string typed, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "This test needs `script` from util-linux.");
        string command = string.Join(' ', arguments.Prepend(Dll).Prepend("dotnet").Select(a => $"'{a}'"));
        using Process process = Start("/usr/bin/script", ["-qec", command, "/dev/null"]);
        string shown = question is null ? "" : await ReadUntilAsync(process.StandardOutput, question);
        await process.StandardInput.WriteAsync(typed);
        await process.StandardInput.FlushAsync();
        Result result = await EndAsync(process);
        return result with { Out = shown + result.Out };
    }

    /// <summary>The command as a shell takes it.</summary>
    public static string CommandLine => $"dotnet '{Dll}'";

    /// <summary>The variables of a terminal on this machine.</summary>
    public IReadOnlyDictionary<string, string> VariablesOfTerminal()
    {
        var variables = Environment.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Key, variable => variable.Value!);
        foreach (string name in new[] { "PATH", "DOTNET_ROOT" })
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
                variables.TryAdd(name, value);
        (variables["TERM"], variables["LANG"], variables["PS1"]) = ("xterm-256color", "C.UTF-8", "$ ");
        return variables;
    }

    /// <summary>Starts the command and leaves it running.</summary>
    public Process Start(params string[] arguments) => Start("dotnet", [Dll, .. arguments]);

    /// <summary>Sends a signal as a terminal or a service manager would.</summary>
    public static void Signal(Process process, PosixSignal signal) =>
        Signal(process.Id, signal == PosixSignal.SIGINT ? 2 : 15);

    public static void Signal(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    /// <summary>Waits for the end, and reads what has not been read.</summary>
    public static Task<Result> EndAsync(Process process, Task<string>? error = null) =>
        EndAsync(process, process.StandardOutput.ReadToEndAsync(), error ?? process.StandardError.ReadToEndAsync());

    private static async Task<Result> EndAsync(Process process, Task<string> output, Task<string> error)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The command hangs. It wrote: {await output}{await error}");
        }
        return new Result(process.ExitCode, await output, await error);
    }

    private static async Task<string> ReadUntilAsync(StreamReader output, string text)
    {
        var read = new StringBuilder();
        var buffer = new char[1024];
        while (!read.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await output.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            Assert.True(count > 0, $"The command ended before it wrote '{text}': {read}");
            read.Append(buffer, 0, count);
        }
        return read.ToString();
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // As the client names the folder of a project's sessions.
    private static string EncodedName(string path) => string.Concat(path.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "parley.dll");

    private Process Start(string program, string[] arguments, string? folder = null)
    {
        folder ??= CurrentFolder;
        string[] command = [.. Machine?.Enter(folder) ?? [], program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // Who runs the tests from within Claude Code must not be seen.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("CLAUDE", StringComparison.Ordinal) || name.StartsWith("ANTHROPIC", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach ((string name, string? value) in Environment)
        {
            start.Environment.Remove(name);
            if (value is not null)
                start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
