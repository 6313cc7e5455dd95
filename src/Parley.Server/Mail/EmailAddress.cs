using System.Globalization;

namespace Parley.Server.Mail;

/// <summary>
/// Addresses as they are stored and compared: lower case, the domain in ASCII. Only the plain form of RFC 5321 is taken (a dot-string and a
/// domain name), so that no address can hold a line break, a comma or a second address.
/// </summary>
public static class EmailAddress
{
    /// <summary>Characters of an address (RFC 5321, section 4.5.3.1.3, without the angle brackets).</summary>
    public const int MaxLength = 254;

    /// <summary>Characters before the @ (RFC 5321, section 4.5.3.1.1).</summary>
    public const int MaxLocalLength = 64;

    private const string Punctuation = "!#$%&'*+-/=?^_`{|}~";

    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };

    /// <summary>The address as it is stored; null when it is none.</summary>
    public static string? Normalize(string? text)
    {
        string address = text?.Trim() ?? "";
        int at = address.LastIndexOf('@');
        if (at < 1 || address.Length > MaxLength || !IsLocal(address[..at]) || Domain(address[(at + 1)..]) is not { } domain)
            return null;
        string normal = $"{address[..at].ToLowerInvariant()}@{domain}";
        return normal.Length <= MaxLength ? normal : null;
    }

    private static bool IsLocal(string local) =>
        local.Length <= MaxLocalLength && local.Split('.').All(atom => atom.Length > 0 && atom.All(c => char.IsAsciiLetterOrDigit(c) || Punctuation.Contains(c)));

    private static string? Domain(string name)
    {
        try
        {
            string domain = Domains.GetAscii(name).ToLowerInvariant();
            return Uri.CheckHostName(domain) == UriHostNameType.Dns && !domain.EndsWith('.') ? domain : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
