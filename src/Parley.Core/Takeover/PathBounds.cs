using System.Text;
using Parley.Core.Redaction.Personal;

namespace Parley.Core.Takeover;

/// <summary>Where a path that is found in text begins and ends: <c>/home/jane2</c> is not below <c>/home/jane</c>.</summary>
internal static class PathBounds
{
    public static bool BeginsAt(ReadOnlySpan<byte> text, int at) => PathText.IsBoundaryBefore(text, at);

    /// <summary>Whether no name goes on at a place. A full stop ends a sentence, unless a name goes on behind it.</summary>
    public static bool EndsAt(ReadOnlySpan<byte> text, int at) =>
        at == text.Length || !IsName(text[at..]) || (text[at] == '.' && (at + 1 == text.Length || !IsName(text[(at + 1)..])));

    /// <summary>How many backslashes stand at a place.</summary>
    public static int BackslashesAt(ReadOnlySpan<byte> text, int at) =>
        text[at..].IndexOfAnyExcept((byte)'\\') is var count and >= 0 ? count : text.Length - at;

    /// <summary>The length of the name at a place, which ends where none of its letters does: spaces are taken to end it.</summary>
    public static int NameAt(ReadOnlySpan<byte> text, int at)
    {
        int end = at;
        while (end < text.Length && IsName(text[end..]))
            end++;
        return end - at;
    }

    private static bool IsName(ReadOnlySpan<byte> text)
    {
        if (text[0] < 0x80)
            return char.IsAsciiLetterOrDigit((char)text[0]) || text[0] is (byte)'_' or (byte)'-' or (byte)'.' or (byte)'~' or (byte)'@' or (byte)'+';
        // Within a character, its first byte has decided.
        bool isWhole = Rune.DecodeFromUtf8(text, out Rune rune, out _) == System.Buffers.OperationStatus.Done;
        return !isWhole || Rune.IsLetterOrDigit(rune);
    }
}
