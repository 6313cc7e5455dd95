using System.Text.Json;
using Parley.Core.Turns;
using Parley.Server.Data;

namespace Parley.Server.Turns;

/// <summary>The turns' rows. Each write locks the session first (<see cref="LockAsync"/>), so that what it read is still so when it is kept.</summary>
public sealed class TurnStore(Database database)
{
    private const string Select =
        """
        SELECT t.id, t.session_id, t.account_id, a.name, t.client_id, t.position, t.state, t.text, t.attachments, t.edits, t.created_at,
            t.decided_by, d.name, t.is_accepted, t.stopped_by, s.name, t.is_stopping, t.attempts, t.lease_id, t.lease_ends_at, t.runner,
            t.taken_at, t.prompt_seq, t.step, t.status, t.reason
        FROM turns t JOIN accounts a ON a.id = t.account_id LEFT JOIN accounts d ON d.id = t.decided_by LEFT JOIN accounts s ON s.id = t.stopped_by
        """;

    /// <summary>Waits until nobody else changes the session's turns or entries; false when it is no open workspace.</summary>
    public static async ValueTask<bool> LockAsync(Connection connection, string sessionId, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE sessions SET workspace = workspace WHERE share_id = $1 AND workspace = 'open'", cancel, sessionId) > 0;

    public static ValueTask<TurnRecord?> FindAsync(Connection connection, string turnId, CancellationToken cancel) =>
        connection.FirstAsync($"{Select} WHERE t.id = $1", Map, cancel, turnId);

    public ValueTask<TurnRecord?> FindAsync(string turnId, CancellationToken cancel) =>
        database.ReadAsync(connection => FindAsync(connection, turnId, cancel), cancel);

    /// <summary>The turn that this browser has sent already.</summary>
    public static ValueTask<TurnRecord?> FindSentAsync(Connection connection, string sessionId, long accountId, string clientId, CancellationToken cancel) =>
        connection.FirstAsync($"{Select} WHERE t.session_id = $1 AND t.account_id = $2 AND t.client_id = $3", Map, cancel, sessionId, accountId, clientId);

    /// <summary>What waits and what runs, in order.</summary>
    public ValueTask<List<TurnRecord>> OpenAsync(string sessionId, CancellationToken cancel) =>
        database.ReadAsync(connection => OpenAsync(connection, sessionId, cancel), cancel);

    public static ValueTask<List<TurnRecord>> OpenAsync(Connection connection, string sessionId, CancellationToken cancel) => connection.ListAsync(
        $"{Select} WHERE t.session_id = $1 AND t.state IN ('suggested', 'queued', 'running') ORDER BY t.position", Map, cancel, sessionId);

    /// <summary>
    /// The first prompt of each workspace in which none runs and whose budget is not spent, the one that has waited longest first.
    /// </summary>
    /// <param name="hostedSince">Workspaces of which a machine was heard of since are left to it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="budget">That of a workspace whose owner has set none; null for no limit.</param>
    /// <param name="cancel">Nobody waits for them any more.</param>
    public ValueTask<List<TurnRecord>> NextAsync(DateTimeOffset hostedSince, int limit, Money? budget, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync(
            $"""
            {Select} JOIN sessions w ON w.share_id = t.session_id AND w.workspace = 'open' LEFT JOIN workspace_agents g ON g.session_id = t.session_id
            WHERE t.state = 'queued' AND coalesce(g.spent, 0) < coalesce(g.budget, $2) AND NOT EXISTS (
                SELECT 1 FROM turns o WHERE o.session_id = t.session_id
                    AND o.state IN ('queued', 'running') AND (o.state = 'running' OR o.position < t.position)
            ) AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.session_id = t.session_id AND h.revoked_at IS NULL AND h.seen_at > $3)
            ORDER BY t.created_at, t.id LIMIT $1
            """,
            Map, cancel, (long)limit, budget?.Millionths ?? long.MaxValue, hostedSince),
        cancel);

    /// <summary>The first prompt of a workspace in which none runs.</summary>
    public ValueTask<TurnRecord?> NextOfAsync(string sessionId, CancellationToken cancel) => database.ReadAsync(
        connection => connection.FirstAsync(
            $"{Select} WHERE t.session_id = $1 AND t.state IN ('queued', 'running') ORDER BY CASE t.state WHEN 'running' THEN 0 ELSE 1 END, t.position LIMIT 1",
            row => Map(row) is { Turn.State: TurnState.Queued } turn ? turn : null, cancel, sessionId),
        cancel);

    /// <summary>Lets what a runner has lapse at once, in a write.</summary>
    public static async ValueTask EndLeasesAsync(Connection connection, string sessionId, string runner, DateTimeOffset now, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            "UPDATE turns SET lease_ends_at = $3 WHERE session_id = $1 AND runner = $2 AND state = 'running' AND lease_ends_at > $3", cancel, sessionId, runner, now);

    /// <summary>Turns whose runner has not been heard of in time.</summary>
    public ValueTask<List<TurnRecord>> LapsedAsync(DateTimeOffset now, CancellationToken cancel) => database.ReadAsync(
        connection => connection.ListAsync($"{Select} WHERE t.state = 'running' AND t.lease_ends_at <= $1 ORDER BY t.lease_ends_at", Map, cancel, now), cancel);

    /// <summary>The place after the last one of the queue.</summary>
    public static ValueTask<long> NextPositionAsync(Connection connection, string sessionId, CancellationToken cancel) => connection.FirstAsync(
        "SELECT coalesce(max(position), 0) + 1 FROM turns WHERE session_id = $1", row => row.Number(0), cancel, sessionId);

    public static async ValueTask InsertAsync(Connection connection, TurnRecord turn, CancellationToken cancel) => await connection.ExecuteAsync(
        """
        INSERT INTO turns (id, session_id, account_id, client_id, position, state, text, attachments, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        cancel, turn.Id, turn.SessionId, turn.Author.Id, turn.ClientId, turn.Position, TurnStates.Name(turn.Turn.State), turn.Text,
        JsonSerializer.Serialize(turn.Attachments), turn.CreatedAt);

    /// <summary>Keeps everything about a turn that changes.</summary>
    public static async ValueTask SaveAsync(Connection connection, TurnRecord turn, CancellationToken cancel) => await connection.ExecuteAsync(
        """
        UPDATE turns SET state = $2, text = $3, attachments = $4, edits = $5, decided_by = $6, is_accepted = $7, stopped_by = $8, is_stopping = $9,
            attempts = $10, lease_id = $11, lease_ends_at = $12, runner = $13, taken_at = $14, prompt_seq = $15, step = $16, status = $17, reason = $18
        WHERE id = $1
        """,
        cancel, turn.Id, TurnStates.Name(turn.Turn.State), turn.Text, JsonSerializer.Serialize(turn.Attachments), turn.Edits, turn.DecidedBy?.Id,
        turn.Turn.IsAccepted, turn.StoppedBy?.Id, turn.Turn.IsStopping, (long)turn.Turn.Attempts, turn.Turn.Lease?.Id, turn.Turn.Lease?.EndsAt,
        turn.Runner, turn.TakenAt, turn.PromptSeq, turn.Step, turn.Status, turn.Reason);

    private static TurnRecord Map(Row row) => new()
    {
        Id = row.Text(0),
        SessionId = row.Text(1),
        Author = new Person(row.Number(2), row.Text(3)),
        ClientId = row.Text(4),
        Position = row.Number(5),
        Text = row.Text(7),
        Attachments = JsonSerializer.Deserialize<Attachment[]>(row.Text(8))!,
        Edits = row.Number(9),
        CreatedAt = row.Time(10),
        DecidedBy = PersonOrNull(row, 11),
        StoppedBy = PersonOrNull(row, 14),
        Runner = row.TextOrNull(20),
        TakenAt = row.TimeOrNull(21),
        PromptSeq = row.NumberOrNull(22),
        Step = row.Number(23),
        Status = row.TextOrNull(24),
        Reason = row.TextOrNull(25),
        Turn = new Turn
        {
            State = TurnStates.Parse(row.Text(6)) ?? TurnState.Failed,
            IsAccepted = row.Flag(13),
            IsStopping = row.Flag(16),
            Attempts = (int)row.Number(17),
            Lease = row.TextOrNull(18) is { } lease ? new Lease(lease, row.Time(19)) : null,
        },
    };

    private static Person? PersonOrNull(Row row, int column) => row.NumberOrNull(column) is { } id ? new Person(id, row.Text(column + 1)) : null;
}
