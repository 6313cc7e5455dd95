using System.Text;

namespace Parley.Core.Rendering;

/// <summary>What stands for a person beside what they wrote: a letter, and one of some colours that the styles know. Both come from the name alone.</summary>
public static class Avatar
{
    /// <summary>How many colours there are.</summary>
    public const int Hues = 8;

    /// <summary>The first letter or digit of the name, in upper case; a question mark for a name without one.</summary>
    public static string Initial(string name)
    {
        foreach (Rune rune in name.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune))
                return Rune.ToUpperInvariant(rune).ToString();
        return "?";
    }

    /// <summary>The number of the colour, the same everywhere for the same name.</summary>
    public static int Hue(string name)
    {
        // FNV-1a: string's own hash is another one in each process.
        uint hash = 2166136261;
        foreach (char c in name)
            hash = (hash ^ c) * 16777619;
        return (int)((hash ^ (hash >> 15)) % Hues);
    }

    internal static HtmlWriter Write(string name, HtmlWriter html) => html.Markup("<span class=\"avatar\" data-hue=\""u8).Number(Hue(name))
        .Markup("\" aria-hidden=\"true\">"u8).Text(Initial(name)).Markup("</span>"u8);
}
