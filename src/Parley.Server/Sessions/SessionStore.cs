using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Live;

namespace Parley.Server.Sessions;

/// <summary>The sessions' rows. Those who watch a session are told when it is gone.</summary>
public sealed class SessionStore(Database database, Wakes wakes)
{
    private const string Columns =
        """
        share_id, title, project_name, branch, model, session_date, created_at, expires_at, message_count, total_input_tokens, total_output_tokens,
        owner_id, is_public, last_seq, version, agent, source_id, live_state, driver_seen_at, revision, workspace
        """;

    private static readonly int ColumnCount = Columns.Count(c => c == ',') + 1;

    private const string FindSql = $"SELECT {Columns} FROM sessions WHERE share_id = $1";

    /// <summary>The session, whoever may read it and whether or not it has expired; null when there is none.</summary>
    public ValueTask<SessionRecord?> FindAsync(string id, CancellationToken cancel = default) => SessionId.IsWellFormed(id)
        ? database.ReadAsync(connection => FindAsync(connection, id, cancel), cancel)
        : new ValueTask<SessionRecord?>((SessionRecord?)null);

    /// <summary>The session as a write sees it.</summary>
    public static ValueTask<SessionRecord?> FindAsync(Connection connection, string id, CancellationToken cancel) =>
        connection.FirstAsync(FindSql, Map, cancel, id);

