using System.Diagnostics;

namespace Parley.Cli.Terminals;

/// <summary>
/// Keeps the terminal of a Unix from showing what is typed, from before the question stands there until it is disposed: whoever types or pastes ahead of
/// the program must not see it either. On Windows it does nothing.
/// </summary>
internal sealed class Echo : IDisposable
{
    private Echo()
    {
    }

    /// <exception cref="Failure">The terminal can't be kept from showing it.</exception>
    public static Echo Off()
    {
        if (!OperatingSystem.IsWindows() && !Set("-echo"))
            throw new Failure("the terminal would show what is typed. Give it by PARLEY_PASSPHRASE or --passphrase-stdin instead.");
        return new Echo();
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            Set("echo");
    }

    // Its streams are pipes, so that the runtime does not take it for a program that uses the terminal and set that up anew when it ends.
    private static bool Set(string setting)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec stty {setting} </dev/tty"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process stty = Process.Start(start)!;
        stty.WaitForExit();
        return stty.ExitCode == 0;
    }
}
