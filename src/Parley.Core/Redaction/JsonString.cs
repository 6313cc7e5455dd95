using System.Buffers;
using System.Globalization;
using System.Text;

namespace Parley.Core.Redaction;

/// <summary>Undoes and redoes the escapes of a JSON string, both UTF-8. Lone surrogates become U+FFFD.</summary>
internal static class JsonString
{
    private static readonly SearchValues<byte> NeedsEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>Decodes what stands between the quotes of a string that a JSON reader has accepted.</summary>
    public static void Unescape(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        for (int at = raw.IndexOf((byte)'\\'); at >= 0; at = raw.IndexOf((byte)'\\'))
        {
            output.Write(raw[..at]);
            raw = raw[at..];
            raw = raw[(raw[1] == 'u' ? Hexadecimal(raw, output) : Simple(raw[1], output))..];
        }
        output.Write(raw);
    }

    /// <summary>Encodes text for use between the quotes of a JSON string; only what must be escaped is.</summary>
    public static void Escape(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        for (int at = text.IndexOfAny(NeedsEscape); at >= 0; at = text.IndexOfAny(NeedsEscape))
        {
            output.Write(text[..at]);
            output.Write(text[at] switch
            {
                (byte)'"' => "\\\""u8,
                (byte)'\\' => "\\\\"u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                (byte)'\t' => "\\t"u8,
                var control => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{control:x4}")),
            });
            text = text[(at + 1)..];
        }
        output.Write(text);
    }

    private static int Simple(byte escaped, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = escaped switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            _ => escaped,
        };
        output.Advance(1);
        return 2;
    }

    private static int Hexadecimal(ReadOnlySpan<byte> raw, IBufferWriter<byte> output)
    {
        char first = CodeUnit(raw);
        bool pair = char.IsHighSurrogate(first) && raw.Length >= 12 && raw[6] == '\\' && raw[7] == 'u' && char.IsLowSurrogate(CodeUnit(raw[6..]));
        Rune rune = pair ? new Rune(first, CodeUnit(raw[6..])) : char.IsSurrogate(first) ? Rune.ReplacementChar : new Rune(first);
        output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
        return pair ? 12 : 6;
    }

    private static char CodeUnit(ReadOnlySpan<byte> raw) => (char)ushort.Parse(raw.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
