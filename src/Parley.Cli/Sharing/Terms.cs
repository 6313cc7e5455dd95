namespace Parley.Cli.Sharing;

/// <summary>The terms of a share.</summary>
/// <param name="Expires">Zero for never; null for the server's default.</param>
/// <param name="IsPrivate">Whether nobody but its author can read it.</param>
/// <param name="ByToken">Whether a token opens it in a link's place.</param>
/// <param name="IsLive">Whether more entries are going to follow.</param>
internal sealed record Terms(TimeSpan? Expires, bool IsPrivate, bool ByToken = false, bool IsLive = false)
{
    /// <summary>Whether it gets no public link.</summary>
    public bool IsPrivate { get; } = IsPrivate || ByToken;
}
