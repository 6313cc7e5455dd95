using System.Security.Cryptography;

namespace Parley.Server.Tests.Fixtures;

/// <summary>Two servers on one PostgreSQL, as a fleet has them.</summary>
public sealed class TwoServers : IAsyncLifetime, ITestDatabase
{
    private string _url = "";

    public RunningServer One { get; private set; } = null!;

    public RunningServer Other { get; private set; } = null!;

    /// <summary>The database of both as a DATABASE_URL.</summary>
    public string Database => _url;

    public async ValueTask InitializeAsync()
    {
        _url = await PostgresCluster.CreateDatabaseAsync();
        Dictionary<string, string> settings = new() { ["PARLEY_DATA_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        One = await RunningServer.StartAsync(this, settings);
        Other = await RunningServer.StartAsync(this, settings);
    }

    public Task<Dictionary<string, string>> CreateAsync(string folder) => Task.FromResult(new Dictionary<string, string> { ["DATABASE_URL"] = _url });

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Other.DisposeAsync();
    }
}
