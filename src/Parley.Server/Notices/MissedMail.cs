using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Mail;
using Parley.Server.Sessions;

namespace Parley.Server.Notices;

/// <summary>
/// Mails people what they miss: that they were called by name while they were away, and that the agent waits for their word. Whoever was mailed about
/// a session is not mailed again before they have been there. Of what was written nothing goes out.
/// </summary>
public sealed class MissedMail(Database database, SessionAccess access, Outbox outbox, Viewers viewers, ServerOptions options, TimeProvider clock)
{
    /// <summary>Whoever comes within this time after they were called needs no mail.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string DueSql = "SELECT DISTINCT session_id, account_id FROM notices WHERE mail_at <= $1";

    private const string TakeSql =
        """
        UPDATE notices SET mail_at = NULL WHERE session_id = $1 AND account_id = $2 AND mail_at IS NOT NULL
        RETURNING id, (SELECT a.name FROM accounts a WHERE a.id = notices.actor_id), seq, read_at
        """;

    private const string DecidersSql =
        """
        SELECT s.owner_id, s.title FROM sessions s WHERE s.share_id = $1
        UNION ALL SELECT m.account_id, s.title FROM members m JOIN sessions s ON s.share_id = m.session_id WHERE m.session_id = $1 AND m.may_approve
        """;

    /// <summary>Notes in a write that somebody is in a session: what they were called for until now needs no mail.</summary>
    public static async ValueTask CameAsync(Connection connection, string sessionId, long accountId, CancellationToken cancel)
    {
        await connection.ExecuteAsync(
            "UPDATE notices SET mail_at = NULL WHERE session_id = $1 AND account_id = $2 AND mail_at IS NOT NULL", cancel, sessionId, accountId);
        await connection.ExecuteAsync("DELETE FROM missed_mails WHERE session_id = $1 AND account_id = $2", cancel, sessionId, accountId);
    }

    /// <summary>The same for whoever opens a session's page: mostly there is nothing to write.</summary>
    public async ValueTask CameAsync(string sessionId, long accountId, CancellationToken cancel)
    {
        bool waits = await database.ReadAsync(
            connection => connection.FirstAsync(
                """
                SELECT 1 FROM missed_mails WHERE session_id = $1 AND account_id = $2
                UNION ALL SELECT 1 FROM notices WHERE session_id = $1 AND account_id = $2 AND mail_at IS NOT NULL LIMIT 1
                """,
                _ => true, cancel, sessionId, accountId),
            cancel);
        if (waits)
            await WriteAsync(connection => CameAsync(connection, sessionId, accountId, cancel), cancel);
    }

    /// <summary>Mails those who were called and have not come in time.</summary>
    public async ValueTask SendDueAsync(CancellationToken cancel)
    {
        List<(string Session, long Account)> due = await database.ReadAsync(
            connection => connection.ListAsync(DueSql, row => (row.Text(0), row.Number(1)), cancel, clock.GetUtcNow()), cancel);
        foreach ((string session, long account) in due)
            await SendAsync(session, account, cancel);
    }

    /// <summary>
    /// In the write that puts before people what the agent asks for, mails those who decide, unless one of them is there. At once: it is not asked
    /// for long. <see cref="Outbox.Wake"/> belongs behind its commit.
    /// </summary>
    public async ValueTask AskAsync(Connection connection, string sessionId, string prompter, CancellationToken cancel)
    {
        if (options.Mail is null)
            return;
        List<(long Id, string Title)> deciders = await connection.ListAsync(DecidersSql, row => (row.Number(0), row.Text(1)), cancel, sessionId);
        HashSet<long> here = viewers.Accounts(sessionId);
        if (deciders.Exists(decider => here.Contains(decider.Id)))
            return;
        foreach ((long account, string title) in deciders)
            await MailAsync(connection, sessionId, account, to => MailTexts.Asked(to, prompter, title, $"/c/{sessionId}", options.PublicUrl!), cancel);
    }

    // Asked now: whoever is there or has left since is not mailed.
    private async ValueTask SendAsync(string sessionId, long accountId, CancellationToken cancel)
    {
        if (viewers.Accounts(sessionId).Contains(accountId))
        {
            await WriteAsync(connection => CameAsync(connection, sessionId, accountId, cancel), cancel);
            return;
        }
        SessionRecord? session = await access.FindAsync(sessionId, new Caller(accountId), SessionAction.Meet, cancel);
        await WriteAsync(
            async connection =>
            {
                List<Call> calls = await connection.ListAsync(TakeSql, Call.Of, cancel, sessionId, accountId);
                Call[] missed = [.. calls.Where(call => !call.IsRead).OrderBy(call => call.Id)];
                if (session is null || missed is not [var first, ..])
                    return;
                string path = first.Seq is { } seq ? $"/c/{sessionId}?at={seq}#e{seq}" : $"/c/{sessionId}";
                string[] who = [.. missed.Select(call => call.Who ?? "Somebody").Distinct()];
                await MailAsync(connection, sessionId, accountId, to => MailTexts.Called(to, who, session.Title, path, options.PublicUrl!), cancel);
            },
            cancel);
        outbox.Wake();
    }

    private async ValueTask MailAsync(Connection connection, string sessionId, long accountId, Func<string, OutgoingMail> mail, CancellationToken cancel)
    {
        if (await AccountStore.FindAsync(connection, accountId, cancel) is not { Email: { } email, WantsMail: true })
            return;
        if (await connection.ExecuteAsync("INSERT INTO missed_mails (session_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", cancel, sessionId, accountId) > 0)
            await outbox.AddAsync(connection, mail(email) with { ToMemberOf = sessionId }, null, cancel);
    }

    private async ValueTask WriteAsync(Func<Connection, ValueTask> write, CancellationToken cancel) => await database.WriteAsync(
        async connection =>
        {
            await write(connection);
            return true;
        },
        cancel);

    private sealed record Call(long Id, string? Who, long? Seq, bool IsRead)
    {
        internal static Call Of(Row row) => new(row.Number(0), row.TextOrNull(1), row.NumberOrNull(2), row.TimeOrNull(3) is not null);
    }
}
