namespace Parley.Core.Transfer;

/// <summary>Ids that somebody else chose, which become a folder's name: letters, digits, dots, dashes and underscores.</summary>
internal static class SafeId
{
    public static bool IsSafe(string id, int most) =>
        id.Length <= most && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && SafePath.IsSafe(id);
}
