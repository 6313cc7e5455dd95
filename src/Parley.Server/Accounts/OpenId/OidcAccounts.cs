using Parley.Server.Data;
using Parley.Server.Notices;

namespace Parley.Server.Accounts.OpenId;

/// <summary>
/// Which account an identity of the provider signs in to: the one that it is bound to, else the one that has the address which the provider has
/// verified, else a new one. Bound once, an account stays so, whatever becomes of the address.
/// </summary>
public sealed class OidcAccounts(Database database, OidcOptions options, SignInStore signIns, Inbox inbox, TimeProvider clock)
{
    /// <summary>Signs a browser in; the secret of its cookie.</summary>
    public ValueTask<string> SignInAsync(Identity identity, string browser, CancellationToken cancel) => database.WriteAsync(
        async connection => await signIns.AddAsync(connection, await AccountAsync(connection, identity, cancel), null, browser, cancel), cancel);

    private async ValueTask<long> AccountAsync(Connection connection, Identity identity, CancellationToken cancel)
    {
        string subject = $"{options.Issuer} {identity.Subject}";
        if (await AccountStore.FindBySubjectAsync(connection, subject, cancel) is { } known)
            return known.Id;
        string name = identity.Name ?? identity.Email?.Split('@')[0] ?? "";
        if (identity.Email is { } email)
        {
            Account owner = await AccountStore.FindOrCreateAsync(connection, email, name, clock.GetUtcNow(), cancel);
            if (await AccountStore.BindAsync(connection, owner.Id, subject, cancel))
            {
                await inbox.CatchUpAsync(connection, owner.Id, email, cancel);
                return owner.Id;
            }
        }
        Account made = await AccountStore.CreateAsync(connection, name, clock.GetUtcNow(), cancel);
        await AccountStore.BindAsync(connection, made.Id, subject, cancel);
        return made.Id;
    }
}
