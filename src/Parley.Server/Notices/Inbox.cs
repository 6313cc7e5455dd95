using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Workspaces;

namespace Parley.Server.Notices;

/// <summary>What accounts are told. A notice is seen for as long as its account may be in the session, or is invited to it.</summary>
public sealed class Inbox(Database database, InvitationStore invitations, Wakes wakes, ServerOptions options, TimeProvider clock)
{
    private const string ListSql =
        """
        SELECT n.id, n.kind, n.session_id, s.title, a.name, n.text, n.seq, n.created_at, n.read_at, i.id, i.secret_box, s.owner_id, s.is_public, s.expires_at, m.role
        FROM notices n JOIN sessions s ON s.share_id = n.session_id
            LEFT JOIN accounts a ON a.id = n.actor_id
            LEFT JOIN members m ON m.session_id = n.session_id AND m.account_id = n.account_id
            LEFT JOIN invitations i ON i.id = n.invitation_id AND i.withdrawn_at IS NULL AND i.accepted_at IS NULL AND i.expires_at > $2
        WHERE n.account_id = $1 ORDER BY n.id DESC
        """;

    /// <summary>Notices of one account that are kept; the oldest go first.</summary>
    public const int MostKept = 500;

    /// <summary>Adds a notice in a write. <see cref="Tell"/> belongs behind its commit.</summary>
    public async ValueTask AddAsync(Connection connection, Notice notice, CancellationToken cancel = default)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO notices (account_id, kind, session_id, actor_id, text, seq, invitation_id, created_at, mail_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            cancel, notice.AccountId, Name(notice.Kind), notice.SessionId, notice.ActorId, Field.CleanOrNull(notice.Text), notice.Seq, notice.InvitationId, clock.GetUtcNow(), MailAt(notice.Kind));
        await connection.ExecuteAsync(
            "DELETE FROM notices WHERE account_id = $1 AND id <= (SELECT id FROM notices WHERE account_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
            cancel, notice.AccountId, (long)MostKept);
    }

    /// <summary>Tells an account of the open invitations of an address that was proved to be its own just now, in a write.</summary>
    public async ValueTask CatchUpAsync(Connection connection, long accountId, string email, CancellationToken cancel) => await connection.ExecuteAsync(
        """
        INSERT INTO notices (account_id, kind, session_id, actor_id, invitation_id, created_at)
        SELECT $1, $2, i.session_id, i.inviter_id, i.id, i.created_at FROM invitations i
        WHERE i.email = $3 AND i.withdrawn_at IS NULL AND i.accepted_at IS NULL AND i.expires_at > $4
            AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.account_id = $1 AND n.invitation_id = i.id)
        """,
        cancel, accountId, Name(NoticeKind.Invited), email, clock.GetUtcNow());

    /// <summary>Removes what was told of an invitation, in a write; to whom.</summary>
    public static ValueTask<List<long>> RemoveAsync(Connection connection, string invitationId, CancellationToken cancel) => connection.ListAsync(
        "DELETE FROM notices WHERE invitation_id = $1 RETURNING account_id", row => row.Number(0), cancel, invitationId);

    /// <summary>What an account is told now, the newest first.</summary>
    public async ValueTask<List<SeenNotice>> ListAsync(long accountId, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<SeenNotice?> all = await database.ReadAsync(
            connection => connection.ListAsync(ListSql, row => See(row, accountId, now), cancel, accountId, now), cancel);
        return [.. all.OfType<SeenNotice>()];
    }

    /// <summary>Notes that a notice was read; false when the account has no such notice.</summary>
    public async ValueTask<bool> ReadAsync(long accountId, long id, CancellationToken cancel)
    {
        bool found = await database.WriteAsync(
            async connection => await connection.ExecuteAsync(
                "UPDATE notices SET read_at = coalesce(read_at, $3) WHERE id = $2 AND account_id = $1", cancel, accountId, id, clock.GetUtcNow()) > 0,
            cancel);
        Tell(accountId);
        return found;
    }

    /// <summary>Notes that everything was read.</summary>
    public async ValueTask ReadAllAsync(long accountId, CancellationToken cancel)
    {
        await database.WriteAsync(
            connection => connection.ExecuteAsync("UPDATE notices SET read_at = $2 WHERE account_id = $1 AND read_at IS NULL", cancel, accountId, clock.GetUtcNow()), cancel);
        Tell(accountId);
    }

    /// <summary>Tells an account's open pages, on every server, that its inbox has changed.</summary>
    public void Tell(long accountId) => wakes.Announce(WakeKey(accountId), Wake.Room);

    /// <summary>Tells all who have something new about a session.</summary>
    public async ValueTask TellAsync(string sessionId, CancellationToken cancel = default)
    {
        List<long> accounts = await database.ReadAsync(
            connection => connection.ListAsync(
                "SELECT DISTINCT account_id FROM notices WHERE session_id = $1 AND read_at IS NULL", row => row.Number(0), cancel, sessionId),
            cancel);
        accounts.ForEach(Tell);
    }

    /// <summary>What <see cref="Wakes"/> calls an account's inbox.</summary>
    internal static string WakeKey(long accountId) => $"@{accountId}";

    // An invitation has a mail of its own; of the rest only a call is worth one.
    private DateTimeOffset? MailAt(NoticeKind kind) => kind == NoticeKind.Mentioned && options.Mail is not null ? clock.GetUtcNow() + MissedMail.Patience : null;

    private SeenNotice? See(Row row, long accountId, DateTimeOffset now)
    {
        var terms = new SessionTerms(row.Number(11), row.Flag(12), row.TimeOrNull(13));
        Grant[] grants = MemberRoles.Parse(row.TextOrNull(14)) is { } role ? [Grant.OfMember(accountId, role)] : [];
        string? secret = row.TextOrNull(9) is { } invitation && !(terms.ExpiresAt <= now) ? invitations.Open(invitation, row.Bytes(10)) : null;
        return secret is not null || Access.Allows(new Caller(accountId), terms, grants, SessionAction.Meet, now)
            ? new SeenNotice(
                row.Number(0), row.Text(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.TextOrNull(5), row.NumberOrNull(6), row.Time(7), row.TimeOrNull(8) is not null, secret)
            : null;
    }

    internal static string Name(NoticeKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}

/// <summary>A notice as its account sees it.</summary>
/// <param name="Id">By which it is marked as read.</param>
/// <param name="Kind">The name of a <see cref="NoticeKind"/>.</param>
/// <param name="SessionId">Where it was.</param>
/// <param name="Title">The session's title.</param>
/// <param name="Who">The name of whoever did it; null for nobody.</param>
/// <param name="Text">Some words of it.</param>
/// <param name="Seq">The entry that it is about.</param>
/// <param name="At">When.</param>
/// <param name="IsRead">Whether it was read.</param>
/// <param name="Secret">What the link of the invitation ends with that it is about; null where it is about none.</param>
public sealed record SeenNotice(
    long Id, string Kind, string SessionId, string Title, string? Who, string? Text, long? Seq, DateTimeOffset At, bool IsRead, string? Secret)
{
    /// <summary>Where it leads, on this server.</summary>
    public string Path => Secret is not null ? $"/i/{Secret}" : Seq is { } seq ? $"/c/{SessionId}?at={seq}#e{seq}" : $"/c/{SessionId}";
}
