using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Notices;
using Parley.Server.Room;
using Parley.Server.Sessions;

namespace Parley.Server.Workspaces;

/// <summary>
/// Accepts invitations. Whoever is signed in accepts as themselves. A link that the server mailed proves its address, and so signs in to the account
/// that has it, or makes one; any other link proves nothing, and makes an account without an address.
/// </summary>
public sealed class Joining(
    Database database, InvitationStore invitations, SessionStore sessions, SignInStore signIns, AuditStore audit, Inbox inbox, Wakes wakes,
    RoomLog room, TimeProvider clock)
{
    /// <summary>What a link leads to; null when it leads nowhere, or was used by somebody else.</summary>
    public async ValueTask<OpenInvitation?> FindAsync(string secret, long? accountId, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (await invitations.FindAsync(secret, now, cancel) is not { } invitation
            || (invitation.AcceptedBy is { } acceptor && acceptor != accountId)
            || await sessions.FindAsync(invitation.SessionId, cancel) is not { } session
            || session.ExpiresAt <= now)
            return null;
        return new OpenInvitation(invitation, session, await KnownAsync(invitation, accountId, cancel), await IsThereAsync(session, accountId, cancel));
    }

    /// <summary>Makes whoever asks a member, once; null when the link leads nowhere, or somebody was faster.</summary>
    /// <param name="secret">What the link ends with.</param>
    /// <param name="accountId">Who is signed in; null for nobody.</param>
    /// <param name="name">What a new account is to be called.</param>
    /// <param name="browser">What the browser calls itself.</param>
    /// <param name="cancel">Gives it up.</param>
    public async ValueTask<Joined?> AcceptAsync(string secret, long? accountId, string name, string browser, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (Joined Joined, Invitation Invitation)? done = await database.WriteAsync<(Joined, Invitation)?>(
            async connection =>
            {
                if (await invitations.FindAsync(connection, secret, now, cancel) is not { AcceptedBy: null } invitation
                    || await SessionStore.FindAsync(connection, invitation.SessionId, cancel) is not { } session
                    || session.ExpiresAt <= now
                    || !await InvitationStore.UseAsync(connection, invitation.Id, now, cancel))
                    return null;
                long account = accountId ?? await AccountAsync(connection, invitation, name, cancel);
                await JoinAsync(connection, session, invitation, account, cancel);
                string? cookie = accountId is null ? await signIns.AddAsync(connection, account, null, browser, cancel) : null;
                return (new Joined(session.Id, account, cookie), invitation);
            },
            cancel);
        if (done is not var (joined, used))
            return null;
        wakes.Announce(joined.SessionId, Wake.Access | Wake.Room);
        inbox.Tell(used.InviterId);
        inbox.Tell(joined.AccountId);
        await room.TellAsync(joined.SessionId, RoomEvents.Joined, joined.AccountId);
        return joined;
    }

    private async ValueTask<long> AccountAsync(Connection connection, Invitation invitation, string name, CancellationToken cancel)
    {
        if (!invitation.IsMailed || invitation.Email is not { } email)
            return (await AccountStore.CreateAsync(connection, name, clock.GetUtcNow(), cancel)).Id;
        return (await AccountStore.FindOrCreateAsync(connection, email, name, clock.GetUtcNow(), cancel)).Id;
    }

    private async ValueTask JoinAsync(Connection connection, SessionRecord session, Invitation invitation, long accountId, CancellationToken cancel)
    {
        await InvitationStore.BindAsync(connection, invitation.Id, accountId, cancel);
        await Inbox.RemoveAsync(connection, invitation.Id, cancel);
        if (accountId == session.OwnerId)
            return;
        // Who may more already keeps that.
        MemberRole? before = await MemberStore.RoleAsync(connection, session.Id, accountId, cancel);
        MemberRole role = before > invitation.Role ? before.Value : invitation.Role;
        await MemberStore.PutAsync(connection, session.Id, accountId, role, clock.GetUtcNow(), cancel);
        await audit.AddAsync(
            connection, new AuditEvent(session.Id, clock.GetUtcNow(), AuditAction.Joined, Actor.Of(accountId), Detail: MemberRoles.Name(role)), cancel);
        await inbox.AddAsync(connection, new Notice(invitation.InviterId, NoticeKind.Joined, session.Id, accountId), cancel);
    }

    // Whom pressing the button would sign in; only a mailed link tells, since only its holder has the address.
    private ValueTask<Account?> KnownAsync(Invitation invitation, long? accountId, CancellationToken cancel) => database.ReadAsync(
        connection => accountId is { } account
            ? AccountStore.FindAsync(connection, account, cancel)
            : invitation is { IsMailed: true, Email: { } email } ? AccountStore.FindAsync(connection, email, cancel) : new((Account?)null),
        cancel);

    private async ValueTask<bool> IsThereAsync(SessionRecord session, long? accountId, CancellationToken cancel) => accountId is { } account
        && (account == session.OwnerId || await database.ReadAsync(connection => MemberStore.RoleAsync(connection, session.Id, account, cancel), cancel) is not null);
}

/// <summary>An invitation as its holder sees it.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Session">What to.</param>
/// <param name="Account">As whom they would join; null for a new account.</param>
/// <param name="IsThere">Whether that account is in the session already.</param>
public sealed record OpenInvitation(Invitation Invitation, SessionRecord Session, Account? Account, bool IsThere);

/// <param name="SessionId">Where.</param>
/// <param name="AccountId">Who.</param>
/// <param name="Cookie">The secret of the cookie of whoever was not signed in; null for whoever was.</param>
public sealed record Joined(string SessionId, long AccountId, string? Cookie);
