using System.Buffers;
using System.Text.Json;

namespace Parley.Core.Redaction;

/// <summary>
/// Tells which strings of a JSON value are worth a look, by one scan over the value as it is: those that hold a hit, those whose name
/// does, and those in which escapes may hide one. Most strings are none of these and are never decoded.
/// </summary>
internal ref struct PromisingStrings
{
    private static readonly SearchValues<byte> Hiding = SearchValues.Create("u/"u8);

    private readonly ReadOnlySpan<byte> _json;
    private readonly TextRedactor _texts;
    private readonly List<int> _hits;
    private readonly int _known;
    private int _next;

    public PromisingStrings(ReadOnlySpan<byte> json, TextRedactor texts, List<int> hits)
    {
        _json = json;
        (_texts, _hits) = (texts, hits);
        texts.Hits(json, hits);
        _known = texts.KnownCount;
    }

    public readonly bool AreNone => _hits.Count == 0 && !_texts.LooksEverywhere && !Hides(_json);

    /// <summary>Whether the token the reader stands at is such a string. Tokens must come in their order.</summary>
    public bool Contain(scoped ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            return false;
        int start = (int)reader.TokenStartIndex, end = start + reader.ValueSpan.Length + 2;
        return HasHit(start, end) || HasHit(name) || _texts.LooksEverywhere || _texts.KnownCount != _known || Hides(reader.ValueSpan);
    }

    private bool HasHit(int start, int end)
    {
        while (_next < _hits.Count && _hits[_next] < start)
            _next++;
        return _next < _hits.Count && _hits[_next] < end;
    }

    // Names are parts of the value, before the reader's place.
    private readonly bool HasHit(scoped ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || !_json.Overlaps(name, out int start))
            return false;
        int at = _hits.BinarySearch(start);
        at = at < 0 ? ~at : at;
        return at < _hits.Count && _hits[at] < start + name.Length;
    }

    // \u0067 may be a letter of a token, \/ one of a URL's slashes.
    private static bool Hides(ReadOnlySpan<byte> raw)
    {
        for (int at = raw.IndexOf((byte)'\\'); at >= 0 && at + 1 < raw.Length;)
        {
            if (Hiding.Contains(raw[at + 1]))
                return true;
            int next = raw[(at + 1)..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + 1 + next;
        }
        return false;
    }
}
