using System.Text;
using Parley.Core.Redaction.Scanning;
using Parley.Core.Redaction.Secrets;

namespace Parley.Core.Redaction;

/// <summary>The secrets that were found so far, and finding them again where nothing but the value gives them away.</summary>
internal sealed class KnownValues
{
    /// <summary>How many values are remembered; what is found beyond them goes only where it is recognised.</summary>
    public const int MaxValues = 4_096;

    /// <summary>How many of them own rules may have found: a rule that matches everything must not keep out what is a secret.</summary>
    public const int MaxValuesOfOwnRules = 1_024;

    /// <summary>Shorter values are not looked for elsewhere: they would be found in words.</summary>
    public const int MinLength = 8;

    /// <summary>Shorter values are not looked for in base64, where they would be found by chance.</summary>
    public const int MinLengthInBase64 = 8;

    /// <summary>How many values are looked for in base64: each counts three times there, and many make the search slow.</summary>
    public const int MaxValuesInBase64 = 128;

    private const int MaxLength = 512;

    // A shorter value without digits may be a name that is made of abbreviations.
    private const int MinRandomLetters = 12;

    private readonly List<Value> _values = [];
    private readonly List<KnownValue> _new = [];
    private readonly HashSet<string> _seen = [];
    private readonly Pile<Hit> _hits = new();
    private FreshWindows _windows = new();
    private int _ofOwnRules;
    private int _hardToSee;
    private Teddy? _teddy;

