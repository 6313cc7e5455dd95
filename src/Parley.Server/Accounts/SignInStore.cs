using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Accounts;

/// <summary>
/// Browsers that are signed in, and the one-time codes that let them in. Both hang on the API key that asked for the code: they work as long
/// as it does. Codes and cookies are stored as hashes only.
/// </summary>
public sealed class SignInStore(Database database, TimeProvider clock)
{
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private const string FindSql =
        """
        SELECT s.id, s.account_id, s.secret_hash FROM sign_ins s JOIN api_keys k ON k.id = s.key_id
        WHERE s.secret_hash = $1 AND s.expires_at > $2 AND k.is_active
        """;

    private const string WorkingCodes =
        "FROM sign_in_codes WHERE code_hash = $1 AND expires_at > $2 AND EXISTS (SELECT 1 FROM api_keys WHERE id = key_id AND is_active)";

    /// <summary>Makes a code for the account of a key; null when the key works no more.</summary>
    public async ValueTask<NewCode?> CreateCodeAsync(string key, CancellationToken cancel = default)
    {
        var code = new NewCode(Secret.New(), clock.GetUtcNow() + CodeLifetime);
        int created = await database.WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync("DELETE FROM sign_in_codes WHERE expires_at <= $1", cancel, clock.GetUtcNow());
                return await connection.ExecuteAsync(
                    """
                    INSERT INTO sign_in_codes (code_hash, account_id, key_id, expires_at)
                    SELECT $1, account_id, id, $2 FROM api_keys WHERE key_hash = $3 AND is_active
                    """,
                    cancel, Secret.Hash(code.Text), code.ExpiresAt, Secret.Hash(key));
            },
            cancel);
        return created > 0 ? code : null;
    }

    /// <summary>The account that a code would let somebody into; null when it works no more. Asking does not use it up.</summary>
    public ValueTask<long?> FindAccountAsync(string code, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.FirstAsync($"SELECT account_id {WorkingCodes}", row => (long?)row.Number(0), cancel, Secret.Hash(code), clock.GetUtcNow()), cancel);

    /// <summary>Uses a code up: whoever asks first gets the secret of their cookie, everyone after that null.</summary>
    public async ValueTask<string?> SignInAsync(string code, string browser, CancellationToken cancel = default)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string cookie = Secret.New();
        bool signedIn = await database.WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync("DELETE FROM sign_ins WHERE expires_at <= $1", cancel, now);
                (long accountId, long keyId) = await connection.FirstAsync(
                    $"DELETE {WorkingCodes} RETURNING account_id, key_id", row => (row.Number(0), row.Number(1)), cancel, Secret.Hash(code), now);
                return keyId > 0 && await connection.ExecuteAsync(
                        "INSERT INTO sign_ins (secret_hash, account_id, key_id, browser, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
                        cancel, Secret.Hash(cookie), accountId, keyId, Field.Clean(browser), now, now + Lifetime) > 0;
            },
            cancel);
        return signedIn ? cookie : null;
    }

    /// <summary>The sign-in that a cookie belongs to; null when it works no more.</summary>
    public ValueTask<KnownSignIn?> FindAsync(string secret, CancellationToken cancel = default)
    {
        string hash = Secret.Hash(secret);
        return database.ReadAsync(
            connection => connection.FirstAsync(
                FindSql, row => Secret.SameHash(row.Text(2), hash) ? new KnownSignIn(row.Number(0), row.Number(1)) : null, cancel, hash, clock.GetUtcNow()),
            cancel);
    }

    /// <summary>The browsers in which the account is signed in, the newest first.</summary>
    public ValueTask<List<SignIn>> ListAsync(long accountId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            """
            SELECT s.id, s.browser, s.created_at, s.expires_at FROM sign_ins s JOIN api_keys k ON k.id = s.key_id
            WHERE s.account_id = $1 AND s.expires_at > $2 AND k.is_active ORDER BY s.id DESC
            """,
            row => new SignIn(row.Number(0), row.Text(1), row.Time(2), row.Time(3)), cancel, accountId, clock.GetUtcNow()),
        cancel);

    /// <summary>Signs a browser out; false when the account has no such sign-in.</summary>
    public ValueTask<bool> RevokeAsync(long accountId, long id, CancellationToken cancel = default) => database.WriteAsync(
        async connection => await connection.ExecuteAsync("DELETE FROM sign_ins WHERE id = $1 AND account_id = $2", cancel, id, accountId) > 0, cancel);
}

/// <summary>A code at the only moment at which it is known.</summary>
public sealed record NewCode(string Text, DateTimeOffset ExpiresAt);

/// <summary>Whose cookie it is.</summary>
public sealed record KnownSignIn(long Id, long AccountId);

/// <summary>A browser as the owner of the account sees it.</summary>
/// <param name="Id">For signing it out.</param>
/// <param name="Browser">What it calls itself.</param>
/// <param name="CreatedAt">When it signed in.</param>
/// <param name="ExpiresAt">When it has to again.</param>
public sealed record SignIn(long Id, string Browser, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
