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
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        _place = $"{settings.Database} on {settings.Host}";
    }

    /// <summary>With the server's version once it has been reached.</summary>
    public override string Description => _version is { } version ? $"PostgreSQL {version}, {_place}" : $"PostgreSQL, {_place}";

    public override string Dialect => "postgres";

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