    public KnownValues(IReadOnlyList<string> asked)
    {
        foreach (string value in asked)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            if (bytes.Length >= 3 && _seen.Add(value))
                TryRemember(bytes, "own-value", Certainty.Asked);
        }
    }

    /// <summary>Forgets all but the values that were asked for.</summary>
    public void Forget()
    {
        if (_values.RemoveAll(v => v.Certainty != Certainty.Asked) == 0)
            return;
        (_ofOwnRules, _hardToSee) = (0, 0);
        _windows = new FreshWindows();
        _seen.Clear();
        _seen.UnionWith(_values.Select(v => ShortText.Of(v.Bytes)));
        HoldsPhrases = _values.Exists(v => v.Bytes.AsSpan().ContainsAnyExceptInRange((byte)'!', (byte)'~'));
        _teddy = null;
    }

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    /// <summary>Whether one of them is more than a word of ASCII characters.</summary>
    public bool HoldsPhrases { get; private set; }

    /// <summary>Looks for them, and says whether there is any. Escaped text may be scanned as it is.</summary>
    public bool Scan(ReadOnlySpan<byte> text)
    {
        _hits.Clear();
        Scanner?.Find(text, _hits);
        return _hits.Count > 0;
    }

    /// <summary>
    /// Whether a text, as it reads, may hold one that has become known since there were <paramref name="count"/>. It is never said that it doesn't
    /// when it does.
    /// </summary>
    public bool MayHoldSince(int count, ReadOnlySpan<byte> text)
    {
        if (_hardToSee > count)
            return true;
        Scan(text);
        foreach (Hit hit in _hits)
        {
            if (hit.Needle >= count)
                return true;
        }
        return false;
    }

    /// <summary>Adds the places in a JSON value that was scanned.</summary>
    public void AddPlaces(HitPlaces places) => places.Add(_hits);

    /// <summary>Remembers a value, if it can stand alone without being taken for something else.</summary>
    public void Add(ReadOnlySpan<byte> value, Match match)
    {
        bool isOwn = match.Certainty == Certainty.Asked;
        if (_values.Count >= MaxValues || isOwn && _ofOwnRules >= MaxValuesOfOwnRules || value.Length is < MinLength or > MaxLength || !CanStandAlone(value, match) || !_seen.Add(ShortText.Of(value)))
            return;
        if (!TryRemember(value.ToArray(), match.Rule, Certainty.Known))
            return;
        _ofOwnRules += isOwn ? 1 : 0;
        _new.Add(new KnownValue(match.Rule, ShortText.Of(value)));
    }

    /// <summary>What has been added since the last call.</summary>
    public IReadOnlyList<KnownValue> TakeNew()
    {
        KnownValue[] added = [.. _new];
        _new.Clear();
        return added;
    }

    /// <summary>Adds where they stand in a text.</summary>
    public void Find(ReadOnlySpan<byte> text, Pile<Match> found)
    {
        if (!Scan(text))
            return;
        _hits.Sort((a, b) => a.Start.CompareTo(b.Start));
        int encodedUpTo = 0;
        foreach (Hit hit in _hits)
        {
            Value value = _values[hit.Needle];
            int end = hit.Start + value.Bytes.Length;
            if (value.IsPart && end > encodedUpTo)
            {
                (int start, encodedUpTo) = Base64Run.Around(text, hit.Start, end, encodedUpTo);
                found.Add(new Match(start, encodedUpTo, value.Rule, value.Certainty));
            }
            else if (!value.IsPart && (value.Certainty == Certainty.Asked || !IsPartOfWord(text, hit.Start, end)))
                found.Add(new Match(hit.Start, end, value.Rule, value.Certainty));
        }
    }

    private Teddy? Scanner
    {
        get
        {
            if (_teddy is null && _values.Count > 0)
            {
                var needles = new Needle[_values.Count];
                var plan = new NeedlePlan[needles.Length];
                for (int i = 0; i < needles.Length; i++)
                    (needles[i], plan[i]) = (_values[i].Needle, _values[i].Plan);
                _teddy = new Teddy(needles, plan);
            }
            return _teddy;
        }
    }

    private bool TryRemember(byte[] value, string rule, Certainty certainty)
    {
        if (!TryAdd(value, isPart: false))
            return false;
        _teddy = null;
        HoldsPhrases |= value.AsSpan().ContainsAnyExceptInRange((byte)'!', (byte)'~');
        _hardToSee = IsEasyToSee(value) ? _hardToSee : _values.Count;
        foreach (byte[] core in value.Length >= MinLengthInBase64 && _values.Count <= MaxValuesInBase64 ? Base64Run.Cores(value) : [])
            TryAdd(core, isPart: true);
        return true;

        bool TryAdd(byte[] bytes, bool isPart)
        {
            var needle = new Needle(bytes, IgnoreCase: false, _values.Count);
            bool isFresh = _windows.TryPlan(needle, out NeedlePlan plan);
            if (isFresh || certainty == Certainty.Asked)
                _values.Add(new Value(needle, plan, rule, certainty, isPart));
            return isFresh || certainty == Certainty.Asked;
        }
    }

    // JSON writes other characters in ways that only its reader undoes.
    private static bool IsEasyToSee(byte[] value) => !value.AsSpan().ContainsAnyExceptInRange((byte)' ', (byte)'~') && !value.Contains((byte)'\\');

    /// <summary>A value, or the part of its base64 that depends on nothing else.</summary>
    private sealed record Value(Needle Needle, NeedlePlan Plan, string Rule, Certainty Certainty, bool IsPart)
    {
        public byte[] Bytes => Needle.Text;
    }

    private static bool CanStandAlone(ReadOnlySpan<byte> value, Match match)
    {
        if (match.Certainty == Certainty.Format)
            return true;
        var traits = new Traits(value);
        return traits.Distinct >= 6 && traits.Spaces == 0 && (traits.Digits >= 2 && traits.Letters > 0 && traits.WordShare < 0.6 && !Plausibility.IsName(traits) || HasRandomLetters(value, traits));
    }

    // No words, and capitals in more places than names have them.
    private static bool HasRandomLetters(ReadOnlySpan<byte> value, Traits traits) =>
        value.Length >= MinRandomLetters && traits.WordShare < 0.35 && traits.CaseChanges * 4 >= traits.Letters;

    private static bool IsPartOfWord(ReadOnlySpan<byte> text, int start, int end) =>
        start > 0 && char.IsAsciiLetterOrDigit((char)text[start - 1]) && char.IsAsciiLetterOrDigit((char)text[start])
        || end < text.Length && char.IsAsciiLetterOrDigit((char)text[end]) && char.IsAsciiLetterOrDigit((char)text[end - 1]);
}

/// <summary>A secret that has become known, in full: it is for cleaning what is stored already, and must not be stored itself.</summary>
/// <param name="Rule">The rule that found it.</param>
/// <param name="Value">The secret as it stood, escapes undone.</param>
public sealed record KnownValue(string Rule, string Value);
