using System.Globalization;

namespace Parley.Core.Redaction;

/// <summary>A value as a report may show it.</summary>
internal static class Masked
{
    private const int Shown = 4;
    private const int MinLengthToShow = 16;

    /// <summary>The first four characters of a long value and how long it is; nothing of a short one: <c>ghp_… (40)</c>.</summary>
    public static string Form(string value)
    {
        string start = value.Length < MinLengthToShow ? "" : value[..(char.IsHighSurrogate(value[Shown - 1]) ? Shown - 1 : Shown)];
        return OnOneLine(start) + "… (" + value.Length.ToString(CultureInfo.InvariantCulture) + ")";
    }

    private static string OnOneLine(string text) => string.Create(text.Length, text, static (shown, from) =>
    {
        for (int i = 0; i < from.Length; i++)
            shown[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
    });
}
