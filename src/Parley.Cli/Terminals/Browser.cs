using System.Diagnostics;

namespace Parley.Cli.Terminals;

/// <summary>The browser of the person at the terminal.</summary>
internal static class Browser
{
    /// <summary>Opens a link; where there is no browser, says so.</summary>
    public static void Open(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? link) || link.Scheme is not ("http" or "https"))
            return;
        try
        {
            using Process? _ = Process.Start(new ProcessStartInfo(link.AbsoluteUri) { UseShellExecute = true });
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or PlatformNotSupportedException)
        {
            Terminal.Error.WriteLine("parley: no browser was found to open the link with.");
        }
    }
}
