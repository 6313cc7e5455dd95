using System.Buffers;

namespace Parley.Core.Redaction.Secrets;

/// <summary>What may stand between a name and its value, and how it is passed over.</summary>
internal static class Gaps
{
    public static readonly SearchValues<byte> Spaces = SearchValues.Create(" \t"u8);
    public static readonly SearchValues<byte> Breaks = SearchValues.Create(" \t\r\n"u8);

    /// <summary>What ends a label: its quote and its sign.</summary>
    public static readonly SearchValues<byte> LabelEnd = SearchValues.Create("\"':=> "u8);

    /// <summary>Where the bytes of a set end that stand at a place, of which at most <paramref name="max"/> are passed over.</summary>
    public static int Skip(ReadOnlySpan<byte> text, int at, SearchValues<byte> set, int max)
    {
        at = Math.Min(at, text.Length);
        ReadOnlySpan<byte> window = text[at..Math.Min(text.Length, at + max)];
        int n = window.IndexOfAnyExcept(set);
        return n < 0 ? at + window.Length : at + n;
    }
}
