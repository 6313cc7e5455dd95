using System.Text;

namespace Parley.Core.Redaction;

/// <summary>Goes through a JSON string as it is written, to find where in it a place of the decoded text is.</summary>
/// <param name="raw">What stands between the quotes.</param>
internal ref struct JsonStringWalk(ReadOnlySpan<byte> raw)
{
    private readonly ReadOnlySpan<byte> _raw = raw;
    private int _at;
    private int _decoded;

    /// <summary>Goes on to a place in the decoded text, in bytes, that is not before the last one. Within an escape it goes to its end.</summary>
    /// <returns>The place in the string as it is written.</returns>
    public int GoTo(int decoded)
    {
        while (_decoded < decoded)
        {
            int plain = _raw.Slice(_at, Math.Min(decoded - _decoded, _raw.Length - _at)).IndexOf((byte)'\\');
            if (plain < 0)
                plain = decoded - _decoded;
            (_at, _decoded) = (_at + plain, _decoded + plain);
            if (_decoded == decoded)
                break;
            _at += JsonString.ReadEscape(_raw[_at..], out Rune meaning);
            _decoded += meaning.Utf8SequenceLength;
        }
        return _at;
    }
}
