using System.Text;

namespace Parley.Bench;

/// <summary>The result of one benchmark, as it is printed and as it stands in docs/benchmarks.md.</summary>
/// <param name="Title">What was measured.</param>
/// <param name="Note">How, in a sentence or two: input, settings, runs.</param>
/// <param name="Columns">Headings; the first column names what ran.</param>
internal sealed record Table(string Title, string Note, IReadOnlyList<string> Columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [];
    private readonly List<string> _goals = [];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    /// <summary>Says whether a goal was reached; a goal that was missed is shown as plainly as one that was met.</summary>
    /// <param name="met">Whether it was.</param>
    /// <param name="goal">The goal in words.</param>
    /// <param name="measured">What it was instead, or by how much it was met.</param>
    public void Goal(bool met, string goal, string measured) => _goals.Add($"{(met ? "Met" : "**Missed**")}: {goal}; it is {measured}.");

    public string ToMarkdown()
    {
        var text = new StringBuilder($"### {Title}\n{Note}\n\n");
        int[] widths = [.. Columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Length).Max())];
        text.Append(Line(Columns, widths)).Append(Line([.. widths.Select((w, i) => i == 0 ? new string('-', w) : new string('-', w - 1) + ":")], widths));
        foreach (IReadOnlyList<string> row in _rows)
            text.Append(Line(row, widths));
        if (_goals.Count > 0)
            text.Append('\n').AppendJoin("  \n", _goals).Append('\n');
        return text.ToString();
    }

    private static string Line(IReadOnlyList<string> cells, int[] widths) =>
        "| " + string.Join(" | ", cells.Select((c, i) => i == 0 ? c.PadRight(widths[i]) : c.PadLeft(widths[i]))) + " |\n";
}
