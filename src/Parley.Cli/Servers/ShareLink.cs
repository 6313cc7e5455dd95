namespace Parley.Cli.Servers;

/// <summary>How a person names a shared session: by its id or by its link.</summary>
internal static class ShareLink
{
    /// <summary>The id; a link may name a deep place: <c>…/s/ID?at=12#e12</c>.</summary>
    /// <exception cref="Failure">It is another link, or one of another server.</exception>
    public static string IdOf(string name, Uri server)
    {
        if (!Uri.TryCreate(name, UriKind.Absolute, out Uri? link) || link.Scheme is not ("http" or "https"))
            return name;
        string[] path = link.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.LastIndexOf(path, "s");
        if (at < 0 || at + 1 >= path.Length)
            throw new Failure($"'{name}' is not the link of a session; such a link ends in /s/ID.", ExitCode.Usage);
        bool sameServer = link.Authority == server.Authority || (link.IsLoopback && server.IsLoopback && link.Port == server.Port);
        return sameServer
            ? path[at + 1]
            : throw new Failure($"{name} is on another server than {server}: set {Settings.ServerVariable} to {link.GetLeftPart(UriPartial.Authority)}.");
    }
}
