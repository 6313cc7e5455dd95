using Npgsql;
using Parley.Server.Hosting;

namespace Parley.Server.Data;

/// <summary>PostgreSQL through Npgsql's pool; statements are prepared on their second use of a connection.</summary>
public sealed class PostgresDatabase : Database
{
    private readonly NpgsqlDataSource _source;
    private readonly string _place;
    private Version? _version;

    public PostgresDatabase(NpgsqlConnectionStringBuilder settings, Metrics metrics) : base(metrics)
    {
        settings.MaxAutoPrepare = 50;
        settings.AutoPrepareMinUsages = 2;
        settings.ApplicationName ??= "parley";
        // So that a listener notices that its connection is gone.
        settings.KeepAlive = 15;
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        _place = $"{settings.Database} on {settings.Host}";
    }

    /// <summary>With the server's version once it has been reached.</summary>
    public override string Description => _version is { } version ? $"PostgreSQL {version}, {_place}" : $"PostgreSQL, {_place}";

    public override string Dialect => "postgres";

    /// <summary>Sends payloads of at most 7,999 bytes to whoever listens to a channel, in their order.</summary>
    public async Task NotifyAsync(string channel, IReadOnlyList<string> payloads, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        foreach (string payload in payloads)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_notify($1, $2)")
            {
                Parameters = { new NpgsqlParameter { Value = channel }, new NpgsqlParameter { Value = payload } },
            });
        }
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Listens to a channel on a connection of its own until that breaks, which is thrown, or until it is cancelled.</summary>
    /// <param name="channel">A name that needs no quotes.</param>
    /// <param name="listening">Called when nothing that is sent from now on will be missed.</param>
    /// <param name="heard">Called with every payload.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task ListenAsync(string channel, Action listening, Action<string> heard, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancel);
        connection.Notification += (_, notification) => heard(notification.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {channel}", connection))
            await listen.ExecuteNonQueryAsync(cancel);
        listening();
        while (true)
            await connection.WaitAsync(cancel);
    }

    protected override async ValueTask<Connection> RentReaderAsync(CancellationToken cancel) =>
        new PostgresLink(await OpenAsync(cancel));

    protected override ValueTask ReturnReaderAsync(Connection connection) => ((PostgresLink)connection).DisposeAsync();

    protected override async ValueTask<T> InTransactionAsync<T>(Func<Connection, ValueTask<T>> write, CancellationToken cancel)
    {
        await using var link = new PostgresLink(await OpenAsync(cancel));
        await using NpgsqlTransaction transaction = await link.BeginAsync(cancel);
        T result = await write(link);
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancel);
        _version ??= connection.PostgreSqlVersion;
        return connection;
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