    /// <summary>The sessions of an account that have not expired, the newest first.</summary>
    public ValueTask<List<SessionRecord>> ListAsync(long ownerId, DateTimeOffset now, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            $"""
            SELECT {Columns} FROM sessions
            WHERE owner_id = $1 AND (expires_at IS NULL OR expires_at > $2)
            ORDER BY created_at DESC, share_id
            """,
            Map, cancel, ownerId, now),
        cancel);

    /// <summary>The sessions that an account is a member of and that have not expired, the last joined first.</summary>
    public ValueTask<List<Membership>> ListJoinedAsync(long accountId, DateTimeOffset now, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            $"""
            SELECT {Columns}, m.role, (SELECT name FROM accounts WHERE id = owner_id) FROM sessions JOIN members m ON m.session_id = share_id
            WHERE m.account_id = $1 AND (expires_at IS NULL OR expires_at > $2)
            ORDER BY m.joined_at DESC, share_id
            """,
            row => new Membership(Map(row), MemberRoles.Parse(row.Text(ColumnCount)) ?? MemberRole.Viewer, row.Text(ColumnCount + 1)), cancel, accountId, now),
        cancel);

    /// <summary>Adds a session that has no entries yet, in a write that adds them.</summary>
    public static async ValueTask InsertAsync(Connection connection, SessionRecord session, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            $"INSERT INTO sessions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $10, 0, 1, $11, $12, $13, $14, 0, NULL)",
            cancel, session.Id, session.Title, session.Project, session.Branch, session.Model, session.Date, session.CreatedAt, session.ExpiresAt,
            session.OwnerId, session.IsPublic, session.Agent, session.SourceId, Name(session.Live), session.DriverSeenAt);

    /// <summary>Counts entries that the same write has appended.</summary>
    public static async ValueTask CountAsync(Connection connection, string id, EntryTotals added, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            """
            UPDATE sessions SET message_count = message_count + $2, total_input_tokens = total_input_tokens + $3,
                total_output_tokens = total_output_tokens + $4, last_seq = last_seq + $2, version = version + 1
            WHERE share_id = $1
            """,
            cancel, id, added.Entries, added.InputTokens, added.OutputTokens);

    /// <summary>Changes what a person may change; false when the session is gone.</summary>
    public async ValueTask<bool> EditAsync(string id, string title, DateTimeOffset? expiresAt, CancellationToken cancel = default)
    {
        int edited = await database.WriteAsync(
            connection => connection.ExecuteAsync(
                "UPDATE sessions SET title = $2, expires_at = $3, version = version + 1 WHERE share_id = $1", cancel, id, title, expiresAt),
            cancel);
        wakes.Announce(id, Wake.Access);
        return edited > 0;
    }

    /// <summary>Says whether a session goes on; false when it is gone, or goes on or not as a workspace.</summary>
    public async ValueTask<bool> GoOnAsync(string id, LiveState state, DateTimeOffset now, CancellationToken cancel = default)
    {
        int changed = await database.WriteAsync(
            connection => connection.ExecuteAsync(
                "UPDATE sessions SET live_state = $2, driver_seen_at = $3, version = version + 1 WHERE share_id = $1 AND workspace IS NULL", cancel, id, Name(state), now),
            cancel);
        wakes.Announce(id, Wake.State);
        return changed > 0;
    }

    /// <summary>Whether an account owns a session, and keeps it so until the end of the write.</summary>
    public static async ValueTask<bool> LockOwnedAsync(Connection connection, string id, long ownerId, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE sessions SET owner_id = owner_id WHERE share_id = $1 AND owner_id = $2", cancel, id, ownerId) > 0;

    /// <summary>Gives a session to another owner, in a write.</summary>
    public static async ValueTask HandOnAsync(Connection connection, string id, long ownerId, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE sessions SET owner_id = $2, version = version + 1 WHERE share_id = $1", cancel, id, ownerId);

    /// <summary>Gives a session another title.</summary>
    public ValueTask<int> RenameAsync(string id, string title, CancellationToken cancel = default) => database.WriteAsync(
        connection => connection.ExecuteAsync("UPDATE sessions SET title = $2, version = version + 1 WHERE share_id = $1", cancel, id, title), cancel);

    /// <summary>Makes what was derived from the session's entries count as old.</summary>
    public static async ValueTask TouchAsync(Connection connection, string id, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE sessions SET version = version + 1 WHERE share_id = $1", cancel, id);

    /// <summary>Deletes a session with all that belongs to it; false when it is gone already.</summary>
    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancel = default)
    {
        bool deleted = await database.WriteAsync(
            async connection => await connection.ExecuteAsync("DELETE FROM sessions WHERE share_id = $1", cancel, id) > 0, cancel);
        if (!deleted)
            return false;
        wakes.Announce(id, Wake.Access);
        await database.ForgetDeletedAsync(cancel);
        return true;
    }

    /// <summary>Deletes what has expired, one session at a time so that other writes come between; how many there were.</summary>
    public async ValueTask<int> DeleteExpiredAsync(DateTimeOffset now, CancellationToken cancel = default)
    {
        List<string> expired = await database.ReadAsync(
            connection => connection.ListAsync("SELECT share_id FROM sessions WHERE expires_at <= $1", row => row.Text(0), cancel, now), cancel);
        foreach (string id in expired)
        {
            await database.WriteAsync(
                connection => connection.ExecuteAsync("DELETE FROM sessions WHERE share_id = $1 AND expires_at <= $2", cancel, id, now), cancel);
            wakes.Announce(id, Wake.Access);
        }
        if (expired.Count > 0)
            await database.ForgetDeletedAsync(cancel);
        return expired.Count;
    }

    private static SessionRecord Map(Row row) => new()
    {
        Id = row.Text(0),
        Title = row.Text(1),
        Project = row.Text(2),
        Branch = row.TextOrNull(3),
        Model = row.TextOrNull(4),
        Date = row.Time(5),
        CreatedAt = row.Time(6),
        ExpiresAt = row.TimeOrNull(7),
        MessageCount = row.Number(8),
        InputTokens = row.Number(9),
        OutputTokens = row.Number(10),
        OwnerId = row.Number(11),
        IsPublic = row.Flag(12),
        LastSeq = row.Number(13),
        Version = row.Number(14),
        Agent = row.TextOrNull(15),
        SourceId = row.TextOrNull(16),
        Live = row.TextOrNull(17) switch { "live" => LiveState.Live, "ended" => LiveState.Ended, _ => null },
        DriverSeenAt = row.TimeOrNull(18),
        Revision = row.Number(19),
        Workspace = row.TextOrNull(20) switch { "open" => WorkspaceState.Open, "closed" => WorkspaceState.Closed, _ => null },
    };

    private static string? Name(LiveState? state) => state switch { LiveState.Live => "live", LiveState.Ended => "ended", _ => null };
}

/// <summary>A session that somebody is a member of.</summary>
/// <param name="Session">The session.</param>
/// <param name="Role">What they may do.</param>
/// <param name="OwnerName">What its owner calls themselves.</param>
public sealed record Membership(SessionRecord Session, MemberRole Role, string OwnerName);

/// <summary>How many entries there are and what their messages took.</summary>
public readonly record struct EntryTotals(long Entries, long InputTokens, long OutputTokens)
{
    /// <summary>The most that is believed of one message's tokens: strangers write these numbers, and their sum has to be one.</summary>
    public const long MaxTokens = 1_000_000_000;

    /// <summary>With one more entry.</summary>
    public EntryTotals With(Usage? usage) => new(
        Entries + 1,
        InputTokens + Math.Min(usage?.Input ?? 0, MaxTokens),
        OutputTokens + Math.Min(usage?.Output ?? 0, MaxTokens));
}
