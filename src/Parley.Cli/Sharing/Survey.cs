using Parley.Core.Redaction;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>What would go out and what was taken out, found by doing everything that a share does except sending.</summary>
internal sealed class Survey
{
    private readonly List<PlacedFinding> _findings = [];
    private readonly Redactor _redactor;

    private Survey(OutgoingSession session, CancellationToken cancel)
    {
        Session = session;
        _redactor = session.Learn(cancel);
        Header = session.Header(_redactor);
        Place(null);
        foreach ((int number, Entry entry) in session.Entries(_redactor, cancel))
        {
            Count(number, entry);
            Place(number);
        }
        Values = [.. _findings.GroupBy(f => f.Replacement + f.Masked).Select(places => new TakenOut([.. places]))];
    }

    public OutgoingSession Session { get; }

    /// <summary>The header as it would go out.</summary>
    public SessionHeader Header { get; }

    public int Entries { get; private set; }

    public int Prompts { get; private set; }

    /// <summary>Results of tools; where they are left out, only placeholders go out.</summary>
    public int ToolResults => Session.Selection.ToolResults ? Blocks.ToolResults : 0;

    /// <summary>Bytes of all blocks.</summary>
    public long Bytes { get; private set; }

    public Blocks Blocks { get; } = new();

    public IReadOnlyList<PlacedFinding> Findings => _findings;

    /// <summary>The findings by value; a person names one by its position, from 1.</summary>
    public IReadOnlyList<TakenOut> Values { get; }

    public IReadOnlyDictionary<string, int> Redactions => _redactor.Report.Counts;

    public static Survey Of(OutgoingSession session, CancellationToken cancel) => new(session, cancel);

    /// <summary>The value itself, for its author alone; null for a path or a name, which has no marker of its own.</summary>
    public string? ValueOf(TakenOut value) => _redactor.ValueOf(value.Places[0].Replacement);

    private void Count(int number, Entry entry)
    {
        Entries++;
        Bytes += entry.Blocks.Length;
        if (entry.Role == Role.User && entry.Thread is null && Blocks.FirstText(entry.Blocks.Span) is not null)
            Prompts++;
        Blocks.Count(entry.Blocks.Span, number);
    }

    private void Place(int? entry)
    {
        RedactionReport report = _redactor.Report;
        for (int i = _findings.Count; i < report.Findings.Count; i++)
            _findings.Add(PlacedFinding.Of(report.Findings[i], entry));
    }
}

/// <summary>One value that was taken out, and all its places.</summary>
internal sealed record TakenOut(IReadOnlyList<PlacedFinding> Places);

/// <summary>A finding with the number that its entry has in the transcript.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Entry">Null for the title and the rest of the header.</param>
/// <param name="Place">Where in the entry, e.g. <c>tool result</c>.</param>
/// <param name="Masked">The value, masked.</param>
/// <param name="Replacement">What stands in its place.</param>
internal sealed record PlacedFinding(string Rule, int? Entry, string Place, string Masked, string Replacement)
{
    // The redactor counts the entries that it was given: its number gives way to the transcript's.
    public static PlacedFinding Of(Finding finding, int? entry)
    {
        int comma = finding.Place.IndexOf(", ", StringComparison.Ordinal);
        string place = entry is not null && comma >= 0 ? finding.Place[(comma + 2)..] : finding.Place;
        return new PlacedFinding(finding.Rule, entry, place, finding.Masked, finding.Replacement);
    }
}
