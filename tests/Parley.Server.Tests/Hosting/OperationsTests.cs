using System.Text.Json;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Hosting;

public sealed class OperationsOnSqlite(ServerFixture<Sqlite> fixture) : OperationsTests<Sqlite>(fixture);

public sealed class OperationsOnPostgres(ServerFixture<Postgres> fixture) : OperationsTests<Postgres>(fixture);

public abstract class OperationsTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_server_that_works_is_alive_and_ready()
    {
        Assert.Equal("alive", await Server.Anyone.GetStringAsync("/healthz"));
        Assert.Equal("ready", await Server.Anyone.GetStringAsync("/readyz"));
    }

    [Fact]
    public void It_says_where_it_listens_and_on_what() =>
        Assert.Matches(@"^Parley listens on http://localhost:\d+ \((SQLite \d+\.\d+\.\d+, .*sessions\.db|PostgreSQL \d.*, test_\d+ on .*)\)$", Server.ReadyLine);

    [Fact]
    public async Task Requests_entries_and_database_time_are_counted_without_naming_a_session()
    {
        string id = await Server.ShareAsync("one", "two");
        await Server.Anyone.TextsAsync(id);

        string metrics = await Server.Anyone.GetStringAsync("/metrics");

        Assert.Contains("parley_http_requests_total{method=\"GET\",route=\"/api/sessions/{id}/messages\",status=\"200\"} ", metrics, StringComparison.Ordinal);
        Assert.Matches("parley_entries_appended_total [1-9]", metrics);
        Assert.Contains("parley_live_streams 0", metrics, StringComparison.Ordinal);
        Assert.Matches("parley_database_seconds_count\\{kind=\"write\"\\} [1-9]", metrics);
        Assert.DoesNotContain(id, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        JsonElement api = await Server.Anyone.JsonAsync("/openapi/v1.json");

        IEnumerable<string> routes = api.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Superset(
            new HashSet<string>
            {
                "POST /api/sessions", "GET /api/sessions", "GET /api/sessions/{id}", "PATCH /api/sessions/{id}", "DELETE /api/sessions/{id}",
                "GET /api/sessions/{id}/messages", "GET /api/sessions/{id}/bundle", "GET /api/keys", "POST /api/keys", "DELETE /api/keys/{keyId}",
                "GET /healthz", "GET /readyz", "GET /metrics",
            },
            routes.ToHashSet());
    }

    [Fact]
    public async Task Json_is_compressed_for_those_who_ask()
    {
        string id = await Server.ShareAsync(new string('x', 10_000));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/sessions/{id}/messages") { Headers = { { "Accept-Encoding", "br" } } };

        using HttpResponseMessage answer = await Server.Anyone.SendAsync(request);

        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 1, 2000);
    }
}
