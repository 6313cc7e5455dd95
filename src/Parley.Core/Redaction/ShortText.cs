using System.Text;

namespace Parley.Core.Redaction;

/// <summary>
/// Makes strings of values and names. Nearly all are a few ASCII characters, for which the framework's transcoder need not be set up: that takes a
/// new process a millisecond.
/// </summary>
internal static class ShortText
{
    private const int MaxLength = 128;

    /// <summary>The text that stands in UTF-8.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) => utf8.Length <= MaxLength && IsAscii(utf8)
        ? string.Create(utf8.Length, utf8, static (characters, ascii) =>
        {
            for (int i = 0; i < ascii.Length; i++)
                characters[i] = (char)ascii[i];
        })
        : Encoding.UTF8.GetString(utf8);

    private static bool IsAscii(ReadOnlySpan<byte> text)
    {
        foreach (byte one in text)
        {
            if (one >= 128)
                return false;
        }
        return true;
    }
}
