using System.Text.Json;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Notices;

/// <summary>What accounts are told. A notice is seen for as long as its account may be in the session, or is invited to it.</summary>
public sealed class Inbox(Database database, Wakes wakes, TimeProvider clock)
{
    /// <summary>Notices of one account that are kept; the oldest go first.</summary>
    public const int MostKept = 500;

    /// <summary>Adds a notice in a write. <see cref="Tell"/> belongs behind its commit.</summary>
    public async ValueTask AddAsync(Connection connection, Notice notice, CancellationToken cancel = default)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO notices (account_id, kind, session_id, actor_id, text, seq, invitation_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            cancel, notice.AccountId, Name(notice.Kind), notice.SessionId, notice.ActorId, Field.CleanOrNull(notice.Text), notice.Seq, notice.InvitationId, clock.GetUtcNow());
        await connection.ExecuteAsync(
            "DELETE FROM notices WHERE account_id = $1 AND id <= (SELECT id FROM notices WHERE account_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
            cancel, notice.AccountId, (long)MostKept);
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

    internal static string Name(NoticeKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}
