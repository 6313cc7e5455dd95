using Npgsql;
using Parley.Server.Hosting;

namespace Parley.Server.Data;

/// <summary>PostgreSQL through Npgsql's pool; statements are prepared on their second use of a connection.</summary>
public sealed class PostgresDatabase : Database
{
    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(NpgsqlConnectionStringBuilder settings, Metrics metrics) : base(metrics)
    {
        settings.MaxAutoPrepare = 50;
        settings.AutoPrepareMinUsages = 2;
        settings.ApplicationName ??= "parley";
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        Description = $"PostgreSQL, {settings.Database} on {settings.Host}";
    }

    public override string Description { get; }

    public override string Dialect => "postgres";

    protected override async ValueTask<Connection> RentReaderAsync(CancellationToken cancel) =>
        new PostgresLink(await _source.OpenConnectionAsync(cancel));

    protected override ValueTask ReturnReaderAsync(Connection connection) => ((PostgresLink)connection).DisposeAsync();

    protected override async ValueTask<T> InTransactionAsync<T>(Func<Connection, ValueTask<T>> write, CancellationToken cancel)
    {
        await using var link = new PostgresLink(await _source.OpenConnectionAsync(cancel));
        await using NpgsqlTransaction transaction = await link.BeginAsync(cancel);
        T result = await write(link);
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
