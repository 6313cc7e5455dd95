using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Accounts;

/// <summary>
/// Browsers that are signed in, and the one-time codes that let them in. What an API key asked for works as long as the key does. Codes and
/// cookies are stored as hashes only.
/// </summary>
public sealed class SignInStore(Database database, TimeProvider clock)
{
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long a browser stays signed in without being used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>How often a sign-in that is used is written down as such.</summary>
    public static readonly TimeSpan RenewedAfter = TimeSpan.FromDays(1);

    /// <summary>Codes for one address within their lifetime; who asks for more gets no more mail.</summary>
    public const int MostCodesPerAddress = 5;

    private const string FindSql =
        """
        SELECT s.id, s.account_id, s.secret_hash, s.expires_at FROM sign_ins s LEFT JOIN api_keys k ON k.id = s.key_id
        WHERE s.secret_hash = $1 AND s.expires_at > $2 AND (s.key_id IS NULL OR k.is_active)
        """;

    private const string IsWorking =
        "code_hash = $1 AND expires_at > $2 AND (key_id IS NULL OR EXISTS (SELECT 1 FROM api_keys WHERE id = key_id AND is_active))";

    // A code for an address alone is for whoever has that address.
    private const string Whom = "coalesce(account_id, (SELECT id FROM accounts a WHERE a.email = sign_in_codes.email))";

    /// <summary>Makes a code for the account of a key; null when the key works no more.</summary>
    public ValueTask<NewCode?> CreateCodeAsync(string key, CancellationToken cancel = default) => AddCodeAsync(
        "INSERT INTO sign_in_codes (code_hash, expires_at, account_id, key_id) SELECT $1, $2, account_id, id FROM api_keys WHERE key_hash = $3 AND is_active",
        Secret.Hash(key), cancel);

    /// <summary>Makes a code for another device of whoever is signed in; null when that sign-in is over.</summary>
    public ValueTask<NewCode?> CreateCodeAsync(long signInId, CancellationToken cancel = default) => AddCodeAsync(
        "INSERT INTO sign_in_codes (code_hash, expires_at, account_id, key_id) SELECT $1, $2, account_id, key_id FROM sign_ins WHERE id = $3", signInId, cancel);

    /// <summary>Makes a code in a write that sends it to an address; null when enough were sent there.</summary>
    /// <param name="connection">The write.</param>
    /// <param name="email">The address. It is not asked whether an account has it.</param>
    /// <param name="accountId">The account whose new address it is to be; null for a code that lets whoever has the address in.</param>
    /// <param name="cancel">Gives it up.</param>
    public async ValueTask<NewCode?> CreateCodeAsync(Connection connection, string email, long? accountId, CancellationToken cancel)
    {
        NewCode code = New();
        await ForgetCodesAsync(connection, cancel);
        int created = await connection.ExecuteAsync(
            """
            INSERT INTO sign_in_codes (code_hash, expires_at, email, account_id)
            SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM sign_in_codes WHERE email = $3) < $5
            """,
            cancel, Secret.Hash(code.Text), code.ExpiresAt, email, accountId, (long)MostCodesPerAddress);
        return created > 0 ? code : null;
    }

    /// <summary>What a code is for; null when it works no more. Asking does not use it up.</summary>
    public ValueTask<KnownCode?> FindCodeAsync(string code, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.FirstAsync($"SELECT {Whom}, account_id, email FROM sign_in_codes WHERE {IsWorking}", Map, cancel, Secret.Hash(code), clock.GetUtcNow()), cancel);

    /// <summary>Uses a code up: whoever asks first gets the secret of their cookie, everyone after that null.</summary>
    public ValueTask<string?> SignInAsync(string code, string browser, CancellationToken cancel = default) => database.WriteAsync(
        async connection =>
        {
            (long? accountId, long? keyId) = await connection.FirstAsync(
                $"DELETE FROM sign_in_codes WHERE {IsWorking} AND (account_id IS NULL OR email IS NULL) RETURNING {Whom}, key_id",
                row => (row.NumberOrNull(0), row.NumberOrNull(1)), cancel, Secret.Hash(code), clock.GetUtcNow());
            return accountId is { } account ? await AddAsync(connection, account, keyId, browser, cancel) : null;
        },
        cancel);

    /// <summary>Uses a code up that was sent to a new address of an account; the address, or null for any other code.</summary>
    public ValueTask<string?> ConfirmAsync(Connection connection, string code, long accountId, CancellationToken cancel) => connection.FirstAsync(
        $"DELETE FROM sign_in_codes WHERE {IsWorking} AND account_id = $3 AND email IS NOT NULL RETURNING email",
        row => row.TextOrNull(0), cancel, Secret.Hash(code), clock.GetUtcNow(), accountId);

