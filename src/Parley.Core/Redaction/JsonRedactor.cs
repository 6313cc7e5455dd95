using System.Buffers;
using System.Text.Json;

namespace Parley.Core.Redaction;

/// <summary>Redacts every string of a JSON value, each decoded, and writes the value back; what doesn't change is copied byte by byte.</summary>
internal sealed class JsonRedactor(TextRedactor texts)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000_000 };

    private readonly ArrayBufferWriter<byte> _decoded = new(4096);
    private readonly ArrayBufferWriter<byte> _redacted = new(4096);
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
                if (clues == Clues.None || !TryRedact(reader.ValueSpan, name, clues, place, names.Block))
                    continue;
                int start = (int)reader.TokenStartIndex + 1;
                _output.Write(json[copied..start]);
                JsonString.Escape(_redacted.WrittenSpan, _output);
                copied = start + reader.ValueSpan.Length;
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

    private bool TryRedact(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> name, Clues clues, Place place, string? block)
    {
        _redacted.ResetWrittenCount();
        return texts.TryRedact(Decode(raw), name, clues, place, block, _redacted);
    }

    private ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
            return raw;
        _decoded.ResetWrittenCount();
        JsonString.Unescape(raw, _decoded);
        return _decoded.WrittenSpan;
    }
}
