using Parley.Cli.Servers;

namespace Parley.Cli.Control;

/// <summary>How a person names something that is shared: by the id of a session, by a token, or by the link of either.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Value">The id or the token.</param>
internal readonly record struct SharedName(SharedKind Kind, string Value)
{
    /// <summary>How every token begins.</summary>
    public const string TokenPrefix = "clw_share_";

    /// <param name="text">What was typed.</param>
    /// <param name="server">The server that is asked; a link must be one of its own.</param>
    /// <exception cref="Failure">It is a link to something else.</exception>
    public static SharedName Parse(string text, Uri server)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? link) || link.Scheme is not ("http" or "https"))
            return new(text.StartsWith(TokenPrefix, StringComparison.Ordinal) ? SharedKind.Token : SharedKind.Id, text);
        string[] path = link.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        // A link may name a deep place: …/s/ID?at=12#e12, …/s/ID/prompts.
        int at = Array.FindLastIndex(path, part => part is "s" or "c" or "t");
        if (at < 0 || at + 1 >= path.Length)
            throw new Failure($"'{text}' is not the link of a session; such a link ends in /s/ID, /c/ID or /t/TOKEN.", ExitCode.Usage);
        bool sameServer = link.Authority == server.Authority || (link.IsLoopback && server.IsLoopback && link.Port == server.Port);
        return sameServer
            ? new(path[at] == "t" ? SharedKind.Token : SharedKind.Link, path[at + 1])
            : throw new Failure($"{text} is on another server than {server}: set {Settings.ServerVariable} to {link.GetLeftPart(UriPartial.Authority)}.");
    }

    /// <summary>The id of a session that was named by its id or its link.</summary>
    /// <exception cref="Failure">A token was named, which does not tell whose it is.</exception>
    public static string SessionId(string text, Uri server) => Parse(text, server) switch
    {
        { Kind: SharedKind.Token } => throw new Failure("this is a token; name the session by its id or its link. `parley list` shows them.", ExitCode.Usage),
        var name => name.Value,
    };
}

/// <summary>What a name names.</summary>
internal enum SharedKind
{
    /// <summary>The id of a session or of a token.</summary>
    Id,

    /// <summary>The public link of a session.</summary>
    Link,

    /// <summary>A token.</summary>
    Token,
}
