using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Parley.Cli.Setup;
using Parley.Core.Takeover;
using Parley.Core.Transcripts;

namespace Parley.Cli.Takeover;

/// <summary>How a session that was taken over is gone on with: the agent's own command, printed or run in the project's folder.</summary>
/// <param name="Program">The agent's command.</param>
/// <param name="Arguments">What it is given.</param>
/// <param name="Folder">The project, absolute.</param>
internal sealed partial record Resume(string Program, IReadOnlyList<string> Arguments, string Folder)
{
    // What a client sets for the processes that it starts. A client that inherits them takes itself for a part of another session, and keeps no transcript.
    private static readonly string[] OfOtherClients =
        ["CLAUDECODE", "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT", "CLAUDE_PROJECT_DIR", "CODEX_THREAD_ID", "CODEX_TOOL_CALL_ID"];

    public static Resume Of(InstalledSession session, string folder) => session.Agent == CodexCatalog.Agent
        ? new("codex", ["resume", session.SessionId], folder)
        : new("claude", ["--resume", session.SessionId], folder);

    /// <summary>The command for a shell; with the way to the project where that is another folder.</summary>
    public string Command
    {
        get
        {
            string command = string.Join(' ', Arguments.Prepend(Program));
            return Folder == Environment.CurrentDirectory ? command : $"cd {Quoted(Folder)} && {command}";
        }
    }

    /// <summary>Hands the terminal over to the agent, until it ends.</summary>
    /// <returns>The agent's exit code.</returns>
    /// <exception cref="Failure">The agent isn't there, or does not start.</exception>
    public async Task<int> RunAsync()
    {
        string path = Programs.Find(Program) ?? throw new Failure($"`{Program}` is not on the PATH. The session is in its place; where it is, run: {Command}");
        var start = new ProcessStartInfo(path, Arguments) { WorkingDirectory = Folder };
        foreach (string variable in OfOtherClients)
            start.Environment.Remove(variable);
        try
        {
            using Process agent = Process.Start(start)!;
            // Ctrl-C is the agent's.
            await agent.WaitForExitAsync(CancellationToken.None);
            return agent.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new Failure($"{path} does not start: {e.Message}. The session is in its place; run: {Command}");
        }
    }

    // PowerShell and cmd know double quotes only.
    private static string Quoted(string path) => Plain().IsMatch(path) ? path
        : OperatingSystem.IsWindows() ? $"\"{path}\""
        : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[A-Za-z0-9_./:\\@%+=-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
