using System.Buffers;
using System.Globalization;
using System.Text;

namespace Parley.Core.Redaction;

/// <summary>Undoes and redoes the escapes of a JSON string, both UTF-8. Lone surrogates become U+FFFD.</summary>
internal static class JsonString
{
    /// <summary>Decodes what stands between the quotes of a string that a JSON reader has accepted.</summary>
    public static void Unescape(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        Span<byte> all = output.GetSpan(raw.Length);
        int written = 0;
        for (int at = raw.IndexOf((byte)'\\'); at >= 0; at = raw.IndexOf((byte)'\\'))
        {
            raw[..at].CopyTo(all[written..]);
            int length = ReadEscape(raw[at..], out Rune meaning);
            written += at + meaning.EncodeToUtf8(all[(written + at)..]);
            raw = raw[(at + length)..];
        }
        raw.CopyTo(all[written..]);
        output.Advance(written + raw.Length);
    }

    /// <summary>Reads the escape that a string begins with, and gives its length.</summary>
    public static int ReadEscape(ReadOnlySpan<byte> raw, out Rune meaning)
    {
        if (raw[1] == 'u')
            return Hexadecimal(raw, out meaning);
        meaning = new Rune(raw[1] switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            var itself => (char)itself,
        });
        return 2;
    }

    /// <summary>Encodes text for use between the quotes of a JSON string; only what must be escaped is.</summary>
    public static void Escape(string text, IBufferWriter<byte> output)
    {
        int from = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] is >= ' ' and not ('"' or '\\'))
                continue;
            Encoding.UTF8.GetBytes(text.AsSpan(from, at - from), output);
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"), output);
            from = at + 1;
        }
        Encoding.UTF8.GetBytes(text.AsSpan(from), output);
    }

    private static int Hexadecimal(ReadOnlySpan<byte> raw, out Rune meaning)
    {
        char first = CodeUnit(raw);
        bool pair = char.IsHighSurrogate(first) && raw.Length >= 12 && raw[6] == '\\' && raw[7] == 'u' && char.IsLowSurrogate(CodeUnit(raw[6..]));
        meaning = pair ? new Rune(first, CodeUnit(raw[6..])) : char.IsSurrogate(first) ? Rune.ReplacementChar : new Rune(first);
        return pair ? 12 : 6;
    }

    private static char CodeUnit(ReadOnlySpan<byte> raw) => (char)ushort.Parse(raw.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
