using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Core.Takeover.Codex;

/// <summary>The names that the files of a Codex session have on the way.</summary>
internal static partial class SessionFiles
{
    public const string Main = "session.jsonl";

    /// <summary>A file that holds what came before the main one; they are numbered from 0, the conversation's beginning.</summary>
    public static string Earlier(int number) => string.Create(CultureInfo.InvariantCulture, $"earlier/{number}.jsonl");

    /// <summary>The number of such a file; null for any other name.</summary>
    public static int? NumberOf(string name) =>
        EarlierName().Match(name) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^earlier/([0-9]{1,3})\.jsonl\z", RegexOptions.CultureInvariant)]
    private static partial Regex EarlierName();
}
