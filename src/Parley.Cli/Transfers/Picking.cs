using System.Globalization;

namespace Parley.Cli.Transfers;

/// <summary>Which lines of a numbered list a person means: <c>all</c>, or numbers and ranges such as <c>1 3-5</c>.</summary>
internal static class Picking
{
    /// <summary>The numbers, from 1, each once and in order; null when the text is none of that or names a line that there isn't.</summary>
    public static IReadOnlyList<int>? Parse(string text, int last)
    {
        string[] parts = text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts is [var one] && one.Equals("all", StringComparison.OrdinalIgnoreCase))
            return [.. Enumerable.Range(1, last)];
        var picked = new SortedSet<int>();
        foreach (string part in parts)
        {
            if (Range(part, last) is not { } range)
                return null;
            picked.UnionWith(range);
        }
        return picked.Count > 0 ? [.. picked] : null;
    }

    private static IEnumerable<int>? Range(string text, int last)
    {
        string[] ends = text.Split('-');
        return ends.Length <= 2 && Number(ends[0]) is { } from && Number(ends[^1]) is { } to && from >= 1 && from <= to && to <= last
            ? Enumerable.Range(from, to - from + 1)
            : null;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
