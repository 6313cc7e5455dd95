using Parley.Server.Data;
using Parley.Server.Notices;

namespace Parley.Server.Room;

/// <summary>How far each member has read, so that who comes back is shown where they left.</summary>
public sealed class Visits(Database database)
{
    /// <summary>The newest entry that the account has seen; null when it was never here.</summary>
    public ValueTask<long?> SeenAsync(string sessionId, long accountId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.FirstAsync(
            "SELECT seq FROM visits WHERE session_id = $1 AND account_id = $2", row => (long?)row.Number(0), cancel, sessionId, accountId),
        cancel);

    /// <summary>Notes that the account has seen the entries up to this one. Nobody sees less than before.</summary>
    public ValueTask<int> SeeAsync(string sessionId, long accountId, long seq, DateTimeOffset now, CancellationToken cancel = default) => database.WriteAsync(
        async connection =>
        {
            await MissedMail.CameAsync(connection, sessionId, accountId, cancel);
            return await connection.ExecuteAsync(
                """
                INSERT INTO visits (session_id, account_id, seq, at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (session_id, account_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE visits.seq <= excluded.seq
                """,
                cancel, sessionId, accountId, seq, now);
        },
        cancel);
}
