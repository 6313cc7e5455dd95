using System.Text;
using System.Text.RegularExpressions;
using Certainty = Parley.Core.Redaction.Scanning.Certainty;
using Match = Parley.Core.Redaction.Scanning.Match;

namespace Parley.Core.Redaction;

/// <summary>Finds what the rules of a project or a user match.</summary>
internal sealed class OwnRules(IReadOnlyList<OwnRule> rules)
{
    public bool IsEmpty => rules.Count == 0;

    public void Find(ReadOnlySpan<byte> text, Scanning.Pile<Match> found)
    {
        if (IsEmpty)
            return;
        string characters = Encoding.UTF8.GetString(text);
        foreach (OwnRule rule in rules)
        {
            (int At, int Bytes) end = default;
            foreach (ValueMatch match in rule.Pattern.EnumerateMatches(characters))
            {
                (int At, int Bytes) start = Advance(text, end, match.Index);
                end = Advance(text, start, match.Index + match.Length);
                if (end.Bytes > start.Bytes)
                    found.Add(new Match(start.Bytes, end.Bytes, rule.Name, Certainty.Asked));
            }
        }
    }

    // From one place, in characters and in bytes, on to another. It goes by the text itself, since what is not UTF-8 in it has become
    // characters of another length, and ends behind a pair of surrogates that a pattern cut in two.
    private static (int At, int Bytes) Advance(ReadOnlySpan<byte> text, (int At, int Bytes) from, int to)
    {
        while (from.At < to)
        {
            Rune.DecodeFromUtf8(text[from.Bytes..], out Rune rune, out int length);
            from = (from.At + rune.Utf16SequenceLength, from.Bytes + length);
        }
        return from;
    }
}
