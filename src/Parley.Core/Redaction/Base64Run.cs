using System.Buffers;
using System.Text;

namespace Parley.Core.Redaction;

/// <summary>What a value looks like inside of base64, and how far the base64 around it goes.</summary>
internal static class Base64Run
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"u8);

    /// <summary>The characters that depend on nothing but the value, for each place it can have in a group of three bytes and in both alphabets.</summary>
    public static IEnumerable<byte[]> Cores(byte[] value)
    {
        for (int shift = 0; shift < 3; shift++)
        {
            string encoded = Convert.ToBase64String([.. new byte[shift], .. value]);
            int first = (shift * 8 + 5) / 6, end = (shift + value.Length) * 8 / 6;
            string core = encoded[first..end], forUrls = core.Replace('+', '-').Replace('/', '_');
            yield return Encoding.ASCII.GetBytes(core);
            if (forUrls != core)
                yield return Encoding.ASCII.GetBytes(forUrls);
        }
    }

    /// <summary>The run of base64 characters that holds a part of a text, with its padding. It can't begin before the limit, where the run before ended.</summary>
    public static (int Start, int End) Around(ReadOnlySpan<byte> text, int start, int end, int limit)
    {
        int from = limit + text[limit..start].LastIndexOfAnyExcept(Alphabet) + 1;
        int length = text[end..].IndexOfAnyExcept(Alphabet);
        int to = length < 0 ? text.Length : end + length;
        for (int padding = 0; padding < 2 && to < text.Length && text[to] == '='; padding++)
            to++;
        return (from, to);
    }
}
