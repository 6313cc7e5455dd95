using System.Net;

namespace Parley.Server.Mail;

/// <summary>By which server mail goes out.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Port">Its port.</param>
/// <param name="IsEncrypted">Whether nothing is said before TLS is on (STARTTLS, RFC 3207).</param>
/// <param name="Login">Who logs in; null for nobody.</param>
/// <param name="From">The address that mail comes from.</param>
public sealed record MailOptions(string Host, int Port, bool IsEncrypted, NetworkCredential? Login, string From)
{
    private const int PlainPort = 25, EncryptedPort = 587;

    /// <param name="url">PARLEY_SMTP_URL.</param>
    /// <param name="from">PARLEY_MAIL_FROM; null for noreply at the server's host.</param>
    /// <exception cref="FormatException">The message completes a sentence that begins with the variable's name, and never holds the password.</exception>
    public static MailOptions Parse(string url, string? from)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("smtp" or "smtps") || uri.Host == "" || uri.PathAndQuery is not ("" or "/"))
            throw new FormatException("must be of the form smtps://user:password@mail.example.org:587.");
        bool isEncrypted = uri.Scheme == "smtps";
        string[] login = [.. uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        if (login is not [""] && !isEncrypted && !uri.IsLoopback)
            throw new FormatException("would send a password unencrypted: write smtps:// for TLS, which is turned on by STARTTLS.");
        return new MailOptions(
            uri.IdnHost,
            uri.Port > 0 ? uri.Port : isEncrypted ? EncryptedPort : PlainPort,
            isEncrypted,
            login is [var user, var password] ? new NetworkCredential(user, password) : null,
            from ?? $"noreply@{uri.IdnHost}");
    }
}
