using System.Globalization;
using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>
/// The form of a token, written as a small subset of regular expressions: characters, <c>\.</c>, sets such as <c>[A-Za-z0-9_-]</c>,
/// <c>\w</c> (letters, digits, underscore), <c>\d</c>, <c>\h</c> (hexadecimal, either case), and counts <c>{n}</c>, <c>{n,m}</c>, <c>{n,}</c>, <c>?</c>. Each part
/// takes as much as it can and gives nothing back, so a match costs one look at each byte.
/// </summary>
internal sealed class Shape
{
    /// <summary>What an open count such as <c>{20,}</c> takes at most.</summary>
    public const int MaxRun = 4096;

    private const string CaseOption = "(?i)";

    private readonly Pile<Part> _parts = new();

    private Shape(string pattern)
    {
        IgnoreCase = pattern.StartsWith(CaseOption, StringComparison.Ordinal);
        for (int at = IgnoreCase ? CaseOption.Length : 0; at < pattern.Length;)
        {
            ByteSet set = ReadSet(pattern, ref at);
            (int min, int max) = ReadCount(pattern, ref at);
            _parts.Add(new Part(IgnoreCase ? set.InBothCases : set, min, max));
        }
        (AnchorPart, Anchor) = LongestLiteral();
    }

    /// <summary>Whether letters match in either case: the pattern begins with <c>(?i)</c>.</summary>
    public bool IgnoreCase { get; }

    /// <summary>The pattern's longest run of fixed characters, by which it is found.</summary>
    public string Anchor { get; }

    /// <summary>Whether the anchor is the token's beginning.</summary>
    public bool BeginsWithAnchor => AnchorPart == 0;

    private int AnchorPart { get; }

    public Pile<Part> Parts => _parts;

    /// <exception cref="FormatException">The pattern uses something beside the subset.</exception>
    public static Shape Parse(string pattern) => new(pattern);

    /// <summary>
    /// Where the token lies whose anchor stands at <paramref name="at"/>. Parts before the anchor are read backwards. While a part behind it is
    /// shorter than it must be, a cut in the token is read over.
    /// </summary>
    public bool TryMatch(ReadOnlySpan<byte> text, int at, out int start, out int end)
    {
        start = end = at;
        for (int p = AnchorPart - 1; p >= 0; p--)
        {
            int n = 0;
            while (n < _parts[p].Max && start > 0 && _parts[p].Set.Contains(text[start - 1]))
                (n, start) = (n + 1, start - 1);
            if (n < _parts[p].Min)
                return false;
        }
        for (int p = AnchorPart, joints = 0; p < _parts.Count; p++)
        {
            int n = Run(text, end, _parts[p], 0);
            end += n;
            while (n < _parts[p].Min && p >= AnchorPart + Anchor.Length && joints++ < Joints.Max && Joints.End(text, end) is > 0 and var next && Run(text, next, _parts[p], n) is > 0 and var more)
                (n, end) = (n + more, next + more);
            if (n < _parts[p].Min)
                return false;
        }
        if (_parts[^1].Max == MaxRun)
            end = Joints.AfterWrap(text, end, _parts[^1].Set);
        return true;
    }

    private static int Run(ReadOnlySpan<byte> text, int at, Part part, int taken)
    {
        int end = at;
        while (end - at < part.Max - taken && end < text.Length && part.Set.Contains(text[end]))
            end++;
        return end - at;
    }

    private (int Part, string Text) LongestLiteral()
    {
        (int Part, string Text) best = (0, "");
        var run = new StringBuilder();
        for (int p = 0; p <= _parts.Count; p++)
        {
            if (p < _parts.Count && _parts[p] is { Min: 1, Max: 1, Set.Letter: { } c })
            {
                run.Append((char)c);
                continue;
            }
            if (run.Length > best.Text.Length)
                best = (p - run.Length, run.ToString());
            run.Clear();
        }
        return best;
    }

    private static ByteSet ReadSet(string pattern, ref int at)
    {
        char c = pattern[at++];
        if (c == '\\')
            return Class(pattern[at++]);
        if (c != '[')
            return ByteSet.Of(c);
        var set = new ByteSet();
        while (pattern[at] != ']')
        {
            char from = pattern[at++];
            if (from == '\\')
            {
                set |= Class(pattern[at++]);
                continue;
            }
            bool isRange = pattern[at] == '-' && pattern[at + 1] != ']';
            set |= ByteSet.Range(from, isRange ? pattern[at + 1] : from);
            at += isRange ? 2 : 0;
        }
        at++;
        return set;
    }

    private static ByteSet Class(char c) => c switch
    {
        'w' => ByteSet.Range('a', 'z') | ByteSet.Range('A', 'Z') | ByteSet.Range('0', '9') | ByteSet.Of('_'),
        'd' => ByteSet.Range('0', '9'),
        'h' => ByteSet.Range('0', '9') | ByteSet.Range('a', 'f') | ByteSet.Range('A', 'F'),
        _ when char.IsAsciiLetterOrDigit(c) => throw new FormatException($"'\\{c}' is not known in a token's pattern."),
        _ => ByteSet.Of(c),
    };

    private static (int Min, int Max) ReadCount(string pattern, ref int at)
    {
        if (at < pattern.Length && pattern[at] == '?')
        {
            at++;
            return (0, 1);
        }
        if (at >= pattern.Length || pattern[at] != '{')
            return (1, 1);
        int close = pattern.IndexOf('}', at);
        string[] counts = pattern[(at + 1)..close].Split(',');
        at = close + 1;
        int min = int.Parse(counts[0], CultureInfo.InvariantCulture);
        if (counts.Length == 1)
            return (min, min);
        return (min, counts[1].Length == 0 ? MaxRun : int.Parse(counts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>A set of bytes and how many of it stand in a row.</summary>
    public readonly record struct Part(ByteSet Set, int Min, int Max);
}
