using System.Diagnostics;

namespace Parley.Cli.Terminals;

/// <summary>The clipboard of the person at the terminal, reached through the system's own tool or, over SSH, through the terminal itself.</summary>
internal static class Clipboard
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Copies the text where that is possible; whether it was.</summary>
    public static bool Copy(string text)
    {
        if (Has("SSH_TTY"))
            return CopyThroughTerminal(text);
        foreach ((bool isHere, string tool, string[] arguments) in Tools())
            if (isHere && Run(tool, arguments, text))
                return true;
        return false;
    }

    private static IEnumerable<(bool IsHere, string Tool, string[] Arguments)> Tools()
    {
        yield return (OperatingSystem.IsMacOS(), "pbcopy", []);
        yield return (OperatingSystem.IsWindows(), "clip", []);
        yield return (Has("WSL_DISTRO_NAME"), "clip.exe", []);
        yield return (Has("WAYLAND_DISPLAY"), "wl-copy", []);
        yield return (Has("DISPLAY"), "xclip", ["-selection", "clipboard"]);
        yield return (Has("DISPLAY"), "xsel", ["--clipboard", "--input"]);
    }

    // OSC 52: the terminal, which runs on the person's own machine, sets its clipboard. A terminal that does not know it shows nothing, and
    // nobody tells whether it did: so nothing is claimed.
    private static bool CopyThroughTerminal(string text)
    {
        Terminal.Error.Write($"\e]52;c;{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}\a");
        return false;
    }

    private static bool Run(string tool, string[] arguments, string text)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(tool, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Write(text);
            process.StandardInput.Close();
            return process.WaitForExit(Patience) && process.ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return false;
        }
    }

    private static bool Has(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
