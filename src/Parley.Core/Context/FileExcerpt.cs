using System.Globalization;
using System.Text;

namespace Parley.Core.Context;

/// <summary>Lines of a text with their numbers, so many of them that a model can take them in.</summary>
public static class FileExcerpt
{
    /// <summary>The most lines.</summary>
    public const int MaxLines = 2_000;

    /// <summary>The most characters, numbers included; the last line that begins within them is whole or cut like any other.</summary>
    public const int MaxCharacters = 100_000;

    /// <summary>Where a longer line is cut.</summary>
    public const int LineCharacters = 2_000;

    /// <summary>The lines from one on, counted from 1, and what else there is.</summary>
    public static string Of(string text, int from, int most)
    {
        if (text.Length == 0)
            return "(The file is empty.)";
        string[] lines = text.Split('\n');
        int count = lines[^1] == "" ? lines.Length - 1 : lines.Length;
        if (from > count)
            return $"(The file has {count} lines.)";
        var excerpt = new StringBuilder();
        int at = from;
        for (; at <= count && at < from + Math.Min(most, MaxLines) && excerpt.Length < MaxCharacters; at++)
            excerpt.Append(CultureInfo.InvariantCulture, $"{at,6}\t{Cut(lines[at - 1].TrimEnd('\r'))}\n");
        if (at <= count)
            excerpt.Append(CultureInfo.InvariantCulture, $"(Lines {from} to {at - 1} of {count}. The next one is at offset {at}.)\n");
        return excerpt.ToString();
    }

    /// <summary>A line, cut where it is too long to be shown.</summary>
    public static string Cut(string line, int most = LineCharacters) => line.Length <= most ? line : line[..most] + "…";
}
