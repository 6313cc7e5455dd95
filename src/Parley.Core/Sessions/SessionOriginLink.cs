using System.Text.RegularExpressions;

namespace Parley.Core.Sessions;

/// <summary>
/// The public link of a session that another one was taken over from: <c>https://parley.example/s/4fK9xQ2mZp1a</c>. Everybody may see it, so nothing but such
/// a link is one: no token, no query, no name or password.
/// </summary>
public sealed partial record SessionOriginLink
{
    /// <summary>Characters of a link.</summary>
    public const int MaxLength = 300;

    private readonly string _link;

    private SessionOriginLink(string link) => _link = link;

    /// <summary>Null for anything else.</summary>
    public static SessionOriginLink? TryParse(string? text) =>
        text is { Length: <= MaxLength } && PublicLink().IsMatch(text) ? new SessionOriginLink(text) : null;

    public override string ToString() => _link;

    [GeneratedRegex(@"^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._-]+){0,8}/s/[A-Za-z0-9]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PublicLink();
}
