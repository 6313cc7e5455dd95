using System.ComponentModel;
using System.Diagnostics;
using Parley.Cli.Setup;

namespace Parley.Cli.Homecoming;

/// <summary>Asks git about a project, where there is one.</summary>
internal static class Repository
{
    /// <summary>It has little to do; a hook or a lock of the user's must not hold anything up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What is checked out; null where there is no repository, or no commit in it.</summary>
    public static string? CommitOf(string? folder) =>
        folder is not null && Directory.Exists(folder) && Ask(folder, "rev-parse", "--verify", "--quiet", "HEAD")?.Trim() is { Length: > 0 } commit ? commit : null;

    /// <summary>What git answers; null when it doesn't.</summary>
    public static string? Ask(string folder, params string[] arguments)
    {
        if (Programs.Find("git") is not { } git)
            return null;
        var start = new ProcessStartInfo(git, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // It only looks: nothing is refreshed or locked.
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        try
        {
            using Process asked = Process.Start(start)!;
            asked.StandardInput.Close();
            _ = asked.StandardError.ReadToEndAsync();
            Task<string> answer = asked.StandardOutput.ReadToEndAsync();
            if (answer.Wait(Patience) && asked.WaitForExit(Patience))
                return asked.ExitCode == 0 ? answer.Result : null;
            asked.Kill();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
