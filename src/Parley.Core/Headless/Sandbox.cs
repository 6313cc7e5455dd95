namespace Parley.Core.Headless;

/// <summary>
/// What a client may see of the machine that it runs on, and the bubblewrap command that holds it to that: the system read-only, the shared files at the
/// project's place, its own login, the network; nothing else of anybody's home, no other process, no way to write but a temporary folder and its own transcript.
/// </summary>
/// <param name="Program">The client's executable, links resolved.</param>
/// <param name="Project">Where the client works: a folder of that name is there with <paramref name="Files"/> in it.</param>
/// <param name="Files">The folder that holds what the workspace shares.</param>
/// <param name="Home">The home in which it looks for its login and its settings.</param>
/// <param name="Login">Files below the home that it needs to be logged in; those that are missing are left out.</param>
/// <param name="Transcripts">The folder into which it may write its transcript.</param>
public sealed record Sandbox(string Program, string Project, string Files, string Home, IReadOnlyList<string> Login, string Transcripts)
{
    // What programs need of a system to start and to reach the network. None of it is anybody's.
    private static readonly string[] System =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ssl", "/etc/ca-certificates", "/etc/pki", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
        "/etc/passwd", "/etc/group", "/etc/localtime", "/etc/alternatives", "/etc/ld.so.cache", "/run/systemd/resolve",
    ];

    /// <summary>The arguments of <c>bwrap</c>, up to the program's own.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        .. System.SelectMany(path => Bind("--ro-bind-try", path)),
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
        "--tmpfs", Home,
        .. Login.SelectMany(path => Bind("--ro-bind-try", path)),
        "--bind", Transcripts, Transcripts,
        .. Bind("--ro-bind", Path.GetDirectoryName(Program)!),
        "--ro-bind", Files, Project,
        "--setenv", "HOME", Home,
        "--chdir", Project,
        "--", Program,
    ];

    /// <summary>What it holds, for people: one line each.</summary>
    public IEnumerable<string> Description =>
    [
        $"reads   {Project} (the files that the workspace shares)",
        $"reads   the system's programs and libraries, {Path.GetDirectoryName(Program)}, and its login in {Home}",
        $"writes  /tmp, which is empty and its own, and its transcript in {Transcripts}",
        "reaches the network, to talk to the model",
        "sees    no other folder of this machine, and no process of it",
    ];

    private static string[] Bind(string how, string path) => [how, path, path];
}
