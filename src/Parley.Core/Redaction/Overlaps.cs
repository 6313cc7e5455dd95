using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>Makes one match of those that overlap: it covers them all and has the name of the surest.</summary>
internal static class Overlaps
{
    public static void Merge(List<Match> matches)
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
        matches.RemoveRange(kept, matches.Count - kept);
    }
}
