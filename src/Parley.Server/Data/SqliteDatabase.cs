using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Parley.Core.Credentials;
using Parley.Server.Hosting;

namespace Parley.Server.Data;

/// <summary>SQLite in WAL mode: one writer behind a gate, and read-only connections in a pool.</summary>
public sealed class SqliteDatabase : Database
{
    private readonly string _path;
    private readonly SqliteLink _writer;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentStack<SqliteLink> _readers = [];

    /// <summary>Opens the file, made with its folder where they are missing, for their owner alone.</summary>
    /// <exception cref="StartupException">The file can't be opened.</exception>
    public SqliteDatabase(string path, Metrics metrics) : base(metrics)
    {
        _path = path;
        Description = $"SQLite {SqliteLibrary.Version}, {path}";
        try
        {
            CreateFile(path);
            _writer = Open(SqliteOpenMode.ReadWrite, WriterPragmas);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The database {path} can't be opened: {e.Message}", e);
        }
    }

    // secure_delete: what was deleted is overwritten. journal_size_limit: the log of a large upload does not stay that large.
    private const string WriterPragmas =
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA foreign_keys = ON;
        PRAGMA secure_delete = ON;
        PRAGMA busy_timeout = 10000;
        PRAGMA cache_size = -4000;
        PRAGMA journal_size_limit = 16777216;
        """;

    private const string ReaderPragmas = "PRAGMA busy_timeout = 10000;";

    public override string Description { get; }

    public override string Dialect => "sqlite";

    public override async ValueTask ForgetDeletedAsync(CancellationToken cancel = default)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            _writer.RunScript("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        finally
        {
            _gate.Release();
        }
    }

    protected override ValueTask<Connection> RentReaderAsync(CancellationToken cancel) =>
        new(_readers.TryPop(out SqliteLink? idle) ? idle : Open(SqliteOpenMode.ReadOnly, ReaderPragmas));

    protected override ValueTask ReturnReaderAsync(Connection connection)
    {
        _readers.Push((SqliteLink)connection);
        return ValueTask.CompletedTask;
    }

    protected override async ValueTask<T> InTransactionAsync<T>(Func<Connection, ValueTask<T>> write, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            T result = await write(_writer);
            _writer.Execute("COMMIT");
            return result;
        }
        catch when (_writer.IsInTransaction)
        {
            _writer.Execute("ROLLBACK");
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        foreach (SqliteLink reader in _readers)
            reader.Dispose();
        _writer.Dispose();
        _gate.Dispose();
    }

    private static void CreateFile(string path)
    {
        if (File.Exists(path))
            return;
        PrivateFile.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        PrivateFile.Open(path, new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite }).Dispose();
    }

    private SqliteLink Open(SqliteOpenMode mode, string pragmas)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode };
        var connection = new SqliteConnection(settings.ConnectionString);
        connection.Open();
        var link = new SqliteLink(connection);
        link.RunScript(pragmas);
        return link;
    }
}
