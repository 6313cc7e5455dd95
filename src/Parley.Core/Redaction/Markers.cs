using System.Globalization;
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
        _counts.TryGetValue(rule, out int before);
        int number = _counts[rule] = before + 1;
        return _byValue[value] = number == 1 && series.Length == 0 ? Opening + rule + "]" : string.Create(CultureInfo.InvariantCulture, $"{Opening}{rule}:{series}{number}]");
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
    public static void Protect(ReadOnlySpan<byte> text, Pile<Match> matches)
    {
        if (matches.Count == 0)
            return;
        var markers = new Pile<Marker>();
        for (int at = text.IndexOf(Opening8); at >= 0;)
        {
            int length = text[at..Math.Min(text.Length, at + MaxLength)].IndexOf((byte)']') + 1;
            int end = at + Math.Max(length, Opening.Length);
            if (length > 0)
                markers.Add(new Marker(at, end));
            int next = text[end..].IndexOf(Opening8);
            at = next < 0 ? -1 : end + next;
        }
        int kept = 0;
        for (int i = 0; i < matches.Count; i++)
        {
            if (!Touches(markers, matches[i]))
                matches[kept++] = matches[i];
        }
        matches.Truncate(kept);
    }

    private static ReadOnlySpan<byte> Opening8 => "[REDACTED:"u8;

    // The markers are in order and apart from each other, so only the first that ends behind the match's start can touch it.
    private static bool Touches(Pile<Marker> markers, Match match)
    {
        int low = 0, high = markers.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (markers[middle].End <= match.Start)
                low = middle + 1;
            else
                high = middle;
        }
        return low < markers.Count && markers[low].Start < match.End;
    }

    private readonly record struct Marker(int Start, int End);
}
