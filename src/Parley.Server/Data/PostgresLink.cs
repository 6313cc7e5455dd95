using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Parley.Server.Data;

/// <summary>A connection to PostgreSQL, borrowed from Npgsql's pool.</summary>
internal sealed class PostgresLink(NpgsqlConnection connection) : Connection, IAsyncDisposable
{
    // Any number will do that nothing else in this database locks.
    private const long SchemaLock = 0x7061726c6579;

    public ValueTask<NpgsqlTransaction> BeginAsync(CancellationToken cancel) => connection.BeginTransactionAsync(cancel);

    public override async ValueTask RunScriptAsync(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public override async ValueTask LockSchemaAsync(CancellationToken cancel) =>
        await ExecuteAsync("SELECT pg_advisory_xact_lock($1)", cancel, SchemaLock);

    public override async ValueTask InsertAsync(string table, string[] columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancel)
    {
        await using NpgsqlBinaryImporter importer =
            await connection.BeginBinaryImportAsync($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)", cancel);
        await foreach (object?[] row in rows.WithCancellation(cancel))
        {
            await importer.StartRowAsync(cancel);
            foreach (object? value in row)
                await WriteAsync(importer, value, cancel);
        }
        await importer.CompleteAsync(cancel);
    }

    protected override DbCommand Prepare(string sql, object?[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object? argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument ?? DBNull.Value });
        return command;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static Task WriteAsync(NpgsqlBinaryImporter importer, object? value, CancellationToken cancel) => value switch
    {
        null => importer.WriteNullAsync(cancel),
        string text => importer.WriteAsync(text, NpgsqlDbType.Text, cancel),
        Utf8Text text => importer.WriteAsync(text.Bytes, NpgsqlDbType.Text, cancel),
        ReadOnlyMemory<byte> bytes => importer.WriteAsync(bytes, NpgsqlDbType.Bytea, cancel),
        DateTimeOffset time => importer.WriteAsync(time, NpgsqlDbType.TimestampTz, cancel),
        bool flag => importer.WriteAsync(flag, NpgsqlDbType.Boolean, cancel),
        _ => importer.WriteAsync(Convert.ToInt64(value, null), NpgsqlDbType.Bigint, cancel),
    };
}
