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
    private readonly Markers _markers = new(options.MarkerSeries);
    private readonly LogicalText _view = new();
    private readonly LogicalText _viewOfView = new();
    private readonly Pile<Match> _found = new();
    private readonly Pile<Edit> _edits = new();

    /// <summary>Whether any text may hold something, whatever a scan says: there are rules that have no needles.</summary>
    public bool LooksEverywhere => !_own.IsEmpty;

    /// <summary>How many values are known: it grows with each that is found.</summary>
    public int KnownCount => _known.Count;

    /// <summary>Whether a known value may stand in several words.</summary>
    public bool KnowsPhrases => _known.HoldsPhrases;

    /// <summary>Notes the places in a JSON value, as it is, where a closer look is called for.</summary>
    public void ScanJson(ReadOnlySpan<byte> json, Clues wanted, HitPlaces secrets, HitPlaces known, HitPlaces personal)
    {
        secrets.Clear();
        known.Clear();
        personal.Clear();
        if (_secrets.Scan(json))
            _secrets.AddPlaces(json, secrets);
        if (wanted.HasFlag(Clues.Known) && _known.Scan(json))
            _known.AddPlaces(known);
        if (wanted.HasFlag(Clues.Personal) && _personal.Scan(json))
            _personal.AddPlaces(personal);
        secrets.Sort();
        known.Sort();
        personal.Sort();
    }

    /// <summary>Remembers the secrets of a text, so that they are found wherever else they stand.</summary>
    public void Learn(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => FindSecrets(_view.Read(text), name, isScanned: false);

    /// <summary>The same for lines of text, which are scanned as they are: most have nothing to find.</summary>
    public void LearnLines(ReadOnlySpan<byte> text)
    {
        if (_secrets.Scan(text) || LooksEverywhere)
            FindSecrets(_view.Read(text), default, isScanned: true);
    }

    /// <summary>
    /// Whether redacting a text anew may change what it has become when so many values were known. A JSON value may be asked about as it is: since
    /// its own escapes may hide those of the text in it, they are undone twice.
    /// </summary>
    public bool MayChangeSince(int knownCount, ReadOnlySpan<byte> text)
    {
        if (knownCount == _known.Count)
            return false;
        ReadOnlySpan<byte> once = _view.Read(text);
        return _known.MayHoldSince(knownCount, once) || !_view.IsPlain && _known.MayHoldSince(knownCount, _viewOfView.Read(once));
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
    /// <param name="clues">What to look for.</param>
    /// <param name="place">Where the text stands, for the report.</param>
    /// <param name="block">The type of the content block it is in; null where there is none.</param>
    /// <param name="output">Receives the text, if it changes.</param>
    /// <returns>False when nothing is to be changed; then nothing has been written.</returns>
    public bool TryRedact(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, Clues clues, Place place, string? block, IBufferWriter<byte> output)
    {
        if (Edits(text, name, clues).Count == 0)
            return false;
        Write(text, place, block, output);
        return true;
    }

    /// <summary>The same for lines of text, which are scanned as they are: most have nothing to find.</summary>
    public bool TryRedactLines(ReadOnlySpan<byte> text, Place place, IBufferWriter<byte> output)
    {
        Clues clues = (_secrets.Scan(text) || LooksEverywhere ? Clues.Secrets : Clues.None) | (_personal.Scan(text) ? Clues.Personal : Clues.None);
        if (clues == Clues.None && !_known.Scan(text) || Edits(text, default, clues, isScanned: true).Count == 0)
            return false;
        Write(text, place, null, output);
        return true;
    }

    /// <summary>What is written for an edit, which is reported with it.</summary>
    public string Replace(Edit edit, Place place, string? block)
    {
        string replacement = edit.Replacement ?? _markers.For(edit.Rule, edit.Value);
        if (report.IsFull)
            report.Count(edit.Rule);
        else
            report.Add(new Finding(edit.Rule, place.In(block), Masked.Form(edit.Value)) { Replacement = replacement });
        return replacement;
    }

    /// <summary>What is to be replaced in a text, in its order and without overlaps. Valid until the next call of any method.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="name">The name the whole text is assigned to; empty where there is none.</param>
    /// <param name="clues">What to look for; known values are looked for in any case.</param>
    /// <param name="isScanned">Whether the text was scanned just now for what <paramref name="clues"/> says.</param>
    public Pile<Edit> Edits(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, Clues clues = Clues.All, bool isScanned = false)
    {
        _edits.Clear();
        if (clues.HasFlag(Clues.Secrets) || _known.Count > 0)
            AddValues(text, name, clues, isScanned);
        if (clues.HasFlag(Clues.Personal) && (isScanned || _personal.Scan(text)))
            _personal.Find(text, _edits);
        Overlaps.Remove(_edits);
        return _edits;
    }

    private void AddValues(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, Clues clues, bool isScanned)
    {
        ReadOnlySpan<byte> logical = _view.Read(text);
        _found.Clear();
        if (clues.HasFlag(Clues.Secrets))
            FindSecrets(logical, name, isScanned);
        _known.Find(logical, _found);
        Markers.Protect(logical, _found);
        Overlaps.Merge(_found);
        foreach (Match match in _found)
        {
            string value = ShortText.Of(logical[match.Start..match.End]);
            if (!_allowed.Contains(value))
                _edits.Add(new Edit(_view.RawStart(match.Start), _view.RawEnd(match.End), match.Rule, value));
        }
    }

    // Finds the secrets of a text and remembers them. What was scanned as it was is scanned again if that was not how it reads.
    private void FindSecrets(ReadOnlySpan<byte> logical, ReadOnlySpan<byte> name, bool isScanned)
    {
        _found.Clear();
        if (isScanned && _view.IsPlain || _secrets.Scan(logical))
            _secrets.Find(logical, _view, _found);
        _own.Find(logical, _found);
        if (!name.IsEmpty)
            Assignments.JudgeWhole(logical, name, _found);
        foreach (Match match in _found)
            _known.Add(logical[match.Start..match.End], match);
    }

    private void Write(ReadOnlySpan<byte> text, Place place, string? block, IBufferWriter<byte> output)
    {
        int at = 0;
        foreach (Edit edit in _edits)
        {
            output.Write(text[at..edit.Start]);
            place = place.After(text[at..edit.Start]);
            Encoding.UTF8.GetBytes(Replace(edit, place, block), output);
            place = place.After(text[edit.Start..edit.End]);
            at = edit.End;
        }
        output.Write(text[at..]);
    }
}
