namespace Parley.Cli.Terminals;

/// <summary>
/// Rows under headings, without borders. On a terminal every row takes one line: the columns that may shrink share what is left, and their
/// text is cut with an ellipsis. In a pipe nothing is cut.
/// </summary>
internal sealed class Table(params Column[] columns)
{
    private const int Gap = 2;

    /// <summary>No column shrinks below this.</summary>
    private const int MinWidth = 8;

    private readonly List<string[]> _rows = [];

    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(DisplayText.OneLine)]);

    /// <summary>Writes the table; <paramref name="width"/> is the terminal's, null for no limit.</summary>
    public void Write(TextWriter output, Style style, int? width)
    {
        int[] widths = Widths(width ?? int.MaxValue);
        output.WriteLine(style.Bold(Line(columns.Select(c => c.Heading), widths)));
        foreach (string[] row in _rows)
            output.WriteLine(Line(row, widths));
    }

    private int[] Widths(int available)
    {
        int[] widths = [.. columns.Select((c, i) => _rows.Select(r => DisplayText.Width(r[i])).Append(DisplayText.Width(c.Heading)).Max())];
        int excess = widths.Sum() + Gap * (widths.Length - 1) - available;
        while (excess > 0 && Widest(widths) is { } widest)
        {
            widths[widest]--;
            excess--;
        }
        return widths;
    }

    private int? Widest(int[] widths)
    {
        int best = -1;
        for (int i = 0; i < widths.Length; i++)
            if (columns[i].Shrinks && widths[i] > MinWidth && (best < 0 || widths[i] > widths[best]))
                best = i;
        return best < 0 ? null : best;
    }

    private string Line(IEnumerable<string> cells, int[] widths)
    {
        IEnumerable<string> fitted = cells.Select((cell, i) =>
        {
            string text = DisplayText.Fit(cell, widths[i]);
            int fill = widths[i] - DisplayText.Width(text);
            return columns[i].RightAligned ? new string(' ', fill) + text : text + new string(' ', fill);
        });
        return string.Join(new string(' ', Gap), fitted).TrimEnd();
    }
}

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Heading">What stands above it.</param>
/// <param name="Shrinks">Whether its text may be cut where the terminal is narrow.</param>
/// <param name="RightAligned">Whether it holds numbers.</param>
internal sealed record Column(string Heading, bool Shrinks = false, bool RightAligned = false);
