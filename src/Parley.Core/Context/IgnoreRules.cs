using MAB.DotIgnore;

namespace Parley.Core.Context;

/// <summary>
/// The ignore rules of a project (gitignore(5)): those of the whole project, and of each folder that has some. Of the rules that fit a path the last one
/// in the deepest folder decides. Whoever walks asks about a folder before what is in it, since an ignored folder is not entered.
/// </summary>
public sealed class IgnoreRules
{
    private readonly List<(string Folder, List<IgnoreRule> Rules)> _sets = [];

    /// <summary>Adds the lines of a file of rules that lies in a folder; deeper folders come later.</summary>
    /// <param name="folder">Below the project, with <c>/</c> between its parts; empty for the project itself.</param>
    /// <param name="lines">The file's lines.</param>
    public void Add(string folder, IEnumerable<string> lines)
    {
        List<IgnoreRule> rules = [.. lines.SelectMany(Parse)];
        if (rules.Count > 0)
            _sets.Add((folder == "" ? "" : folder + "/", rules));
    }

    /// <summary>Whether the rules leave a path out, whose folders they let in.</summary>
    public bool IsIgnored(string path, bool isFolder)
    {
        for (int i = _sets.Count - 1; i >= 0; i--)
        {
            (string folder, List<IgnoreRule> rules) = _sets[i];
            if (!path.StartsWith(folder, StringComparison.Ordinal))
                continue;
            string below = path[folder.Length..];
            if (rules.FindLast(rule => rule.IsMatch(below, isFolder)) is { } rule)
                return !rule.PatternFlags.HasFlag(PatternFlags.NEGATION);
        }
        return false;
    }

    // The library throws at a bracket that is never closed; Git takes such a line for one that fits nothing.
    private static IEnumerable<IgnoreRule> Parse(string line)
    {
        try
        {
            return new IgnoreList([line]).Rules;
        }
        catch (ArgumentException)
        {
            return [];
        }
    }
}
