using System.Data.Common;

namespace Parley.Server.Data;

/// <summary>A connection that a read or a write has for itself, with its prepared statements.</summary>
public abstract class Connection
{
    /// <summary>Runs a statement; the number of rows that it changed.</summary>
    public async ValueTask<int> ExecuteAsync(string sql, CancellationToken cancel, params object?[] arguments) =>
        await Prepare(sql, arguments).ExecuteNonQueryAsync(cancel);

    /// <summary>The first row, or default when there is none.</summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<Row, T> map, CancellationToken cancel, params object?[] arguments)
    {
        await using DbDataReader reader = await Prepare(sql, arguments).ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? map(new Row(reader)) : default;
    }

    /// <summary>All rows.</summary>
    public ValueTask<List<T>> ListAsync<T>(string sql, Func<Row, T> map, CancellationToken cancel, params object?[] arguments) =>
        ListWhileAsync(sql, map, _ => true, cancel, arguments);

    /// <summary>The rows up to and including the first one after which no more are wanted.</summary>
    public async ValueTask<List<T>> ListWhileAsync<T>(
        string sql, Func<Row, T> map, Func<T, bool> wantsMore, CancellationToken cancel, params object?[] arguments)
    {
        await using DbDataReader reader = await Prepare(sql, arguments).ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(map(new Row(reader)));
            if (!wantsMore(rows[^1]))
                break;
        }
        return rows;
    }

    /// <summary>Runs a script of several statements.</summary>
    public abstract ValueTask RunScriptAsync(string sql, CancellationToken cancel);

    /// <summary>Waits until no other process changes the schema; lasts until the end of the transaction.</summary>
    public abstract ValueTask LockSchemaAsync(CancellationToken cancel);

    /// <summary>
    /// Inserts many rows the fastest way that the database has. A row holds what <see cref="ExecuteAsync"/> takes, <see cref="Utf8Text"/> and
    /// <see cref="ReadOnlyMemory{Byte}"/>; it may be reused for the next one.
    /// </summary>
    public abstract ValueTask InsertAsync(string table, string[] columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancel);

    /// <summary>The prepared statement with its arguments: string, long, int, bool, <see cref="DateTimeOffset"/>, byte[] or null.</summary>
    protected abstract DbCommand Prepare(string sql, object?[] arguments);
}

/// <summary>Text that is already UTF-8 and goes to the database without becoming a string.</summary>
public readonly record struct Utf8Text(ReadOnlyMemory<byte> Bytes);
