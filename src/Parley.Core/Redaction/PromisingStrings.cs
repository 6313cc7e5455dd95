namespace Parley.Core.Redaction;

/// <summary>
/// Tells which strings of a JSON value are worth a look, and for what, by one scan over the value as it is: those that hold a hit, those whose
/// name does, and those in which escapes may hide one. Most strings are none of these and are never decoded.
/// </summary>
internal sealed class PromisingStrings(TextRedactor texts)
{
    private readonly HitPlaces _secrets = new();
    private readonly HitPlaces _known = new();
    private readonly HitPlaces _personal = new();
    private Clues _wanted;
    private int _knownCount;

    /// <summary>Scans a value, and says whether any string may be worth a look.</summary>
    /// <param name="json">The value.</param>
    /// <param name="wanted">What to look for.</param>
    public bool Scan(ReadOnlySpan<byte> json, Clues wanted)
    {
        _wanted = wanted;
        _knownCount = texts.KnownCount;
        texts.ScanJson(json, wanted, _secrets, _known, _personal);
        return !_secrets.IsEmpty || !_known.IsEmpty || !_personal.IsEmpty || texts.LooksEverywhere || Hides(json);
    }

    /// <summary>For what the string is to be searched that the tokens stand at, which must come in their order.</summary>
    public Clues CluesFor(scoped ref JsonTokens tokens, ReadOnlySpan<byte> json, scoped ReadOnlySpan<byte> name)
    {
        if (tokens.Type == JsonToken.Other)
            return Clues.None;
        int start = tokens.Start, end = start + tokens.Value.Length + 2;
        Clues clues = Clues.None;
        if (_secrets.AnyInNext(start, end) || IsPromising(json, name) || texts.LooksEverywhere)
            clues |= Clues.Secrets;
        if (_known.AnyInNext(start, end) || texts.KnownCount != _knownCount)
            clues |= Clues.Known;
        if (_personal.AnyInNext(start, end))
            clues |= Clues.Personal;
        return tokens.IsEscaped && Hides(tokens.Value) ? _wanted : clues & _wanted;
    }

    // Names are parts of the value, before the token's place.
    private bool IsPromising(ReadOnlySpan<byte> json, scoped ReadOnlySpan<byte> name) =>
        !_secrets.IsEmpty && !name.IsEmpty && json.Overlaps(name, out int start) && _secrets.AnyIn(start, start + name.Length);

    // \u0067 may be a letter of a token, \/ one of a URL's slashes.
    private static bool Hides(ReadOnlySpan<byte> raw) => raw.IndexOf("\\u"u8) >= 0 || raw.IndexOf("\\/"u8) >= 0;
}
