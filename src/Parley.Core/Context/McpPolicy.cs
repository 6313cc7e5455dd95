namespace Parley.Core.Context;

/// <summary>
/// Which MCP servers are never shared with others, whatever their owner ticks: mail, private messages, passwords, money, and Parley's own. They are known
/// by their name and by what starts or reaches them.
/// </summary>
public static class McpPolicy
{
    /// <summary>Words of which one is enough, in lower case.</summary>
    public static IReadOnlyList<string> NeverShared { get; } =
    [
        "mail", "email", "gmail", "googlemail", "outlook", "imap", "pop3", "smtp", "exchange", "protonmail", "fastmail", "hotmail", "thunderbird", "jmap",
        "whatsapp", "imessage", "telegram", "signal", "sms", "messenger", "wechat",
        "1password", "onepassword", "bitwarden", "lastpass", "dashlane", "keepass", "keychain", "keyring", "passwords",
        "bank", "banking", "paypal", "plaid", "wallet",
    ];

    // No tool of an agent shares, invites or widens what may be used.
    private const string Parley = "parley";

    private static readonly HashSet<string> Words = [.. NeverShared];

    // Of these a longer word may be made ("gmailer", "protonmailbridge").
    private static readonly string[] Stems = ["gmail", "outlook", "protonmail", "fastmail", "whatsapp", "imessage", "1password", "bitwarden", "lastpass", "mailbox"];

    /// <summary>Whether a server is never shared.</summary>
    /// <param name="name">What the author's configuration calls it.</param>
    /// <param name="reachedBy">Its command with arguments, or its address; none where that is not known.</param>
    public static bool IsNeverShared(string name, params IEnumerable<string> reachedBy) =>
        Names(name) || Split(name).Contains(Parley) || reachedBy.Any(by => Names(by) || Path.GetFileNameWithoutExtension(by) == Parley);

    private static bool Names(string text)
    {
        string lower = text.ToLowerInvariant();
        return Stems.Any(stem => lower.Contains(stem, StringComparison.Ordinal)) || Split(text).Any(Words.Contains);
    }

    // "GoogleMail", "google-mail" and "google_mail@1.2" all have the word mail.
    private static IEnumerable<string> Split(string text)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool ends = i == text.Length || !char.IsLetterOrDigit(text[i]) || i > 0 && char.IsUpper(text[i]) && char.IsLower(text[i - 1]);
            if (!ends)
                continue;
            if (i > start)
                yield return text[start..i].ToLowerInvariant();
            start = i < text.Length && char.IsLetterOrDigit(text[i]) ? i : i + 1;
        }
    }
}
