using Parley.Cli.Control;
using Parley.Cli.Servers;
using Parley.Core.Sessions;

namespace Parley.Cli.Takeover;

/// <summary>A shared session by its link on any server, or by its id or a token on the configured one.</summary>
/// <param name="Server">Where it is.</param>
/// <param name="Kind">What names it.</param>
/// <param name="Value">The id or the token.</param>
/// <param name="IsWorkspace">Whether it was named by the link of a workspace, which not everybody may see.</param>
internal sealed record PullSource(Uri Server, SharedKind Kind, string Value, bool IsWorkspace = false)
{
    public bool IsToken => Kind == SharedKind.Token;

    /// <summary>The link that everybody may see; null for whatever was not named by one.</summary>
    public PublicLink? Link => Kind == SharedKind.Link && !IsWorkspace ? PublicLink.TryParse($"{Server.ToString().TrimEnd('/')}/s/{Value}") : null;

    public bool IsOnConfiguredServer =>
        Settings.Address(Settings.Server()) is var configured && configured.Scheme == Server.Scheme
        && (configured.Authority == Server.Authority || (configured.IsLoopback && Server.IsLoopback && configured.Port == Server.Port));

    /// <summary>Whether a text is the address of a page.</summary>
    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? link) && link.Scheme is "http" or "https";

    /// <exception cref="Failure">It is no link of a session.</exception>
    public static PullSource Parse(string text)
    {
        if (!IsAddress(text))
            return Named(text, Settings.Address(Settings.Server()));
        var link = new Uri(text);
        string[] path = link.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.FindLastIndex(path, part => part is "s" or "c" or "t");
        string root = string.Concat(path.Take(Math.Max(at, 0)).Select(part => part + "/"));
        var server = new Uri($"{link.GetLeftPart(UriPartial.Authority)}/{root}");
        return Named(text, server) with { IsWorkspace = at >= 0 && path[at] == "c" };
    }

    /// <summary>
    /// The server, asked as who may read the session: with the token, or with the key that belongs to that server. A key of another server is never sent.
    /// </summary>
    public ServerApi Connect() => new(Server, Kind == SharedKind.Token ? new Setting(Value, "the token") : KeyOfServer());

    private Setting? KeyOfServer() => IsOnConfiguredServer ? Settings.Key(Server) : Settings.FileKey(Server);

    private static PullSource Named(string text, Uri server)
    {
        SharedName name = SharedName.Parse(text, server);
        return new PullSource(server, name.Kind, name.Value);
    }
}
