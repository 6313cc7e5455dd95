using System.Diagnostics;
using Npgsql;

namespace Parley.Server.Tests.Fixtures;

/// <summary>A PostgreSQL of a test's own: private, on a Unix socket in a temporary folder, without fsync.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // PostgreSQL refuses to run as root.
    private static readonly string[] AsUser = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];

    private readonly string _folder;

    private PostgresServer(string folder) => _folder = folder;

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("parley-pg-").FullName);
        if (AsUser.Length > 0)
            await RunAsync("chown", "postgres", server._folder);
        await RunAsync([.. AsUser, Tool("initdb"), "-D", $"{server._folder}/data", "-U", "parley", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A new, empty database as a DATABASE_URL.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await using var connection = new NpgsqlConnection($"Host={_folder};Username=parley;Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return $"postgres://parley@localhost/{name}?host={Uri.EscapeDataString(_folder)}";
    }

    /// <summary>Kills it as a whole, as when its memory is taken away, and waits until nothing of it is left.</summary>
    public async Task KillAsync()
    {
        int id = int.Parse(File.ReadLines($"{_folder}/data/postmaster.pid").First(), null);
        using Process master = Process.GetProcessById(id);
        int[] all = [id, .. ChildrenOf(id)];
        master.Kill();
        foreach (int child in all[1..])
            Kill(child);
        await Eventually.TrueAsync(() => Task.FromResult(!Array.Exists(all, IsAlive)));
        // Nobody may have taken note of its end, and then it seems to be there still.
        File.Delete($"{_folder}/data/postmaster.pid");
        foreach (string file in Directory.EnumerateFiles(_folder, ".s.PGSQL*"))
            File.Delete(file);
    }

    public Task StartAgainAsync()
    {
        string settings = $"-c listen_addresses= -c unix_socket_directories={_folder} -c fsync=off -c full_page_writes=off -c max_connections=200";
        return RunAsync([.. AsUser, Tool("pg_ctl"), "-D", $"{_folder}/data", "-l", $"{_folder}/log", "-o", settings, "-w", "start"]);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync([.. AsUser, Tool("pg_ctl"), "-D", $"{_folder}/data", "-m", "immediate", "stop"]);
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<int> ChildrenOf(int parent) =>
        from folder in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), out _)
        let stat = Stat(folder)
        where stat.Length > 1 && stat[1] == $"{parent}"
        select int.Parse(Path.GetFileName(folder), null);

    private static bool IsAlive(int id) => Stat($"/proc/{id}") is [not "Z", ..];

    // The state and the parent: what stands behind the name, which may hold anything.
    private static string[] Stat(string folder)
    {
        try
        {
            string stat = File.ReadAllText($"{folder}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[..2];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
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
}
