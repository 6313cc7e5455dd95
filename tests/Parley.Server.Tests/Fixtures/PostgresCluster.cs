using Parley.Server.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(PostgresCluster.Shutdown))]

namespace Parley.Server.Tests.Fixtures;

/// <summary>
/// The PostgreSQL of this run. It starts when the first test asks for a database and ends with the run.
/// </summary>
public static class PostgresCluster
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(PostgresServer.StartAsync);

    private static int _databases;

    /// <summary>A new, empty database as a DATABASE_URL.</summary>
    public static async Task<string> CreateDatabaseAsync() => await (await Started.Value).CreateDatabaseAsync($"test_{Interlocked.Increment(ref _databases)}");

    public sealed class Shutdown : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Started.IsValueCreated)
                await (await Started.Value).DisposeAsync();
        }
    }
}
