using System.Buffers;
using System.Text.Json;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>Redacts every string of a JSON value, each decoded, and writes the value back; what isn't replaced is copied byte by byte.</summary>
internal sealed class JsonRedactor(TextRedactor texts)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000_000 };

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
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            var names = new JsonNames();
            while (reader.Read())
            {
                ReadOnlySpan<byte> name = names.Follow(ref reader);
                Clues clues = _promising.CluesFor(ref reader, json, name);
                if (clues == Clues.None)
                    continue;
                int start = (int)reader.TokenStartIndex + 1;
                var walk = new JsonStringWalk(reader.ValueSpan);
                foreach (Edit edit in texts.Edits(Decode(reader.ValueSpan), name, clues))
                    _edits.Add(edit with { Start = start + walk.GoTo(edit.Start), End = start + walk.GoTo(edit.End), Block = names.Block });
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Remembers the secrets of a JSON value.</summary>
    public void Learn(ReadOnlySpan<byte> json)
    {
        if (!_promising.Scan(json, Clues.Secrets))
            return;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            var names = new JsonNames();
            while (reader.Read())
            {
                ReadOnlySpan<byte> name = names.Follow(ref reader);
                if (_promising.CluesFor(ref reader, json, name) != Clues.None)
                    texts.Learn(Decode(reader.ValueSpan), name);
            }
        }
        catch (JsonException)
        {
            texts.Learn(json, default);
        }
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
