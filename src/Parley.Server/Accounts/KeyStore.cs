using Parley.Server.Data;

namespace Parley.Server.Accounts;

/// <summary>API keys and the accounts that they belong to. A key itself is never stored.</summary>
public sealed class KeyStore(Database database, TimeProvider clock)
{
    private const string FindSql = "SELECT account_id, key_hash FROM api_keys WHERE key_hash = $1 AND is_active";

    /// <summary>The account that a key opens; null when the key is unknown or revoked.</summary>
    public ValueTask<long?> FindAccountAsync(string key, CancellationToken cancel = default)
    {
        string hash = Secret.Hash(key);
        return database.ReadAsync(
            connection => connection.FirstAsync(FindSql, row => Secret.SameHash(row.Text(1), hash) ? row.Number(0) : (long?)null, cancel, hash),
            cancel);
    }

    /// <summary>Makes a key, which is told here and never again.</summary>
    public async ValueTask<NewKey> CreateAsync(long accountId, string name, CancellationToken cancel = default)
    {
        string key = Secret.NewKey();
        return new NewKey(await AddAsync(accountId, name, key, cancel), key);
    }

    /// <summary>Lets a key that was made elsewhere open the account.</summary>
    public ValueTask<ApiKey> AddAsync(long accountId, string name, string key, CancellationToken cancel = default) => database.WriteAsync(
        async connection => (await connection.FirstAsync(
            "INSERT INTO api_keys (key_hash, name, created_at, account_id) VALUES ($1, $2, $3, $4) RETURNING id, name, created_at",
            Map, cancel, Secret.Hash(key), name, clock.GetUtcNow(), accountId))!,
        cancel);

    /// <summary>The keys of an account that work, the oldest first.</summary>
    public ValueTask<List<ApiKey>> ListAsync(long accountId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            "SELECT id, name, created_at FROM api_keys WHERE account_id = $1 AND is_active ORDER BY id", Map, cancel, accountId),
        cancel);

    /// <summary>Makes a key work no more; false when the account has no such key.</summary>
    public ValueTask<bool> RevokeAsync(long accountId, long id, CancellationToken cancel = default) => database.WriteAsync(
        async connection => await connection.ExecuteAsync(
            "UPDATE api_keys SET is_active = false WHERE id = $1 AND account_id = $2 AND is_active", cancel, id, accountId) > 0,
        cancel);

    /// <summary>The account that owns this server, made with the database.</summary>
    public ValueTask<long> OwnerAsync(CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.FirstAsync("SELECT min(id) FROM accounts", row => row.Number(0), cancel), cancel);

    private static ApiKey Map(Row row) => new(row.Number(0), row.Text(1), row.Time(2));
}

/// <summary>A key as its owner sees it later.</summary>
public sealed record ApiKey(long Id, string Name, DateTimeOffset CreatedAt);

/// <summary>A key at the only moment at which it is known.</summary>
public sealed record NewKey(ApiKey Details, string Key);
