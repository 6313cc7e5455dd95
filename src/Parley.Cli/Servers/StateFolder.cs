namespace Parley.Cli.Servers;

/// <summary>Where the command keeps what it has to remember: <c>$XDG_STATE_HOME/parley</c>, or what stands for it on this system.</summary>
internal static class StateFolder
{
    public static string Path(string name) => System.IO.Path.Combine(OfUser(), "parley", name);

    private static string OfUser()
    {
        if (OperatingSystem.IsWindows())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } folder
            ? folder
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
    }
}
