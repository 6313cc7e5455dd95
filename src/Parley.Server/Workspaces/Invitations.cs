using System.Security.Cryptography;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Mail;
using Parley.Server.Notices;
using Parley.Server.Sessions;

namespace Parley.Server.Workspaces;

/// <summary>
/// Invites people into a session. It runs inside the caller's write, so that invitation, mail, notice and audit event are kept together or not at
/// all, and after its commit the caller calls <see cref="SentAsync"/>. That the inviter may share the session is asked before (<see cref="SessionAccess"/>).
/// </summary>
public sealed class Invitations(
    InvitationStore store, Outbox outbox, Inbox inbox, AuditStore audit, Wakes wakes, ServerOptions options, TimeProvider clock)
{
    /// <summary>How long an invitation can be accepted.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Open invitations of one session.</summary>
    public const int MostOpen = 100;

    /// <summary>Mails that one account causes within a day.</summary>
    public const int MostMailedPerDay = 200;

    private const int IdLength = 12;

    /// <summary>Invites whoever has an address. The same address again is no second invitation and no second mail; another role changes the open one.</summary>
    /// <param name="connection">The caller's write.</param>
    /// <param name="session">What to.</param>
    /// <param name="inviterId">The account that invites.</param>
    /// <param name="email">An address that <see cref="EmailAddress.Normalize"/> takes.</param>
    /// <param name="role">Anything but owner.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <exception cref="InvitationException">There are too many.</exception>
    public async ValueTask<Invited> InviteAsync(
        Connection connection, SessionRecord session, long inviterId, string email, MemberRole role, CancellationToken cancel)
    {
        string address = EmailAddress.Normalize(email) ?? throw new ArgumentException("That is no address.", nameof(email));
        if (await InvitationStore.IsThereAsync(connection, session, address, cancel))
            return new Invited(address, InviteOutcome.AlreadyMember, "", null);
        await InvitationStore.CloseEndedAsync(connection, session.Id, address, clock.GetUtcNow(), cancel);
        if (await store.FindOpenAsync(connection, session.Id, address, cancel) is { } open)
            return await RepeatAsync(connection, session, inviterId, open, role, cancel);
        Invitation made = New(session, inviterId, address, role);
        await CheckAsync(connection, made, cancel);
        // Another write may have been faster.
        if (!await store.InsertAsync(connection, made, cancel))
            return await RepeatAsync(connection, session, inviterId, (await store.FindOpenAsync(connection, session.Id, address, cancel))!, role, cancel);
        await SendAsync(connection, session, made, cancel);
        await NoteAsync(connection, session, inviterId, $"{address} as {MemberRoles.Name(role)}", cancel);
        return new Invited(address, InviteOutcome.Invited, made.Id, made.IsMailed ? null : made.Secret);
    }

    /// <summary>Makes an invitation that one person, whoever has its link, can accept.</summary>
    /// <exception cref="InvitationException">There are too many.</exception>
    public async ValueTask<Invited> InviteByLinkAsync(
        Connection connection, SessionRecord session, long inviterId, MemberRole role, CancellationToken cancel)
    {
        Invitation made = New(session, inviterId, null, role);
        await CheckAsync(connection, made, cancel);
        await store.InsertAsync(connection, made, cancel);
        await NoteAsync(connection, session, inviterId, $"a link as {MemberRoles.Name(role)}", cancel);
        return new Invited("", InviteOutcome.Invited, made.Id, made.Secret);
    }

    /// <summary>After the commit: the mail goes out, and the people's pages show what is new.</summary>
    public async ValueTask SentAsync(string sessionId)
    {
        outbox.Wake();
        wakes.Announce(sessionId, Wake.Room);
        await inbox.TellAsync(sessionId);
    }

    private async ValueTask<Invited> RepeatAsync(
        Connection connection, SessionRecord session, long inviterId, Invitation open, MemberRole role, CancellationToken cancel)
    {
        if (open.Role != role)
        {
            await InvitationStore.ChangeRoleAsync(connection, open.Id, role, cancel);
            await NoteAsync(connection, session, inviterId, $"{open.Email} as {MemberRoles.Name(role)}", cancel);
        }
        return new Invited(open.Email!, InviteOutcome.AlreadyInvited, open.Id, open.IsMailed || open.InviterId != inviterId ? null : open.Secret);
    }

    private Invitation New(SessionRecord session, long inviterId, string? email, MemberRole role) => new()
    {
        Id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true),
        SessionId = session.Id,
        Email = email,
        IsMailed = email is not null && options.Mail is not null,
        Role = role < MemberRole.Owner ? role : throw new ArgumentOutOfRangeException(nameof(role), "Nobody is invited as the owner."),
        InviterId = inviterId,
        CreatedAt = clock.GetUtcNow(),
        ExpiresAt = clock.GetUtcNow() + Lifetime,
        Secret = Secret.New(),
    };

    private static async ValueTask CheckAsync(Connection connection, Invitation made, CancellationToken cancel)
    {
        if (await InvitationStore.CountAsync(connection, made.SessionId, made.CreatedAt, cancel) >= MostOpen)
            throw new InvitationException($"{MostOpen} invitations of this session are open: withdraw some, or wait until they are accepted.");
        if (made.IsMailed && await InvitationStore.CountMailedAsync(connection, made.InviterId, made.CreatedAt.AddDays(-1), cancel) >= MostMailedPerDay)
            throw new InvitationException($"Nobody sends more than {MostMailedPerDay} invitations within a day: come back tomorrow.");
    }

    private async ValueTask SendAsync(Connection connection, SessionRecord session, Invitation made, CancellationToken cancel)
    {
        if (made.IsMailed)
        {
            string inviter = await AccountStore.NameAsync(connection, made.InviterId, cancel);
            await outbox.AddAsync(connection, MailTexts.Invitation(made, inviter, session.Title, options.PublicUrl!), made.Id, cancel);
        }
        if (await AccountStore.FindAsync(connection, made.Email!, cancel) is { } account)
            await inbox.AddAsync(connection, new Notice(account.Id, NoticeKind.Invited, session.Id, made.InviterId, InvitationId: made.Id), cancel);
    }

    private ValueTask NoteAsync(Connection connection, SessionRecord session, long inviterId, string whom, CancellationToken cancel) =>
        audit.AddAsync(connection, new AuditEvent(session.Id, clock.GetUtcNow(), AuditAction.Invited, Actor.Of(inviterId), Detail: whom), cancel);
}
