using System.Data.Common;
using Microsoft.Data.Sqlite;
using Parley.Core.Sessions;
using SQLitePCL;

namespace Parley.Server.Data;

/// <summary>A connection to SQLite. Its calls never wait for anything but the disc, so they run where they are called.</summary>
internal sealed class SqliteLink(SqliteConnection connection) : Connection, IDisposable
{
    /// <summary>How times are stored: <see cref="JsonText.Timestamp"/>.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    public bool IsInTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    public void Execute(string sql) => Prepare(sql, []).ExecuteNonQuery();

    public void RunScript(string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public override ValueTask RunScriptAsync(string sql, CancellationToken cancel)
    {
        RunScript(sql);
        return ValueTask.CompletedTask;
    }

    // A write transaction is the lock.
    public override ValueTask LockSchemaAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    public override async ValueTask InsertAsync(string table, string[] columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancel)
    {
        string sql = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})";
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement), connection.Handle);
        using (statement)
        {
            await foreach (object?[] row in rows.WithCancellation(cancel))
            {
                for (int i = 0; i < row.Length; i++)
                    Bind(statement, i + 1, row[i]);
                if (raw.sqlite3_step(statement) != raw.SQLITE_DONE)
                    SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(connection.Handle), connection.Handle);
                raw.sqlite3_reset(statement);
            }
        }
    }

    protected override DbCommand Prepare(string sql, object?[] arguments)
    {
        if (!_prepared.TryGetValue(sql, out SqliteCommand? command))
            _prepared.Add(sql, command = Create(sql, arguments.Length));
        for (int i = 0; i < arguments.Length; i++)
            command.Parameters[i].Value = arguments[i] is DateTimeOffset time ? JsonText.Timestamp(time) : arguments[i] ?? DBNull.Value;
        return command;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared.Values)
            command.Dispose();
        connection.Dispose();
    }

    private SqliteCommand Create(string sql, int arguments)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 1; i <= arguments; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        return command;
    }

    private static void Bind(sqlite3_stmt statement, int index, object? value)
    {
        int result = value switch
        {
            null => raw.sqlite3_bind_null(statement, index),
            string text => raw.sqlite3_bind_text(statement, index, text),
            // An empty span has no address and would become NULL.
            Utf8Text { Bytes.IsEmpty: true } => raw.sqlite3_bind_text(statement, index, ""),
            Utf8Text text => raw.sqlite3_bind_text(statement, index, text.Bytes.Span),
            ReadOnlyMemory<byte> { IsEmpty: true } => raw.sqlite3_bind_zeroblob(statement, index, 0),
            ReadOnlyMemory<byte> bytes => raw.sqlite3_bind_blob(statement, index, bytes.Span),
            DateTimeOffset time => raw.sqlite3_bind_text(statement, index, JsonText.Timestamp(time)),
            bool flag => raw.sqlite3_bind_int(statement, index, flag ? 1 : 0),
            _ => raw.sqlite3_bind_int64(statement, index, Convert.ToInt64(value, null)),
        };
        if (result != raw.SQLITE_OK)
            throw new InvalidOperationException($"SQLite does not take argument {index} (error {result}).");
    }
}
