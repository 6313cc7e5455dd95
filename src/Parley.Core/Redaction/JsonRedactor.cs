using System.Buffers;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>Redacts every string of a JSON value, each decoded, and writes the value back; what isn't replaced is copied byte by byte.</summary>
internal sealed class JsonRedactor(TextRedactor texts)
{
    private readonly ArrayBufferWriter<byte> _decoded = new(4096);
    private readonly Pile<Edit> _edits = new();
    private readonly PromisingStrings _promising = new(texts);

    /// <summary>Writes the redacted value.</summary>
    /// <returns>False when <paramref name="json"/> is not JSON; then nothing has been written.</returns>
    public bool TryRedact(ReadOnlySpan<byte> json, IBufferWriter<byte> output, Place place)
    {
        if (!_promising.Scan(json, Clues.All))
        {
            output.Write(json);
            return true;
        }
        int known = texts.KnownCount;
        if (!TryFind(json))
            return false;
        // A value that one string gave away may stand in those before it.
        if (texts.KnownCount != known && _promising.Scan(json, Clues.All))
            TryFind(json);
        int copied = 0;
        foreach (Edit edit in _edits)
        {
            output.Write(json[copied..edit.Start]);
            JsonString.Escape(texts.Replace(edit, place, edit.Block), output);
            copied = edit.End;
        }
        output.Write(json[copied..]);
        return true;
    }

    // Puts what is to be replaced in a value that was scanned, by its place in it. False when it is not JSON.
    private bool TryFind(ReadOnlySpan<byte> json)
    {
        _edits.Clear();
        var tokens = new JsonTokens(json);
        var names = new JsonNames();
        while (tokens.Read())
        {
            ReadOnlySpan<byte> name = names.Follow(ref tokens);
            Clues clues = _promising.CluesFor(ref tokens, json, name);
            if (clues == Clues.None)
                continue;
            var walk = new JsonStringWalk(tokens.Value);
            foreach (Edit edit in texts.Edits(Decode(tokens.Value), name, clues))
                _edits.Add(edit with { Start = tokens.Start + 1 + walk.GoTo(edit.Start), End = tokens.Start + 1 + walk.GoTo(edit.End), Block = names.Block });
        }
        return !tokens.IsBroken;
    }

    /// <summary>Remembers the secrets of a JSON value.</summary>
    public void Learn(ReadOnlySpan<byte> json)
    {
        if (!_promising.Scan(json, Clues.Secrets))
            return;
        var tokens = new JsonTokens(json);
        var names = new JsonNames();
        while (tokens.Read())
        {
            ReadOnlySpan<byte> name = names.Follow(ref tokens);
            if (_promising.CluesFor(ref tokens, json, name) != Clues.None)
                texts.Learn(Decode(tokens.Value), name);
        }
        if (tokens.IsBroken)
            texts.Learn(json, default);
    }

    private ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOf((byte)'\\') < 0)
            return raw;
        _decoded.ResetWrittenCount();
        JsonString.Unescape(raw, _decoded);
        return _decoded.WrittenSpan;
    }
}
