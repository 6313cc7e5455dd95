using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Accounts;

/// <summary>The accounts' rows. An address stands there only once it was proved to be the account's; access never asks for it.</summary>
public sealed class AccountStore(Database database)
{
    private const string Columns = "id, name, email, created_at";

    public async ValueTask<Account> GetAsync(long id, CancellationToken cancel) => (await database.ReadAsync(
        connection => connection.FirstAsync($"SELECT {Columns} FROM accounts WHERE id = $1", Map, cancel, id), cancel))!;

    /// <summary>The account that has an address; null for none.</summary>
    public static ValueTask<Account?> FindAsync(Connection connection, string email, CancellationToken cancel) =>
        connection.FirstAsync($"SELECT {Columns} FROM accounts WHERE email = $1", Map, cancel, email);

    /// <summary>What an account is called, as a write sees it.</summary>
    public static async ValueTask<string> NameAsync(Connection connection, long id, CancellationToken cancel) =>
        await connection.FirstAsync("SELECT name FROM accounts WHERE id = $1", row => row.Text(0), cancel, id) ?? "";

    /// <summary>Makes an account in a write.</summary>
    /// <param name="connection">The write.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="email">Its address, when that is proved and nobody else's; null for none.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancel">Gives it up.</param>
    public static async ValueTask<Account> CreateAsync(Connection connection, string name, string? email, DateTimeOffset now, CancellationToken cancel) =>
        (await connection.FirstAsync(
            $"INSERT INTO accounts (name, email, created_at) VALUES ($1, $2, $3) RETURNING {Columns}", Map, cancel, Field.Clean(name), email, now))!;

    private static Account Map(Row row) => new(row.Number(0), row.Text(1), row.TextOrNull(2), row.Time(3));
}

/// <param name="Id">By which sessions know their members.</param>
/// <param name="Name">What its owner calls themselves: other people's words to everybody else.</param>
/// <param name="Email">The address that is proved to be its owner's; null for none.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Account(long Id, string Name, string? Email, DateTimeOffset CreatedAt);
