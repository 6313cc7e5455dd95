namespace Parley.Server.Tests.Fixtures;

/// <summary>A kind of database to run a suite on.</summary>
public interface ITestDatabase
{
    /// <summary>The environment variables that name a new, empty database.</summary>
    /// <param name="folder">A folder of the test's own.</param>
    Task<Dictionary<string, string>> CreateAsync(string folder);
}

public sealed class Sqlite : ITestDatabase
{
    public Task<Dictionary<string, string>> CreateAsync(string folder) =>
        Task.FromResult(new Dictionary<string, string> { ["DATABASE_PATH"] = Path.Combine(folder, "sessions.db") });
}

public sealed class Postgres : ITestDatabase
{
    public async Task<Dictionary<string, string>> CreateAsync(string folder) =>
        new() { ["DATABASE_URL"] = await PostgresCluster.CreateDatabaseAsync() };
}
