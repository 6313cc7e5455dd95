using System.Text.RegularExpressions;

namespace Parley.Core.Sessions;

/// <summary>
/// The public link of a session, as one names it that was taken over from there: <c>https://parley.example/s/4fK9xQ2mZp1a</c>. Everybody may see it, so nothing but such
/// a link is one: no token, no query, no name or password.
/// </summary>
public sealed partial record PublicLink
{
    /// <summary>Characters of a link.</summary>
    public const int MaxLength = 300;

    /// <summary>The event that tells of a taking over: <c>{"type":"event","event":"taken_over","link":…}</c>, without a link for what came by none.</summary>
    public const string TakenOver = "taken_over";

    private readonly string _link;

    private PublicLink(string link) => _link = link;

    /// <summary>Null for anything else.</summary>
    public static PublicLink? TryParse(string? text) =>
        text is { Length: <= MaxLength } && Form().IsMatch(text) ? new PublicLink(text) : null;

    public override string ToString() => _link;

    [GeneratedRegex(@"^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._-]+){0,8}/s/[A-Za-z0-9]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