    /// <summary>Signs a browser in, in a write; the secret of its cookie.</summary>
    /// <param name="connection">The write.</param>
    /// <param name="accountId">As whom.</param>
    /// <param name="keyId">The key with which it ends; null for none.</param>
    /// <param name="browser">What the browser calls itself.</param>
    /// <param name="cancel">Gives it up.</param>
    public async ValueTask<string> AddAsync(Connection connection, long accountId, long? keyId, string browser, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string cookie = Secret.New();
        await connection.ExecuteAsync("DELETE FROM sign_ins WHERE expires_at <= $1", cancel, now);
        await connection.ExecuteAsync(
            "INSERT INTO sign_ins (secret_hash, account_id, key_id, browser, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            cancel, Secret.Hash(cookie), accountId, keyId, Field.Clean(browser), now, now + Lifetime);
        return cookie;
    }

    /// <summary>The sign-in that a cookie belongs to; null when it works no more.</summary>
    public ValueTask<KnownSignIn?> FindAsync(string secret, CancellationToken cancel = default)
    {
        string hash = Secret.Hash(secret);
        return database.ReadAsync(
            connection => connection.FirstAsync(
                FindSql, row => Secret.SameHash(row.Text(2), hash) ? new KnownSignIn(row.Number(0), row.Number(1), row.Time(3)) : null, cancel, hash, clock.GetUtcNow()),
            cancel);
    }

    /// <summary>Lets a sign-in that is used go on for its whole lifetime again; false while that was done lately.</summary>
    public async ValueTask<bool> RenewAsync(KnownSignIn signIn, CancellationToken cancel = default)
    {
        DateTimeOffset end = clock.GetUtcNow() + Lifetime;
        return end - signIn.ExpiresAt >= RenewedAfter && await database.WriteAsync(
            async connection => await connection.ExecuteAsync("UPDATE sign_ins SET expires_at = $2 WHERE id = $1", cancel, signIn.Id, end) > 0, cancel);
    }

    /// <summary>The browsers in which the account is signed in, the newest first.</summary>
    public ValueTask<List<SignIn>> ListAsync(long accountId, CancellationToken cancel = default) => database.ReadAsync(
        connection => connection.ListAsync(
            """
            SELECT s.id, s.browser, s.created_at, s.expires_at FROM sign_ins s LEFT JOIN api_keys k ON k.id = s.key_id
            WHERE s.account_id = $1 AND s.expires_at > $2 AND (s.key_id IS NULL OR k.is_active) ORDER BY s.id DESC
            """,
            row => new SignIn(row.Number(0), row.Text(1), row.Time(2), row.Time(3)), cancel, accountId, clock.GetUtcNow()),
        cancel);

    /// <summary>Signs a browser out; false when the account has no such sign-in.</summary>
    public ValueTask<bool> RevokeAsync(long accountId, long id, CancellationToken cancel = default) => database.WriteAsync(
        async connection => await connection.ExecuteAsync("DELETE FROM sign_ins WHERE id = $1 AND account_id = $2", cancel, id, accountId) > 0, cancel);

    private async ValueTask<NewCode?> AddCodeAsync(string sql, object asker, CancellationToken cancel)
    {
        NewCode code = New();
        int created = await database.WriteAsync(
            async connection =>
            {
                await ForgetCodesAsync(connection, cancel);
                return await connection.ExecuteAsync(sql, cancel, Secret.Hash(code.Text), code.ExpiresAt, asker);
            },
            cancel);
        return created > 0 ? code : null;
    }

    private NewCode New() => new(Secret.New(), clock.GetUtcNow() + CodeLifetime);

    private async ValueTask ForgetCodesAsync(Connection connection, CancellationToken cancel) =>
        await connection.ExecuteAsync("DELETE FROM sign_in_codes WHERE expires_at <= $1", cancel, clock.GetUtcNow());

    private static KnownCode? Map(Row row) => row.NumberOrNull(0) is { } account ? new KnownCode(account, row.NumberOrNull(1) is null ? null : row.TextOrNull(2)) : null;
}

/// <summary>A code at the only moment at which it is known.</summary>
public sealed record NewCode(string Text, DateTimeOffset ExpiresAt);

/// <summary>What a code is for.</summary>
/// <param name="AccountId">Whom it lets in, or whose address it confirms.</param>
/// <param name="NewEmail">The address that it confirms, and nothing else; null for a code that lets somebody in.</param>
public sealed record KnownCode(long AccountId, string? NewEmail);

/// <summary>Whose cookie it is, and until when.</summary>
public sealed record KnownSignIn(long Id, long AccountId, DateTimeOffset ExpiresAt);

/// <summary>A browser as the owner of the account sees it.</summary>
/// <param name="Id">For signing it out.</param>
/// <param name="Browser">What it calls itself.</param>
/// <param name="CreatedAt">When it signed in.</param>
/// <param name="ExpiresAt">When it has to again.</param>
public sealed record SignIn(long Id, string Browser, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
