using System.Diagnostics;
using Parley.Server.Hosting;

namespace Parley.Server.Data;

/// <summary>
/// The one database of a server, SQLite or PostgreSQL. Reads run beside each other; a write is one transaction, kept when it returns and
/// undone when it throws. Statements name their parameters $1, $2, … and run on both.
/// </summary>
public abstract class Database(Metrics metrics) : IAsyncDisposable
{
    /// <summary>What it is and where, for people; without a password.</summary>
    public abstract string Description { get; }

    /// <summary>The folder of the migrations that only this kind of database runs.</summary>
    public abstract string Dialect { get; }

    public async ValueTask<T> ReadAsync<T>(Func<Connection, ValueTask<T>> read, CancellationToken cancel = default)
    {
        long start = Stopwatch.GetTimestamp();
        Connection connection = await RentReaderAsync(cancel);
        try
        {
            return await read(connection);
        }
        finally
        {
            await ReturnReaderAsync(connection);
            metrics.DatabaseRead(Stopwatch.GetElapsedTime(start));
        }
    }

    public async ValueTask<T> WriteAsync<T>(Func<Connection, ValueTask<T>> write, CancellationToken cancel = default)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return await InTransactionAsync(write, cancel);
        }
        finally
        {
            metrics.DatabaseWrite(Stopwatch.GetElapsedTime(start));
        }
    }

    /// <summary>Lets nothing of what was deleted remain in the database's files, where that is in its power.</summary>
    public virtual ValueTask ForgetDeletedAsync(CancellationToken cancel = default) => ValueTask.CompletedTask;

    protected abstract ValueTask<Connection> RentReaderAsync(CancellationToken cancel);

    protected abstract ValueTask ReturnReaderAsync(Connection connection);

    protected abstract ValueTask<T> InTransactionAsync<T>(Func<Connection, ValueTask<T>> write, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}
