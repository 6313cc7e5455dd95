using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Promoting;

/// <summary>The server or the database is killed while a session is promoted, a little later each time. All of it holds then, or nothing, and repeating it does the rest.</summary>
public sealed class PromotionCrashTests : IDisposable
{
    /// <summary>How many steps are seen before the kill; the last one is in the middle of the answer.</summary>
    private const int Phases = 6;

    private const int People = 40;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-crash-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Of_the_server_with_SQLite() => await KillServerAsync(new() { ["DATABASE_PATH"] = Path.Combine(_folder.FullName, "db", "sessions.db") });

    [Fact]
    public async Task Of_the_server_with_PostgreSQL() => await KillServerAsync(new() { ["DATABASE_URL"] = await PostgresCluster.CreateDatabaseAsync() });

    [Fact]
    public async Task Of_the_database()
    {
        await using PostgresServer database = await PostgresServer.StartAsync();
        Dictionary<string, string> environment = Environment(new() { ["DATABASE_URL"] = await database.CreateDatabaseAsync("promotions") });
        await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, environment);
        using HttpClient owner = Owner(server);
        List<string> ids = [];
        for (int phase = 0; phase < Phases; phase++)
        {
            // A connection that broke is noticed when it is used.
            await Eventually.TrueAsync(async () => (await owner.GetAsync("/readyz")).IsSuccessStatusCode);
            ids.Add(await ShareAsync(owner));
            await PromoteAndKillAsync(owner, ids[^1], database.KillAsync, phase);
            await database.StartAgainAsync();
        }
        await Eventually.TrueAsync(async () => (await owner.GetAsync("/readyz")).IsSuccessStatusCode);
        await AssertAllOrNothingAsync(owner, ids);
    }

    private async Task KillServerAsync(Dictionary<string, string> database)
    {
        Dictionary<string, string> environment = Environment(database);
        List<string> ids = [];
        for (int phase = 0; phase < Phases; phase++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, environment);
            using HttpClient owner = Owner(server);
            ids.Add(await ShareAsync(owner));
            await PromoteAndKillAsync(owner, ids[^1], server.KillAsync, phase);
        }
        await using ServerProcess last = await ServerProcess.StartAsync(_folder.FullName, environment);
        using HttpClient again = Owner(last);
        await AssertAllOrNothingAsync(again, ids);
    }

    private static async Task AssertAllOrNothingAsync(HttpClient owner, List<string> ids)
    {
        foreach (string id in ids)
        {
            bool isOpen = (await owner.JsonAsync($"/api/sessions/{id}")).TryGetProperty("workspace", out _);
            JsonElement answer = await owner.PromotedAsync(id, Request);
            int already = answer.Outcomes().Count(outcome => outcome.EndsWith("alreadyInvited", StringComparison.Ordinal));
            Assert.Equal(isOpen ? People : 0, already);
            Assert.Equal(!isOpen, answer.Steps().Contains("routed"));
        }
    }

    private static object Request => new { recipients = Enumerable.Range(0, People).Select(n => $"p{n}@example.org"), mode = "multiplayer" };

    // Reads the events until so many steps are there, and then kills; before the first, with the request on its way.
    private static async Task PromoteAndKillAsync(HttpClient owner, string id, Func<Task> killAsync, int steps)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{id}/share") { Content = Driver.Content(JsonSerializer.Serialize(Request)) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        Task<HttpResponseMessage> asking = owner.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        try
        {
            if (steps > 0)
            {
                using HttpResponseMessage answer = await asking;
                using var events = new StreamReader(await answer.Content.ReadAsStreamAsync());
                for (int seen = 0; seen < steps && await events.ReadLineAsync() is { } line;)
                    seen += line.StartsWith("event: ", StringComparison.Ordinal) ? 1 : 0;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It had no time to say more.
        }
        await killAsync();
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<string> ShareAsync(HttpClient owner)
    {
        using HttpResponseMessage answer = await owner.PostAsync("/api/sessions?private=true", Bundles.Content(Bundles.Of([Bundles.Prompt("one")])));
        return (await answer.JsonAsync()).Text("shareId");
    }

    private static Dictionary<string, string> Environment(Dictionary<string, string> database) => new(database)
    {
        ["PARLEY_LOG"] = "off",
        ["PARLEY_DATA_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["PARLEY_REQUESTS_PER_KEY"] = "0",
    };

    private HttpClient Owner(ServerProcess server) => new()
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Bearer", new CredentialsFile(Path.Combine(_folder.FullName, "credentials.json")).FindKey(server.Address.ToString())),
        },
    };
}
