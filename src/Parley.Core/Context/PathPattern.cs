using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Core.Context;

/// <summary>
/// A pattern for paths: <c>*</c> and <c>?</c> stand for characters within a part, <c>**</c> for any parts, <c>{a,b}</c> for one of those. A pattern without
/// <c>/</c> is one for the file's name. It takes time in proportion to the path, whatever the pattern.
/// </summary>
public sealed class PathPattern
{
    /// <summary>The longest pattern.</summary>
    public const int MaxCharacters = 200;

    private readonly Regex _regex;
    private readonly bool _isOfName;

    private PathPattern(Regex regex, bool isOfName) => (_regex, _isOfName) = (regex, isOfName);

    /// <summary>The pattern; null when it is too long or its braces don't fit.</summary>
    public static PathPattern? Parse(string pattern)
    {
        if (pattern.Length is 0 or > MaxCharacters || Translate(pattern) is not { } translated)
            return null;
        try
        {
            return new PathPattern(new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline), !pattern.Contains('/'));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public bool Matches(string path) => _regex.IsMatch(_isOfName ? path.AsSpan(path.LastIndexOf('/') + 1) : path.AsSpan());

    private static string? Translate(string pattern)
    {
        var regex = new StringBuilder("^");
        int open = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            bool twice = pattern[i] == '*' && i + 1 < pattern.Length && pattern[i + 1] == '*';
            switch (pattern[i])
            {
                case '*' when twice && i + 2 < pattern.Length && pattern[i + 2] == '/':
                    regex.Append("(.*/)?");
                    i += 2;
                    break;
                case '*' when twice:
                    regex.Append(".*");
                    i++;
                    break;
                case '*': regex.Append("[^/]*"); break;
                case '?': regex.Append("[^/]"); break;
                case '{': regex.Append('('); open++; break;
                case '}' when open > 0: regex.Append(')'); open--; break;
                case ',' when open > 0: regex.Append('|'); break;
                default: regex.Append(Regex.Escape(pattern[i].ToString())); break;
            }
        }
        return open == 0 ? regex.Append(@"\z").ToString() : null;
    }
}
