namespace Parley.Core.Rendering.Text;

/// <summary>Which addresses of a transcript become links: an allow-list of schemes, everything else stays text.</summary>
internal static class Links
{
    /// <summary>Longer addresses stay text.</summary>
    internal const int MaxLength = 2048;

    private static readonly string[] Schemes = ["http:", "https:", "mailto:"];

    internal static bool IsAllowed(ReadOnlySpan<char> address)
    {
        if (address.Length > MaxLength)
            return false;
        foreach (char c in address)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c))
                return false;
        }
        foreach (string scheme in Schemes)
        {
            if (address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return scheme == "mailto:" ? address.Length > scheme.Length : Uri.TryCreate(address.ToString(), UriKind.Absolute, out _);
        }
        return false;
    }

    /// <summary>Opens a link to an allowed address.</summary>
    internal static void Open(ReadOnlySpan<char> address, HtmlWriter html) =>
        html.Markup("<a"u8).Attribute("href"u8, address).Markup(" rel=\"nofollow noopener noreferrer\">"u8);
}
