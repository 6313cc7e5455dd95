using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>Decides between findings that overlap.</summary>
internal static class Overlaps
{
    /// <summary>Sorts the matches and makes one of those that overlap: it covers them all and has the name of the surest.</summary>
    public static void Merge(Pile<Match> matches)
    {
        matches.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        int kept = 0;
        for (int i = 0; i < matches.Count; i++)
        {
            Match match = matches[i];
            if (kept > 0 && match.Start < matches[kept - 1].End)
            {
                Match last = matches[kept - 1];
                bool surer = match.Certainty > last.Certainty;
                matches[kept - 1] = new Match(last.Start, Math.Max(last.End, match.End), surer ? match.Rule : last.Rule, surer ? match.Certainty : last.Certainty);
                continue;
            }
            matches[kept++] = match;
        }
        matches.Truncate(kept);
    }

    /// <summary>Sorts the edits and keeps of those that overlap the one that begins first, or the longest of those that begin together.</summary>
    public static void Remove(Pile<Edit> edits)
    {
        edits.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        int kept = 0, end = 0;
        for (int i = 0; i < edits.Count; i++)
        {
            if (edits[i].Start < end)
                continue;
            end = edits[i].End;
            edits[kept++] = edits[i];
        }
        edits.Truncate(kept);
    }
}
