using System.Text.Json;

namespace Parley.Server.Mail;

/// <summary>A mail that is to be sent.</summary>
/// <param name="To">An address as <see cref="EmailAddress"/> gives it.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text: it has no form that could be injected.</param>
/// <param name="ToAccountsOnly">Whether it is sent only where an account has the address. That is looked up when it is sent, so that whoever caused it learns nothing.</param>
/// <param name="ToMemberOf">The session in which the account with the address has to be when it is sent; null for none.</param>
public sealed record OutgoingMail(string To, string Subject, string Text, bool ToAccountsOnly = false, string? ToMemberOf = null)
{
    internal string ToJson() => JsonSerializer.Serialize(this);

    internal static OutgoingMail? FromJson(string json) => JsonSerializer.Deserialize<OutgoingMail>(json);
}
