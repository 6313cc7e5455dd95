using System.Diagnostics;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>The real client's terminal interface, in a tmux of its own.</summary>
public sealed class TerminalSession : IAsyncDisposable
{
    /// <summary>What does not come onto the screen within this time does not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The client takes what comes together for pasted text, in which Enter is a line's end.</summary>
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(400);

    private readonly string _socket;

    private TerminalSession(string socket) => _socket = socket;

    public static async Task<TerminalSession> StartAsync(Workstation machine, string project)
    {
        var terminal = new TerminalSession(Path.Combine(project, ".tmux"));
        ProcessStartInfo client = machine.Start(project);
        string[] environment = [.. machine.Variables.Select(variable => $"{variable.Key}={variable.Value}")];
        await terminal.TmuxAsync(["-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "50", "-c", project, "env", "-i", .. environment, client.FileName, .. client.ArgumentList]);
        await terminal.SeesAsync("? for shortcuts");
        return terminal;
    }

    /// <summary>Types a line and Enter.</summary>
    public async Task TypeAsync(string line)
    {
        await TmuxAsync(["send-keys", "-l", line]);
        await Task.Delay(Typing);
        await TmuxAsync(["send-keys", "Enter"]);
    }

    /// <summary>Waits until a text stands on the screen.</summary>
    public async Task<string> SeesAsync(string text)
    {
        long since = Stopwatch.GetTimestamp();
        string screen;
        while (!(screen = await TmuxAsync(["capture-pane", "-p"])).Contains(text, StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"'{text}' does not come onto the screen:\n{screen}");
            await Task.Delay(50);
        }
        return screen;
    }

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
