using System.Buffers;
using System.Text.Json;

namespace Parley.Core.Redaction;

/// <summary>Redacts every string of a JSON value, each decoded, and writes the value back; what isn't replaced is copied byte by byte.</summary>
internal sealed class JsonRedactor(TextRedactor texts)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000_000 };

    private readonly ArrayBufferWriter<byte> _decoded = new(4096);
    private readonly ArrayBufferWriter<byte> _output = new(4096);
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
        _output.ResetWrittenCount();
        int copied = 0;
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
                {
                    _output.Write(json[copied..(start + walk.GoTo(edit.Start))]);
                    JsonString.Escape(texts.Replace(edit, place, names.Block), _output);
                    copied = start + walk.GoTo(edit.End);
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }
        output.Write(_output.WrittenSpan);
        output.Write(json[copied..]);
        return true;
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
