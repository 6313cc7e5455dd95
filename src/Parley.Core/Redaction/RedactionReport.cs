namespace Parley.Core.Redaction;

/// <summary>What a redactor took out, by rule and place. It never holds a whole secret.</summary>
public sealed class RedactionReport
{
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, int> _counts = [];
    private int _moved;

    /// <summary>At most <see cref="MaxFindings"/> findings in order of appearance; the counts are always complete.</summary>
    public const int MaxFindings = 10_000;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>How many places each rule changed.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Whether further findings are only counted.</summary>
    public bool IsFull => _findings.Count + _moved >= MaxFindings;

    /// <summary>The counts so far, and begins anew: what follows is reported by itself.</summary>
    public IReadOnlyDictionary<string, int> Take()
    {
        Dictionary<string, int> counts = new(_counts);
        _counts.Clear();
        _findings.Clear();
        _moved = 0;
        return counts;
    }

    /// <summary>Adds all to another report, behind what is there, and begins anew; what was moved still counts towards <see cref="MaxFindings"/>.</summary>
    internal void MoveTo(RedactionReport other)
    {
        foreach ((string rule, int count) in _counts)
            other._counts[rule] = count + (other._counts.TryGetValue(rule, out int before) ? before : 0);
        foreach (Finding finding in _findings)
        {
            if (!other.IsFull)
                other._findings.Add(finding);
        }
        _moved += _findings.Count;
        _counts.Clear();
        _findings.Clear();
    }

    public void Add(Finding finding)
    {
        Count(finding.Rule);
        if (!IsFull)
            _findings.Add(finding);
    }

    /// <summary>Counts a finding of which nothing else is kept.</summary>
    public void Count(string rule) => _counts[rule] = _counts.TryGetValue(rule, out int count) ? count + 1 : 1;
}

/// <summary>One place where something was taken out.</summary>
/// <param name="Rule">The rule's name, as it stands in the replacement.</param>
/// <param name="Place">Where: <c>entry 12, tool result</c>, <c>title</c>, or <c>line 3</c> for plain input.</param>
/// <param name="Masked">The value with all but a few characters masked.</param>
public sealed record Finding(string Rule, string Place, string Masked)
{
    /// <summary>What stands in its place: the same for the same value.</summary>
    public string Replacement { get; init; } = "";
}
