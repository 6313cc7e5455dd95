using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Core.Context;

/// <summary>
/// Searches texts line by line for a regular expression that a model wrote. It takes time in proportion to the text, whatever the expression: there is no
/// backtracking, so neither are backreferences and lookarounds.
/// </summary>
public sealed class FileSearch
{
    /// <summary>The longest expression.</summary>
    public const int MaxPattern = 500;

    /// <summary>After so many lines nothing more is looked for.</summary>
    public const int MaxMatches = 200;

    /// <summary>Where a longer line is cut.</summary>
    public const int LineCharacters = 300;

    /// <summary>The longest that one line is looked at.</summary>
    private static readonly TimeSpan LineTime = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly StringBuilder _found = new();

    private FileSearch(Regex regex) => _regex = regex;

    /// <summary>How many lines were found.</summary>
    public int Matches { get; private set; }

    public bool IsFull => Matches >= MaxMatches;

    /// <summary>What was found, a line each: <c>path:line: text</c>.</summary>
    public string Found => _found.ToString();

    /// <summary>The search, or what is wrong with the expression.</summary>
    public static (FileSearch? Search, string? Problem) Parse(string pattern, bool ignoresCase)
    {
        if (pattern.Length is 0 or > MaxPattern)
            return (null, $"A pattern has 1 to {MaxPattern} characters.");
        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoresCase ? RegexOptions.IgnoreCase : 0);
        try
        {
            return (new FileSearch(new Regex(pattern, options, LineTime)), null);
        }
        catch (ArgumentException e)
        {
            return (null, e.Message);
        }
        catch (NotSupportedException)
        {
            return (null, "The pattern is too large, or has backreferences or lookarounds, which this search does not know.");
        }
    }

    /// <summary>Looks through one text; false when no more is wanted.</summary>
    public bool Look(string place, ReadOnlySpan<char> text)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            number++;
            if (!IsMatch(line))
                continue;
            _found.Append(CultureInfo.InvariantCulture, $"{place}:{number}: {FileExcerpt.Cut(line.ToString(), LineCharacters)}\n");
            Matches++;
            if (IsFull)
                return false;
        }
        return true;
    }

    private bool IsMatch(ReadOnlySpan<char> line)
    {
        try
        {
            return _regex.IsMatch(line);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
