namespace Parley.Core.Redaction.Personal;

/// <summary>Whose home a path of any machine lies in, as far as the path alone tells.</summary>
public static class HomeFolder
{
    /// <summary>The home folder in a well-known place, e.g. <c>/home/x</c> of <c>/home/x/code</c>; null when there is none.</summary>
    /// <param name="path">An absolute path of Unix or Windows.</param>
    public static string? Of(string path) => HomePaths.HomeOf(path);
}
