using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Data;

public sealed class MigrationsOnSqlite : MigrationTests<Sqlite>;

public sealed class MigrationsOnPostgres : MigrationTests<Postgres>
{
    [Fact]
    public async Task Servers_that_start_together_on_an_empty_database_migrate_it_once()
    {
        Dictionary<string, string> environment = await new Postgres().CreateAsync("");
        Database[] servers = [.. Enumerable.Range(0, 6).Select(_ => Open(environment))];

        int[] applied = await Task.WhenAll(servers.Select(s => Migrations.ApplyAsync(s).AsTask()));

        Assert.Single(applied, count => count > 0);
        foreach (Database server in servers)
            await server.DisposeAsync();
    }
}

public abstract class MigrationTests<TDatabase> : IDisposable where TDatabase : ITestDatabase, new()
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-migrations-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_empty_database_gets_every_table_of_the_schema()
    {
        await using Database database = Open(await new TDatabase().CreateAsync(_folder.FullName));

        Assert.True(await Migrations.ApplyAsync(database) > 0);

        foreach (string table in (string[])["sessions", "messages", "api_keys", "accounts"])
            await database.ReadAsync(c => c.ListAsync($"SELECT count(*) FROM {table}", row => row.Number(0), default));
    }

    [Fact]
    public async Task Migrating_twice_changes_nothing()
    {
        Dictionary<string, string> environment = await new TDatabase().CreateAsync(_folder.FullName);
        await using (Database first = Open(environment))
            await Migrations.ApplyAsync(first);

        await using Database second = Open(environment);
        Assert.Equal(0, await Migrations.ApplyAsync(second));
        Assert.Equal(1, await second.ReadAsync(c => c.FirstAsync("SELECT count(*) FROM accounts", row => row.Number(0), default)));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_with_a_sentence()
    {
        await using Database database = Open(await new TDatabase().CreateAsync(_folder.FullName));
        await Migrations.ApplyAsync(database);
        await database.WriteAsync(c => c.ExecuteAsync("INSERT INTO schema_migrations (number, name) VALUES (9999, 'later')", default));

        var refused = await Assert.ThrowsAsync<StartupException>(() => Migrations.ApplyAsync(database).AsTask());

        Assert.Contains("newer Parley (schema 9999", refused.Message, StringComparison.Ordinal);
    }

    protected static Database Open(Dictionary<string, string> environment) =>
        DatabaseOpening.Open(new ServerEnvironment(environment.GetValueOrDefault).Read(), new Metrics());
}
