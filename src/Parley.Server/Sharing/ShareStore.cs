using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;

namespace Parley.Server.Sharing;

/// <summary>The shares' rows: tokens as hashes, and beside them sealed for their owner's eyes.</summary>
public sealed class ShareStore(Database database, DataKey key)
{
    private const string Columns = "id, session_id, name, created_at, expires_at, token_box";

    private const string Label = "'token ' || coalesce(name, id)";

    private const string Active = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";

    /// <summary>Who presents a token. One that was never made has a holder too, who may do nothing: so every refusal takes the same steps.</summary>
    public async ValueTask<TokenHolder> FindAsync(string token, CancellationToken cancel = default)
    {
        string hash = Secret.Hash(token);
        return await database.ReadAsync(
            connection => connection.FirstAsync(
                "SELECT id, session_id, share_token FROM session_shares WHERE share_token = $1",
                row => Secret.SameHash(row.Text(2), hash) ? new TokenHolder(row.Text(0), row.Text(1)) : null, cancel, hash),
            cancel) ?? TokenHolder.Nobody;
    }

    /// <summary>What a share says of a session: one grant, ended or not, or none where the share is of another session.</summary>
    public ValueTask<List<Grant>> GrantsAsync(string shareId, string sessionId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            "SELECT id, expires_at, revoked_at FROM session_shares WHERE id = $1 AND session_id = $2",
            row => new Grant(row.Text(0), row.TimeOrNull(1), row.TimeOrNull(2)), cancel, shareId, sessionId),
        cancel);

    /// <summary>Adds a share in a write.</summary>
    public async ValueTask InsertAsync(Connection connection, TokenShare share, CancellationToken cancel) => await connection.ExecuteAsync(
        $"INSERT INTO session_shares ({Columns}, share_token) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        cancel, share.Id, share.SessionId, share.Name, share.CreatedAt, share.ExpiresAt, key.Seal(share.Token!, share.Id), Secret.Hash(share.Token!));

    /// <summary>The shares of a session that open it now, the oldest first.</summary>
    public ValueTask<List<TokenShare>> ListAsync(string sessionId, DateTimeOffset now, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            $"SELECT {Columns} FROM session_shares WHERE session_id = $1 AND {Active} ORDER BY created_at, id", Map, cancel, sessionId, now),
        cancel);

    /// <summary>The shares of all sessions of an account that open them now, the oldest first.</summary>
    public ValueTask<List<TokenShare>> ListAsync(long ownerId, DateTimeOffset now, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            $"""
            SELECT {Columns} FROM session_shares
            WHERE session_id IN (SELECT share_id FROM sessions WHERE owner_id = $1) AND {Active} ORDER BY created_at, id
            """,
            Map, cancel, ownerId, now),
        cancel);

    /// <summary>Moves the end of a share that opens its session now, in a write; what it is called, or null when there is none.</summary>
    public static ValueTask<string?> MoveEndAsync(
        Connection connection, string sessionId, string shareId, DateTimeOffset now, DateTimeOffset? expiresAt, CancellationToken cancel) =>
        connection.FirstAsync(
            $"UPDATE session_shares SET expires_at = $4 WHERE session_id = $1 AND {Active} AND id = $3 RETURNING {Label}",
            row => row.TextOrNull(0), cancel, sessionId, now, shareId, expiresAt);

    /// <summary>Takes a share back that opens its session now, in a write; what it is called, or null when there is none.</summary>
    public static ValueTask<string?> RevokeAsync(Connection connection, string sessionId, string shareId, DateTimeOffset now, CancellationToken cancel) =>
        connection.FirstAsync(
            $"UPDATE session_shares SET revoked_at = $2 WHERE session_id = $1 AND {Active} AND id = $3 RETURNING {Label}",
            row => row.TextOrNull(0), cancel, sessionId, now, shareId);

    private TokenShare Map(Row row) => new(
        row.Text(0), row.Text(1), key.Open(row.Bytes(5), row.Text(0)), row.TextOrNull(2), row.Time(3), row.TimeOrNull(4));
}

/// <summary>A session shared by a token.</summary>
/// <param name="Id">Its own id, by which it is changed and taken back.</param>
/// <param name="SessionId">The session that it opens.</param>
/// <param name="Token">The token; null when it was sealed with another data key than this server's.</param>
/// <param name="Name">What the owner calls it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null for as long as the session is there.</param>
public sealed record TokenShare(string Id, string SessionId, string? Token, string? Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>What the audit trail calls it.</summary>
    public string Label => $"token {Name ?? Id}";
}

/// <summary>Who presents a token.</summary>
/// <param name="ShareId">The share that it belongs to, ended or not.</param>
/// <param name="SessionId">The session that it was made for.</param>
public sealed record TokenHolder(string ShareId, string SessionId)
{
    /// <summary>The holder of a token that was never made: of no share, for an id that no session gets.</summary>
    internal static readonly TokenHolder Nobody = new("", new string('0', Sessions.SessionId.Length));

    public Caller Caller => new(null, ShareId);
}
