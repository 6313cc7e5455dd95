using System.Text;
using System.Text.RegularExpressions;
using Certainty = Parley.Core.Redaction.Scanning.Certainty;
using Match = Parley.Core.Redaction.Scanning.Match;

namespace Parley.Core.Redaction;

/// <summary>Finds what the rules of a project or a user match.</summary>
internal sealed class OwnRules(IReadOnlyList<OwnRule> rules)
{
    public bool IsEmpty => rules.Count == 0;

    public void Find(ReadOnlySpan<byte> text, List<Match> found)
    {
        if (IsEmpty)
            return;
        string characters = Encoding.UTF8.GetString(text);
        foreach (OwnRule rule in rules)
        {
            int at = 0, bytes = 0;
            foreach (ValueMatch match in rule.Pattern.EnumerateMatches(characters))
            {
                bytes += Encoding.UTF8.GetByteCount(characters.AsSpan(at, match.Index - at));
                int length = Encoding.UTF8.GetByteCount(characters.AsSpan(match.Index, match.Length));
                if (length > 0)
                    found.Add(new Match(bytes, bytes + length, rule.Name, Certainty.Asked));
                (at, bytes) = (match.Index + match.Length, bytes + length);
            }
        }
    }
}
