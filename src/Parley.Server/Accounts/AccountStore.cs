using Parley.Server.Data;
using Parley.Server.Mail;

namespace Parley.Server.Accounts;

/// <summary>The accounts' rows. An address stands there only once it was proved to be the account's; access never asks for it.</summary>
public sealed class AccountStore(Database database)
{
    private const string Columns = "id, name, email, created_at, wants_mail";

    /// <summary>The account of a caller.</summary>
    public async ValueTask<Account> GetAsync(long id, CancellationToken cancel) =>
        (await database.ReadAsync(connection => FindAsync(connection, id, cancel), cancel))!;

    /// <summary>The account that has an address; null for none.</summary>
    public static ValueTask<Account?> FindAsync(Connection connection, string email, CancellationToken cancel) =>
        connection.FirstAsync($"SELECT {Columns} FROM accounts WHERE email = $1", Map, cancel, email);

    public static ValueTask<Account?> FindAsync(Connection connection, long id, CancellationToken cancel) =>
        connection.FirstAsync($"SELECT {Columns} FROM accounts WHERE id = $1", Map, cancel, id);

    /// <summary>The account that is bound to somebody at the OpenID provider; null for none.</summary>
    public static ValueTask<Account?> FindBySubjectAsync(Connection connection, string subject, CancellationToken cancel) =>
        connection.FirstAsync($"SELECT {Columns} FROM accounts WHERE subject = $1", Map, cancel, subject);

    /// <summary>Binds an account to somebody at the OpenID provider, in a write; false when it is bound already.</summary>
    public static async ValueTask<bool> BindAsync(Connection connection, long id, string subject, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE accounts SET subject = $2 WHERE id = $1 AND subject IS NULL", cancel, id, subject) > 0;

    /// <summary>What an account is called, as a write sees it.</summary>
    public static async ValueTask<string> NameAsync(Connection connection, long id, CancellationToken cancel) =>
        await connection.FirstAsync("SELECT name FROM accounts WHERE id = $1", row => row.Text(0), cancel, id) ?? "";

    /// <summary>The account that has an address that was proved to be the caller's, made where there is none, in a write.</summary>
    public static async ValueTask<Account> FindOrCreateAsync(Connection connection, string email, string name, DateTimeOffset now, CancellationToken cancel)
    {
        // Another write may make it at the same time.
        await connection.ExecuteAsync("INSERT INTO accounts (name, email, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", cancel, Clean(name), email, now);
        return (await FindAsync(connection, email, cancel))!;
    }

    /// <summary>Makes an account without an address, in a write.</summary>
    public static async ValueTask<Account> CreateAsync(Connection connection, string name, DateTimeOffset now, CancellationToken cancel) =>
        (await connection.FirstAsync($"INSERT INTO accounts (name, created_at) VALUES ($1, $2) RETURNING {Columns}", Map, cancel, Clean(name), now))!;

    public async ValueTask RenameAsync(long id, string name, CancellationToken cancel) => await database.WriteAsync(
        connection => connection.ExecuteAsync("UPDATE accounts SET name = $2 WHERE id = $1", cancel, id, Clean(name)), cancel);

    /// <summary>Says whether an account is mailed what it misses.</summary>
    public async ValueTask WantMailAsync(long id, bool wants, CancellationToken cancel) => await database.WriteAsync(
        connection => connection.ExecuteAsync("UPDATE accounts SET wants_mail = $2 WHERE id = $1", cancel, id, wants), cancel);

    /// <summary>Gives an account an address that was proved to be its own, in a write; false when another account has it.</summary>
    public static async ValueTask<bool> SetEmailAsync(Connection connection, long id, string email, CancellationToken cancel) => await connection.ExecuteAsync(
        "UPDATE accounts SET email = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE email = $2 AND id <> $1)", cancel, id, email) > 0;

    // One line, since it stands in mails and lists.
    private static string Clean(string name) => MailTexts.Line(name) is { Length: > 0 } line ? line : "Somebody";

    private static Account Map(Row row) => new(row.Number(0), row.Text(1), row.TextOrNull(2), row.Time(3), row.Flag(4));
}

/// <param name="Id">By which sessions know their members.</param>
/// <param name="Name">What its owner calls themselves: other people's words to everybody else.</param>
/// <param name="Email">The address that is proved to be its owner's; null for none.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="WantsMail">Whether they are mailed what they miss.</param>
public sealed record Account(long Id, string Name, string? Email, DateTimeOffset CreatedAt, bool WantsMail);
