using System.Globalization;
using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>
/// The replacements: <c>[REDACTED:github-token]</c> for the first value of a rule, <c>[REDACTED:github-token:2]</c> for the second, and the
/// same one wherever the same value stands. What has been replaced already is never touched again.
/// </summary>
/// <param name="series">What a number begins with, so that those of two redactors, one after the other, are never the same; empty or letters.</param>
internal sealed class Markers(string series)
{
    private const string Opening = "[REDACTED:";
    private const int MaxLength = 80;

    private readonly Dictionary<string, string> _byValue = [];
    private readonly Dictionary<string, int> _counts = [];

    public string For(string rule, string value)
    {
        if (_byValue.TryGetValue(value, out string? marker))
            return marker;
        int number = _counts[rule] = _counts.GetValueOrDefault(rule) + 1;
        return _byValue[value] = number == 1 && series.Length == 0 ? $"{Opening}{rule}]" : string.Create(CultureInfo.InvariantCulture, $"{Opening}{rule}:{series}{number}]");
    }

    /// <summary>The value that a marker stands for; null when it stands for none.</summary>
    public string? ValueOf(string marker) => _byValue.FirstOrDefault(pair => pair.Value == marker).Key;

    /// <summary>Forgets the values, so that the next one of each rule is the first again.</summary>
    public void Forget()
    {
        _byValue.Clear();
        _counts.Clear();
    }

    /// <summary>Takes the markers in a text out of all matches.</summary>
    public static void Protect(ReadOnlySpan<byte> text, List<Match> matches)
    {
        if (matches.Count == 0)
            return;
        ReadOnlySpan<byte> opening = Encoding.ASCII.GetBytes(Opening);
        for (int at = text.IndexOf(opening); at >= 0;)
        {
            int length = text[at..Math.Min(text.Length, at + MaxLength)].IndexOf((byte)']') + 1;
            int end = at + Math.Max(length, Opening.Length);
            if (length > 0)
                Cut(matches, at, end);
            int next = text[end..].IndexOf(opening);
            at = next < 0 ? -1 : end + next;
        }
    }

    private static void Cut(List<Match> matches, int start, int end)
    {
        for (int i = matches.Count - 1; i >= 0; i--)
        {
            Match match = matches[i];
            if (match.Start >= end || match.End <= start)
                continue;
            matches.RemoveAt(i);
        }
    }
}
