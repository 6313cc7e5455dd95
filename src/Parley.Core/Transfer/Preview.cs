using System.Text;

namespace Parley.Core.Transfer;

/// <summary>The bound of a preview, on both sides.</summary>
internal static class Preview
{
    /// <summary>The beginning of a text that fits, without half of a character at its end.</summary>
    public static string Cut(string text)
    {
        int bytes = 0;
        int end = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > TransferLimits.PreviewBytes)
                return text[..end];
            end += rune.Utf16SequenceLength;
        }
        return text;
    }

    public static bool Fits(string text) => text.Length <= TransferLimits.PreviewBytes && Encoding.UTF8.GetByteCount(text) <= TransferLimits.PreviewBytes;
}
