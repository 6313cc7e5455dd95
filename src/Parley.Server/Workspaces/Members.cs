using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Mail;
using Parley.Server.Notices;
using Parley.Server.Room;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Workspaces;

/// <summary>
/// The one place that changes who is in a session, beside <see cref="Joining"/>. Each change is kept with its audit event, and told to those who
/// watch once it is: a removed member's streams end with it. Null and false are the one answer for what is not there and what is not the caller's.
/// </summary>
public sealed class Members(
    Database database, SessionAccess access, MemberStore store, AccountStore accounts, InvitationStore invitations, Invitations inviting, Inbox inbox, AuditStore audit, Wakes wakes,
    RoomLog room, TimeProvider clock)
{
    /// <summary>Everybody in a session, its owner first.</summary>
    public async ValueTask<People?> ListAsync(string sessionId, Caller caller, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Meet, cancel) is not { } session)
            return null;
        Account owner = await accounts.GetAsync(session.OwnerId, cancel);
        var first = new Member(owner.Id, owner.Name, owner.Email, MemberRole.Owner, session.CreatedAt, MayApprove: true);
        return new People(session, [first, .. await store.ListAsync(sessionId, cancel)], caller.AccountId == session.OwnerId);
    }

    /// <summary>The invitations of a session that can still be accepted.</summary>
    public async ValueTask<List<Invitation>?> InvitationsAsync(string sessionId, Caller caller, CancellationToken cancel) =>
        await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is null
            ? null
            : await invitations.ListAsync(sessionId, clock.GetUtcNow(), cancel);

    /// <summary>Invites an address, or whoever will have the link that is made.</summary>
    /// <param name="sessionId">What to.</param>
    /// <param name="email">An address that <see cref="EmailAddress.Normalize"/> takes; null for a link.</param>
    /// <param name="role">Anything but owner.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <exception cref="InvitationException">There are too many.</exception>
    public async ValueTask<Invited?> InviteAsync(string sessionId, string? email, MemberRole role, Caller caller, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return null;
        Invited? invited = await database.WriteAsync(
            async connection => !await SessionStore.LockOwnedAsync(connection, sessionId, session.OwnerId, cancel)
                ? null
                : email is null
                    ? await inviting.InviteByLinkAsync(connection, session, session.OwnerId, role, cancel)
                    : await inviting.InviteAsync(connection, session, session.OwnerId, email, role, cancel),
            cancel);
        if (invited is not null)
            await inviting.SentAsync(sessionId);
        return invited;
    }

    /// <summary>Gives a member another role, anything but owner.</summary>
    public ValueTask<bool> ChangeRoleAsync(string sessionId, long accountId, MemberRole role, Caller caller, CancellationToken cancel) => ChangeAsync(
        sessionId, caller, SessionAction.Share, AuditAction.RoleChanged,
        async connection => await MemberStore.ChangeAsync(connection, sessionId, accountId, role, cancel)
            ? $"{await AccountStore.NameAsync(connection, accountId, cancel)} a {MemberRoles.Name(role)}"
            : null,
        cancel);

    /// <summary>Removes a member: anybody may leave, and the owner removes others.</summary>
    public async ValueTask<bool> RemoveAsync(string sessionId, long accountId, Caller caller, CancellationToken cancel)
    {
        bool leaves = caller.AccountId == accountId;
        bool changed = await ChangeAsync(
            sessionId, caller, leaves ? SessionAction.Meet : SessionAction.Share, leaves ? AuditAction.Left : AuditAction.Removed,
            async connection =>
            {
                await Prompting.AbandonAsync(connection, sessionId, accountId, cancel);
                return await MemberStore.RemoveAsync(connection, sessionId, accountId, cancel) ? await AccountStore.NameAsync(connection, accountId, cancel) : null;
            },
            cancel);
        if (changed)
            await room.TellAsync(sessionId, leaves ? RoomEvents.Left : RoomEvents.Removed, accountId, caller.AccountId);
        return changed;
    }

    /// <summary>Makes a member the owner; whoever was it becomes a prompter.</summary>
    public async ValueTask<bool> HandOnAsync(string sessionId, long accountId, Caller caller, CancellationToken cancel)
    {
        bool changed = await ChangeAsync(
            sessionId, caller, SessionAction.Share, AuditAction.HandedOn,
            async connection =>
            {
                long former = caller.AccountId!.Value;
                if (!await MemberStore.RemoveAsync(connection, sessionId, accountId, cancel))
                    return null;
                await SessionStore.HandOnAsync(connection, sessionId, accountId, cancel);
                await MemberStore.PutAsync(connection, sessionId, former, MemberRole.Prompter, clock.GetUtcNow(), cancel);
                await inbox.AddAsync(connection, new Notice(accountId, NoticeKind.MadeOwner, sessionId, former), cancel);
                return await AccountStore.NameAsync(connection, accountId, cancel);
            },
            cancel);
        if (!changed)
            return false;
        inbox.Tell(accountId);
        await room.TellAsync(sessionId, RoomEvents.Owner, accountId);
        return true;
    }

    /// <summary>Takes an invitation back, with its mail where that has not gone out yet.</summary>
    public async ValueTask<bool> WithdrawAsync(string sessionId, string invitationId, Caller caller, CancellationToken cancel)
    {
        List<long> told = [];
        bool changed = await ChangeAsync(
            sessionId, caller, SessionAction.Share, AuditAction.InvitationWithdrawn,
            async connection =>
            {
                if (await InvitationStore.WithdrawAsync(connection, sessionId, invitationId, clock.GetUtcNow(), cancel) is not { } whom)
                    return null;
                await Outbox.TakeBackAsync(connection, invitationId, cancel);
                told = await Inbox.RemoveAsync(connection, invitationId, cancel);
                return whom;
            },
            cancel);
        told.ForEach(inbox.Tell);
        return changed;
    }

    // Asked again inside the write: whoever handed the session on a moment ago decides nothing more about it.
    private async ValueTask<bool> ChangeAsync(
        string sessionId, Caller caller, SessionAction action, AuditAction what, Func<Connection, ValueTask<string?>> change, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, action, cancel) is null)
            return false;
        bool changed = await database.WriteAsync(
            async connection =>
            {
                if (action == SessionAction.Share && !await SessionStore.LockOwnedAsync(connection, sessionId, caller.AccountId!.Value, cancel))
                    return false;
                if (await change(connection) is not { } whom)
                    return false;
                await audit.AddAsync(connection, new AuditEvent(sessionId, clock.GetUtcNow(), what, Actor.Of(caller.AccountId!.Value), Detail: whom), cancel);
                return true;
            },
            cancel);
        if (changed)
            wakes.Announce(sessionId, Wake.Access | Wake.Room);
        return changed;
    }
}

/// <summary>Everybody in a session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Members">The owner, then the others as they joined.</param>
/// <param name="IsOwner">Whether the owner asks.</param>
public sealed record People(SessionRecord Session, IReadOnlyList<Member> Members, bool IsOwner);
