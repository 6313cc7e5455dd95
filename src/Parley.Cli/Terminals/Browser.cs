using System.Diagnostics;

namespace Parley.Cli.Terminals;

/// <summary>The browser of the person at the terminal.</summary>
internal static class Browser
{
    // Without one of these the desktop's opener would start nothing, or a browser inside of the terminal.
    private static readonly string[] Screens = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"];

    /// <summary>Opens a link; where there is no browser, says so.</summary>
    public static void Open(string url)
    {
        if (!TryOpen(url))
            Terminal.Error.WriteLine("parley: no browser was found to open the link with.");
    }

    /// <summary>Whether there was a browser to open the link with.</summary>
    public static bool TryOpen(string url)
    {
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? link) && link.Scheme is "http" or "https" && TryStart(link.AbsoluteUri);
    }

    /// <summary>The same for a page of this machine.</summary>
    /// <param name="path">Absolute, of an .html file that this process has made.</param>
    public static bool TryOpenFile(string path) => TryStart(path);

    private static bool TryStart(string what)
    {
        if (!HasScreen)
            return false;
        try
        {
            using Process? _ = Process.Start(new ProcessStartInfo(what) { UseShellExecute = true });
            return true;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private static bool HasScreen => !OperatingSystem.IsLinux() || Screens.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
}
