using System.Net.Http.Headers;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Promoting;

public sealed class PromotionCrashesOnSqlite : PromotionCrashTests<Sqlite>;

public sealed class PromotionCrashesOnPostgres : PromotionCrashTests<Postgres>;

/// <summary>The server's process is killed while it promotes a session, a little later each time.</summary>
public abstract class PromotionCrashTests<TDatabase> : IDisposable where TDatabase : ITestDatabase, new()
{
    /// <summary>How many steps are seen before the server is killed; the last one is in the middle of the answer.</summary>
    private const int Phases = 6;

    private const int People = 40;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-crash-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_kill_leaves_all_of_it_or_nothing_and_repeating_it_does_the_rest()
    {
        Dictionary<string, string> environment = new(await new TDatabase().CreateAsync(Path.Combine(_folder.FullName, "db")))
        {
            ["PARLEY_LOG"] = "off",
            ["PARLEY_REQUESTS_PER_KEY"] = "0",
        };
        List<string> ids = [];
        for (int phase = 0; phase < Phases; phase++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, environment);
            using HttpClient owner = Owner(server);
            ids.Add(await ShareAsync(owner));
            await PromoteAndKillAsync(owner, ids[^1], server, phase);
        }

        await using ServerProcess last = await ServerProcess.StartAsync(_folder.FullName, environment);
        using HttpClient again = Owner(last);
        foreach (string id in ids)
        {
            bool isOpen = (await again.JsonAsync($"/api/sessions/{id}")).TryGetProperty("workspace", out _);
            JsonElement answer = await again.PromotedAsync(id, Request);
            int already = answer.Outcomes().Count(outcome => outcome.EndsWith("alreadyInvited", StringComparison.Ordinal));
            Assert.Equal(isOpen ? People : 0, already);
            Assert.Equal(!isOpen, answer.Steps().Contains("routed"));
        }
    }

    private static object Request => new { recipients = Enumerable.Range(0, People).Select(n => $"p{n}@example.org"), mode = "multiplayer" };

    // Reads the events until so many steps are there, and then kills the server; before the first, with the request on its way.
    private static async Task PromoteAndKillAsync(HttpClient owner, string id, ServerProcess server, int steps)
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
        await server.KillAsync();
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<string> ShareAsync(HttpClient owner)
    {
        using HttpResponseMessage answer = await owner.PostAsync("/api/sessions?private=true", Bundles.Content(Bundles.Of([Bundles.Prompt("one")])));
        return (await answer.JsonAsync()).Text("shareId");
    }

    private HttpClient Owner(ServerProcess server) => new()
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Bearer", new CredentialsFile(Path.Combine(_folder.FullName, "credentials.json")).FindKey(server.Address.ToString())),
        },
    };
}
