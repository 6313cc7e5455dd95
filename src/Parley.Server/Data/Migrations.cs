namespace Parley.Server.Data;

/// <summary>
/// Brings a database's schema up to date: the numbered scripts beside this file, those of the database's own folder among them, each once
/// and all of them or none. Servers that start together wait for each other.
/// </summary>
public static class Migrations
{
    private const string Prefix = "Parley.Server.Data.Migrations.";

    /// <exception cref="StartupException">A newer Parley has been here.</exception>
    public static ValueTask<int> ApplyAsync(Database database, CancellationToken cancel = default) => database.WriteAsync(
        async connection =>
        {
            await connection.LockSchemaAsync(cancel);
            await connection.RunScriptAsync("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)", cancel);
            long applied = await connection.FirstAsync("SELECT coalesce(max(number), 0) FROM schema_migrations", row => row.Number(0), cancel);
            List<Script> scripts = Scripts(database.Dialect);
            if (applied > scripts[^1].Number)
                throw new StartupException($"The database is from a newer Parley (schema {applied}, this one knows {scripts[^1].Number}): update Parley.");
            foreach (Script script in scripts.Where(s => s.Number > applied))
                await ApplyAsync(connection, script, cancel);
            return scripts.Count(s => s.Number > applied);
        },
        cancel);

    private static async Task ApplyAsync(Connection connection, Script script, CancellationToken cancel)
    {
        using var text = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(script.Resource)!);
        await connection.RunScriptAsync(await text.ReadToEndAsync(cancel), cancel);
        await connection.ExecuteAsync("INSERT INTO schema_migrations (number, name) VALUES ($1, $2)", cancel, script.Number, script.Name);
    }

    // A script stands in the folder itself, for every kind of database, or in the folder of one kind: "sqlite.001_sessions.sql".
    private static List<Script> Scripts(string dialect) =>
        [.. from resource in typeof(Migrations).Assembly.GetManifestResourceNames()
            where resource.StartsWith(Prefix, StringComparison.Ordinal)
            let path = resource[Prefix.Length..].Split('.')
            where path is [_, "sql"] || (path is [var folder, _, "sql"] && folder == dialect)
            let name = path[^2]
            orderby name
            select new Script(int.Parse(name.Split('_')[0], null), name, resource)];

    private sealed record Script(int Number, string Name, string Resource);
}
