using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Mail;
using Parley.Server.Notices;

namespace Parley.Server.Accounts;

/// <summary>Codes that go to an address by mail and prove that whoever has them has it. Nothing that is done here tells whether an account has the address.</summary>
public sealed class MailedCodes(Database database, SignInStore signIns, AccountStore accounts, Outbox outbox, Inbox inbox, ServerOptions options)
{
    /// <summary>Mails a link that signs in whoever has an address, where an account has it. It takes the same steps where none has.</summary>
    /// <param name="email">An address as <see cref="EmailAddress"/> gives it.</param>
    /// <param name="afterwards">The path of this server that the link leads on to; null for none.</param>
    /// <param name="cancel">Gives it up.</param>
    public Task SendSignInAsync(string email, string? afterwards, CancellationToken cancel) => SendAsync(
        email, null, code => MailTexts.SignIn(email, code, afterwards, SignInStore.CodeLifetime, options.PublicUrl!), cancel);

    /// <summary>Mails a link that makes an address the account's, once it is opened where the account is signed in.</summary>
    public async Task SendNewAddressAsync(long accountId, string email, CancellationToken cancel)
    {
        string name = (await accounts.GetAsync(accountId, cancel)).Name;
        await SendAsync(email, accountId, code => MailTexts.NewAddress(email, name, code, SignInStore.CodeLifetime, options.PublicUrl!), cancel);
    }

    /// <summary>Makes an address the account's by the code that was mailed there; false when that works no more, or another account has the address.</summary>
    public async Task<bool> ConfirmAsync(string code, long accountId, CancellationToken cancel) => await database.WriteAsync(
        async connection =>
        {
            if (await signIns.ConfirmAsync(connection, code, accountId, cancel) is not { } email || !await AccountStore.SetEmailAsync(connection, accountId, email, cancel))
                return false;
            await inbox.CatchUpAsync(connection, accountId, email, cancel);
            return true;
        },
        cancel);

    private async Task SendAsync(string email, long? accountId, Func<string, OutgoingMail> mail, CancellationToken cancel)
    {
        await database.WriteAsync(
            async connection =>
            {
                if (await signIns.CreateCodeAsync(connection, email, accountId, cancel) is { } code)
                    await outbox.AddAsync(connection, mail(code.Text), null, cancel);
                return true;
            },
            cancel);
        outbox.Wake();
    }
}
