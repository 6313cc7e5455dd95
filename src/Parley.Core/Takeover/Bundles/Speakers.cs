using System.Text;

namespace Parley.Core.Takeover.Bundles;

/// <summary>
/// Says in a session of several people who wrote what. Each such line bears a mark that is made of the whole bundle, so that nobody who wrote a part of it
/// could know it: nobody speaks in another's name.
/// </summary>
/// <param name="mark">A few letters and digits.</param>
internal sealed class Speakers(string mark)
{
    private const int MaxName = 80;

    private readonly SortedSet<string> _people = new(StringComparer.Ordinal);

    public string Mark => mark;

    /// <summary>Who has written to the agent or to the others.</summary>
    public IReadOnlyCollection<string> People => _people;

    /// <summary>How many notes there were.</summary>
    public int Notes { get; private set; }

    /// <summary>What stands before a prompt.</summary>
    public string Prompt(string name) => $"[{Known(name)} writes · {mark}]";

    /// <summary>What stands before something that was said to the people only.</summary>
    public string Note(string name)
    {
        Notes++;
        return $"[{Known(name)} to the others, not to you · {mark}]";
    }

    private string Known(string name)
    {
        var clean = new StringBuilder();
        foreach (char c in name.Take(MaxName))
            clean.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '[' or ']' or '·' ? ' ' : c);
        string known = clean.ToString().Trim() is { Length: > 0 } some ? some : "somebody";
        _people.Add(known);
        return known;
    }
}
