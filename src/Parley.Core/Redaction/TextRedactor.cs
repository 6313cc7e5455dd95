using System.Buffers;
using System.Text;
using Parley.Core.Redaction.Personal;
using Parley.Core.Redaction.Scanning;
using Parley.Core.Redaction.Secrets;

namespace Parley.Core.Redaction;

/// <summary>Redacts one text: finds, decides between overlapping findings, and writes the text with replacements.</summary>
internal sealed class TextRedactor(RedactionOptions options, RedactionReport report)
{
    private readonly SecretFinder _secrets = new();
    private readonly KnownValues _known = new(options.ExtraValues);
    private readonly OwnRules _own = new(options.OwnRules);
    private readonly PersonalFinder _personal = new(options);
    private readonly HashSet<string> _allowed = [.. options.AllowedValues];
    private readonly Markers _markers = new();
    private readonly LogicalText _view = new();
    private readonly List<Match> _found = [];
    private readonly List<Edit> _edits = [];

    /// <summary>Whether the bytes of a text, escaped or not, hold anything that calls for a closer look.</summary>
    public bool MayChange(ReadOnlySpan<byte> raw) =>
        LooksEverywhere || _secrets.MayHoldSecrets(raw) || _known.MayOccur(raw) || _personal.MayOccur(raw);

    /// <summary>Whether any text may hold something, whatever <see cref="Hits"/> says: there are rules that have no needles.</summary>
    public bool LooksEverywhere => !_own.IsEmpty;

    /// <summary>How many values are known: it grows with each that is found.</summary>
    public int KnownCount => _known.Count;

    /// <summary>Replaces <paramref name="hits"/> by the places in a text, escaped or not, where a closer look is called for, in their order.</summary>
    public void Hits(ReadOnlySpan<byte> raw, List<int> hits)
    {
        hits.Clear();
        _secrets.AddHits(raw, hits);
        _known.AddHits(raw, hits);
        _personal.AddHits(raw, hits);
        hits.Sort();
    }

    /// <summary>Remembers the secrets of a text, so that they are found wherever else they stand.</summary>
    public void Learn(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> logical = _view.Read(text);
        FindSecrets(logical, name);
        foreach (Match match in _found)
            _known.Add(logical[match.Start..match.End], match);
    }

    /// <summary>The value that a marker stands for; null when it stands for none.</summary>
    public string? ValueOf(string marker) => _markers.ValueOf(marker);

    /// <summary>The values that have become known since the last call.</summary>
    public IReadOnlyList<KnownValue> TakeNewValues() => _known.TakeNew();

    /// <summary>Forgets what was learned, and begins anew to number values.</summary>
    public void Forget()
    {
        _known.Forget();
        _markers.Forget();
    }

    /// <summary>Writes the redacted text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="name">The name the whole text is assigned to; empty where there is none.</param>
    /// <param name="place">Where the text stands, for the report.</param>
    /// <param name="block">The type of the content block it is in; null where there is none.</param>
    /// <param name="output">Receives the text, if it changes.</param>
    /// <returns>False when nothing is to be changed; then nothing has been written.</returns>
    public bool TryRedact(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, Place place, string? block, IBufferWriter<byte> output)
    {
        if (Edits(text, name).Count == 0)
            return false;
        Write(text, place, block, output);
        return true;
    }

    /// <summary>What is written for an edit, which is reported with it.</summary>
    public string Replace(Edit edit, string place)
    {
        string replacement = edit.Replacement ?? _markers.For(edit.Rule, edit.Value);
        report.Add(new Finding(edit.Rule, place, Masked.Form(edit.Value)) { Replacement = replacement });
        return replacement;
    }

    /// <summary>What is to be replaced in a text, in its order and without overlaps. Valid until the next call of any method.</summary>
    public IReadOnlyList<Edit> Edits(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> logical = _view.Read(text);
        FindSecrets(logical, name);
        foreach (Match match in _found)
            _known.Add(logical[match.Start..match.End], match);
        _known.Find(logical, _found);
        Markers.Protect(logical, _found);
        Overlaps.Merge(_found);

        _edits.Clear();
        foreach (Match match in _found)
        {
            string value = Encoding.UTF8.GetString(logical[match.Start..match.End]);
            if (!_allowed.Contains(value))
                _edits.Add(new Edit(_view.RawStart(match.Start), _view.RawEnd(match.End), match.Rule, value));
        }
        _personal.Find(text, _edits);
        Overlaps.Remove(_edits);
        return _edits;
    }

    private void FindSecrets(ReadOnlySpan<byte> logical, ReadOnlySpan<byte> name)
    {
        _found.Clear();
        _secrets.Find(logical, _view, _found);
        _own.Find(logical, _found);
        if (!name.IsEmpty)
            Assignments.JudgeWhole(logical, name, _found);
    }

    private void Write(ReadOnlySpan<byte> text, Place place, string? block, IBufferWriter<byte> output)
    {
        int at = 0;
        foreach (Edit edit in _edits)
        {
            output.Write(text[at..edit.Start]);
            place = place.After(text[at..edit.Start]);
            output.Write(Encoding.UTF8.GetBytes(Replace(edit, place.In(block))));
            place = place.After(text[edit.Start..edit.End]);
            at = edit.End;
        }
        output.Write(text[at..]);
    }
}
