using System.Text;

namespace Parley.Core.Transfer;

/// <summary>Text of the other side that goes into messages for people: one short line without anything that a terminal would obey.</summary>
internal static class UntrustedText
{
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (Rune rune in Cut(text, TransferLimits.ErrorCharacters).EnumerateRunes())
            shown.Append(Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format ? " " : rune.ToString());
        return shown.ToString();
    }

    /// <summary>The first characters, without half of one at the end.</summary>
    public static string Cut(string text, int characters)
    {
        if (text.Length <= characters)
            return text;
        return text[..(char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters)];
    }
}
