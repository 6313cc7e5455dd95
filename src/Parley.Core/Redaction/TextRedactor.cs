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
    private readonly PersonalFinder _personal = new(options);
    private readonly HashSet<string> _allowed = [.. options.AllowedValues];
    private readonly Markers _markers = new();
    private readonly LogicalText _view = new();
    private readonly List<Match> _found = [];
    private readonly List<Edit> _edits = [];

    /// <summary>Whether the bytes of a text, escaped or not, hold anything that calls for a closer look.</summary>
    public bool MayChange(ReadOnlySpan<byte> raw) => _secrets.MayHoldSecrets(raw) || _known.MayOccur(raw) || _personal.MayOccur(raw);

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
                _edits.Add(new Edit(_view.RawStart(match.Start), _view.RawEnd(match.End), _markers.For(match.Rule, value), match.Rule, Masked.Form(value)));
        }
        _personal.Find(text, _edits);
        if (_edits.Count == 0)
            return false;
        Write(text, place, block, output);
        return true;
    }

    private void FindSecrets(ReadOnlySpan<byte> logical, ReadOnlySpan<byte> name)
    {
        _found.Clear();
        _secrets.Find(logical, _view, _found);
        if (!name.IsEmpty)
            Assignments.JudgeWhole(logical, name, _found);
    }

    private void Write(ReadOnlySpan<byte> text, Place place, string? block, IBufferWriter<byte> output)
    {
        _edits.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        int at = 0;
        foreach (Edit edit in _edits)
        {
            if (edit.Start < at)
                continue;
            output.Write(text[at..edit.Start]);
            place = place.After(text[at..edit.Start]);
            output.Write(Encoding.UTF8.GetBytes(edit.Replacement));
            report.Add(new Finding(edit.Rule, place.In(block), edit.Masked) { Replacement = edit.Replacement });
            place = place.After(text[edit.Start..edit.End]);
            at = edit.End;
        }
        output.Write(text[at..]);
    }
}

/// <summary>A part of a text and what is written instead.</summary>
internal readonly record struct Edit(int Start, int End, string Replacement, string Rule, string Masked);
