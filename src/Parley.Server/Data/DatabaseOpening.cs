using Parley.Server.Hosting;

namespace Parley.Server.Data;

/// <summary>Opens the database that the options name.</summary>
public static class DatabaseOpening
{
    /// <exception cref="StartupException">It can't be opened.</exception>
    public static Database Open(ServerOptions options, Metrics metrics) => options.Postgres is { } settings
        ? new PostgresDatabase(settings, metrics)
        : new SqliteDatabase(options.DatabasePath, metrics);
}
