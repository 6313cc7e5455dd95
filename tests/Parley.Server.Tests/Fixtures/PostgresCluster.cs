using System.Diagnostics;
using Npgsql;
using Parley.Server.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(PostgresCluster.Shutdown))]

namespace Parley.Server.Tests.Fixtures;

/// <summary>
/// A PostgreSQL of this run's own: private, on a Unix socket in a temporary folder, without fsync. It starts when the first test asks for a
/// database and ends with the run.
/// </summary>
public static class PostgresCluster
{
    private static readonly Lazy<Task<string>> Started = new(StartAsync);

    // PostgreSQL refuses to run as root.
    private static readonly string[] AsUser = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];

    private static int _databases;

    /// <summary>A new, empty database as a DATABASE_URL.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        string folder = await Started.Value;
        string name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection($"Host={folder};Username=parley;Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return $"postgres://parley@localhost/{name}?host={Uri.EscapeDataString(folder)}";
    }

    private static async Task<string> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("parley-pg-").FullName;
        if (AsUser.Length > 0)
            await RunAsync("chown", "postgres", folder);
        await RunAsync([.. AsUser, Tool("initdb"), "-D", $"{folder}/data", "-U", "parley", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        string settings = $"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off -c max_connections=200";
        await RunAsync([.. AsUser, Tool("pg_ctl"), "-D", $"{folder}/data", "-l", $"{folder}/log", "-o", settings, "-w", "start"]);
        return folder;
    }

    private static string Tool(string name)
    {
        IEnumerable<string> folders = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"These tests need PostgreSQL's {name}: install it (Debian: apt install postgresql).");
    }

    private static async Task RunAsync(params string[] command)
    {
        // The server keeps the streams it was started with: they must not be pipes that somebody waits for.
        var start = new ProcessStartInfo("sh") { ArgumentList = { "-c", "cd / && exec \"$@\" >/dev/null 2>&1 </dev/null", "sh" } };
        foreach (string argument in command)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', command)}' failed with exit code {process.ExitCode}.");
    }

    public sealed class Shutdown : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!Started.IsValueCreated)
                return;
            string folder = await Started.Value;
            await RunAsync([.. AsUser, Tool("pg_ctl"), "-D", $"{folder}/data", "-m", "immediate", "stop"]);
            Directory.Delete(folder, recursive: true);
        }
    }
}
