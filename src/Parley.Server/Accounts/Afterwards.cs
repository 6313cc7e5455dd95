namespace Parley.Server.Accounts;

/// <summary>Where a browser goes on to when it is signed in: a path of this server and nothing else, since whoever adds to a link is not always who made it.</summary>
public static class Afterwards
{
    /// <summary>Characters of a path that is taken along.</summary>
    public const int MaxLength = 500;

    /// <summary>The path, below the server's prefix; null when it leads elsewhere, or nowhere.</summary>
    public static string? Of(string? path) =>
        path is ['/', not '/', ..] && path.Length <= MaxLength && path.All(c => c is > ' ' and < (char)127 and not '\\') ? path : null;
}
