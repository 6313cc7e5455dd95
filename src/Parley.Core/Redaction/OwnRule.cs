using System.Text.RegularExpressions;

namespace Parley.Core.Redaction;

/// <summary>A rule that a project or a user adds: whatever its pattern matches is removed.</summary>
public sealed partial class OwnRule
{
    /// <summary>Characters of a pattern.</summary>
    public const int MaxPatternLength = 1_000;

    /// <param name="name">Its name in replacements and reports: lower-case letters, digits and hyphens.</param>
    /// <param name="pattern">A regular expression without lookarounds, backreferences and atomic groups, so that it takes linear time.</param>
    /// <exception cref="ArgumentException">The name or the pattern is not as it must be; the message says why.</exception>
    public OwnRule(string name, string pattern)
    {
        if (!NameForm().IsMatch(name))
            throw new ArgumentException($"A rule's name consists of lower-case letters, digits and hyphens, at most 60; '{name}' doesn't.");
        if (pattern.Length is 0 or > MaxPatternLength)
            throw new ArgumentException($"The pattern of rule '{name}' is empty or longer than {MaxPatternLength} characters.");
        Name = name;
        Pattern = Compile(name, pattern);
    }

    public string Name { get; }

    internal Regex Pattern { get; }

    private static Regex Compile(string name, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The pattern of rule '{name}' is not a regular expression: {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException($"The pattern of rule '{name}' uses a lookaround, a backreference or an atomic group, which can take very long. {e.Message}", e);
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,59}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
