namespace Parley.Core.Headless;

/// <summary>
/// What a client may see of the machine that it runs on, and the bubblewrap command that holds it to that: the system read-only, the shared files at
/// the project's place, its own login, the network; nothing else of anybody's home, no other process, no way to write but a temporary folder and its own state.
/// </summary>
/// <param name="Program">The client's executable, links resolved.</param>
/// <param name="Project">What the project's folder is called.</param>
/// <param name="Files">The folder of this machine that holds what the workspace shares.</param>
/// <param name="State">The folder of this machine in which the client finds the session and keeps what it keeps.</param>
/// <param name="Login">The file of this machine with the client's login, which it renews; null where the environment logs it in.</param>
public sealed record Sandbox(string Program, string Project, string Files, string State, string? Login)
{
    /// <summary>The home of whoever is in the sandbox: nobody's.</summary>
    public const string Home = "/home/parley";

    // What programs need of a system to start and to reach the network. None of it is anybody's.
    private static readonly string[] System =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ssl", "/etc/ca-certificates", "/etc/pki", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
        "/etc/passwd", "/etc/group", "/etc/localtime", "/etc/alternatives", "/etc/ld.so.cache", "/run/systemd/resolve",
    ];

    /// <summary>Where the client works.</summary>
    public string Folder => $"{Home}/{Project}";

    /// <summary>Where the client has its state.</summary>
    public static string Configuration => $"{Home}/.claude";

    private string ProgramFolder => Path.GetDirectoryName(Program)!;

    /// <summary>The arguments of <c>bwrap</c>, up to the program's own.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        .. System.SelectMany(path => Bind("--ro-bind-try", path)),
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
        .. Bind("--ro-bind", ProgramFolder),
        "--tmpfs", Home,
        "--bind", State, Configuration,
        .. Login is null ? [] : (string[])["--bind", Login, $"{Configuration}/.credentials.json"],
        "--ro-bind", Files, Folder,
        "--chdir", Folder,
        "--", Program,
    ];

    /// <summary>What it holds, for people: one line each.</summary>
    public IEnumerable<string> Description =>
    [
        $"reads    {Folder}: the files that the workspace shares with the agent, as they are shared at that moment",
        $"reads    the system's programs and libraries, and the client in {ProgramFolder}",
        Login is null ? "login    the one in the environment" : $"login    {Login}, which the client renews when it runs out",
        "writes   /tmp, which is empty and its own, and its own state, which goes when the host ends",
        "network  as this machine has it: the client talks to its model",
        "nothing  else: no other folder of this machine, no other process of it, no right beyond those of its user",
    ];

    private static string[] Bind(string how, string path) => [how, path, path];
}
