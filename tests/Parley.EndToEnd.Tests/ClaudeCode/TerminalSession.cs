using System.Diagnostics;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>A program's terminal interface, in a tmux of its own.</summary>
public sealed class TerminalSession : IAsyncDisposable
{
    /// <summary>What does not come onto the screen within this time does not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The client takes what comes together for pasted text, in which Enter is a line's end.</summary>
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(400);

    private readonly string _socket;

    private TerminalSession(string socket) => _socket = socket;

    /// <summary>The real client.</summary>
    public static async Task<TerminalSession> StartAsync(Workstation machine, string project)
    {
        ProcessStartInfo client = machine.Start(project);
        TerminalSession terminal = await StartAsync(project, machine.Variables, [client.FileName, .. client.ArgumentList], 150, 50);
        await terminal.SeesAsync("? for shortcuts");
        return terminal;
    }

    /// <summary>Any program, with nothing of this process' environment.</summary>
    public static async Task<TerminalSession> StartAsync(string folder, IReadOnlyDictionary<string, string> variables, string[] command, int width, int height)
    {
        var terminal = new TerminalSession(Path.Combine(folder, ".tmux"));
        string[] environment = [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
        await terminal.TmuxAsync(["-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "-c", folder, "env", "-i", .. environment, .. command]);
        return terminal;
    }

    /// <summary>Types a line and Enter.</summary>
    public async Task TypeAsync(string line)
    {
        await TmuxAsync(["send-keys", "-l", line]);
        await Task.Delay(Typing);
        await TmuxAsync(["send-keys", "Enter"]);
    }

    /// <summary>Presses keys, named as tmux names them.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>Types text as it is, without Enter.</summary>
    public Task WriteAsync(string text) => TmuxAsync(["send-keys", "-l", text]);

    public Task ResizeAsync(int width, int height) => TmuxAsync(["resize-window", "-x", $"{width}", "-y", $"{height}"]);

    /// <summary>Waits until a text stands on the screen.</summary>
    public Task<string> SeesAsync(string text) => SeesUntilAsync(screen => screen.Contains(text, StringComparison.Ordinal), $"'{text}'");

    /// <summary>Waits until the screen is as it should be.</summary>
    public async Task<string> SeesUntilAsync(Func<string, bool> condition, string expected = "What is expected")
    {
        long since = Stopwatch.GetTimestamp();
        string screen;
        while (!condition(screen = await TmuxAsync(["capture-pane", "-p"])))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"{expected} does not come onto the screen:\n{screen}");
            await Task.Delay(50);
        }
        return screen;
    }

    /// <summary>Waits until the shell takes the next line.</summary>
    public Task<string> EndsAsync() => SeesUntilAsync(screen => screen.TrimEnd().EndsWith('$'), "The shell's prompt");

    /// <summary>What tmux knows of the terminal, e.g. <c>#{alternate_on}</c>.</summary>
    public async Task<string> ShowAsync(string format) => (await TmuxAsync(["display-message", "-p", format])).Trim();

    /// <summary>The title that programs gave to the terminal.</summary>
    public Task<string> TitleAsync() => ShowAsync("#{pane_title}");

    public async ValueTask DisposeAsync() => await TmuxAsync(["kill-server"]);

    private async Task<string> TmuxAsync(string[] arguments)
    {
        using Process tmux = Process.Start(new ProcessStartInfo("tmux", ["-S", _socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = tmux.StandardError.ReadToEndAsync();
        string output = await tmux.StandardOutput.ReadToEndAsync();
        await tmux.WaitForExitAsync();
        Assert.True(tmux.ExitCode == 0, await error);
        return output;
    }
}
