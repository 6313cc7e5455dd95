using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Turns;

/// <summary>
/// The server, the runner and the database are killed while a turn runs: when the model is called, when it has asked for a tool, and when it has
/// answered. Every prompt stands in the log once and is answered once.
/// </summary>
public sealed class TurnCrashTests : IDisposable
{
    /// <summary>When somebody is killed in a turn: at which of its calls of the model, and whether before that is answered.</summary>
    private static readonly (int Call, bool Before)[] Phases = [(1, true), (1, false), (2, true), (2, false)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-turns-");
    private readonly string _token = RandomNumberGenerator.GetHexString(64);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Of_the_server_with_SQLite()
    {
        await using ModelDouble model = await ModelDouble.StartAsync();
        Dictionary<string, string> environment = Environment(model, new() { ["DATABASE_PATH"] = Path.Combine(_folder.FullName, "db", "sessions.db") });
        ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, environment);
        await RunAsync(model, () => server, async () =>
        {
            await server.KillAsync();
            server = await ServerProcess.StartAsync(_folder.FullName, environment);
        });
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Of_a_runner_of_its_own()
    {
        await using ModelDouble model = await ModelDouble.StartAsync();
        Dictionary<string, string> environment = Environment(model, new() { ["DATABASE_PATH"] = Path.Combine(_folder.FullName, "db", "sessions.db") });
        await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, new(environment) { ["PARLEY_ANTHROPIC_API_KEY"] = "" });
        Dictionary<string, string> runners = new(environment) { ["PARLEY_RUNNER_SERVER"] = server.Address.ToString() };
        ServerProcess runner = await ServerProcess.StartRunnerAsync(_folder.FullName, runners);
        await RunAsync(model, () => server, async () =>
        {
            await runner.KillAsync();
            runner = await ServerProcess.StartRunnerAsync(_folder.FullName, runners);
        });
        (int exit, _) = await runner.StopAsync();
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task Of_the_database()
    {
        await using ModelDouble model = await ModelDouble.StartAsync();
        await using PostgresServer database = await PostgresServer.StartAsync();
        Dictionary<string, string> environment = Environment(model, new() { ["DATABASE_URL"] = await database.CreateDatabaseAsync("turns") });
        await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, environment);
        await RunAsync(model, () => server, async () =>
        {
            await database.KillAsync();
            await database.StartAgainAsync();
        });
    }

    private Dictionary<string, string> Environment(ModelDouble model, Dictionary<string, string> database) => new([.. model.Settings, .. database])
    {
        ["PARLEY_LOG"] = "off",
        ["PARLEY_DATA_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["PARLEY_RUNNER_TOKEN"] = _token,
        ["PARLEY_RUNNER_LEASE"] = "3",
        ["PARLEY_REQUESTS_PER_KEY"] = "0",
        ["PARLEY_REQUESTS_PER_ADDRESS"] = "0",
    };

    private async Task RunAsync(ModelDouble model, Func<ServerProcess> server, Func<Task> killAsync)
    {
        using HttpClient setup = Owner(server());
        using HttpResponseMessage upload = await setup.PostAsync("/api/sessions?live=true&private=true", Bundles.Content(Bundles.Of([Bundles.Prompt("Hello.")])));
        string id = (await upload.JsonAsync()).Text("shareId");
        (await setup.PostAsJsonAsync($"/api/sessions/{id}/share", new { mode = "multiplayer" })).EnsureSuccessStatusCode();
        foreach ((int number, (int call, bool before)) in Phases.Index())
        {
            var killed = new TaskCompletionSource();
            Reply[] replies = [Reply.Calls("read_file", new { path = "a" }), Reply.Says($"answer {number}")];
            // What was answered before the kill is asked for again: the model that answers then answers to the end.
            if (before)
                replies[call - 1] = replies[call - 1] with { Gate = killed.Task };
            model.Script(replies);
            int calls = model.Requests.Count, answered = model.Answered;
            await SendAsync(server(), $"/api/sessions/{id}/prompts", new { text = $"prompt {number}", clientId = $"c{number}" });
            await model.CalledAsync(calls + call);
            if (!before)
                await model.AnsweredAsync(answered + call);
            model.ScriptLast(Reply.Says($"answer {number}"));
            await killAsync();
            killed.SetResult();
            await SendAsync(server(), $"/api/sessions/{id}/prompts", new { text = $"prompt {number}", clientId = $"c{number}" });
            await Eventually.TrueAsync(async () => await QueueAsync(server(), id) == 0);
        }
        using HttpClient owner = Owner(server());
        string[] texts = await TextsAsync(owner, id);
        Assert.Equal(Phases.Index().SelectMany(p => (string[])[$"prompt {p.Index}", $"answer {p.Index}"]), texts.Where(t => t.StartsWith("prompt", StringComparison.Ordinal) || t.StartsWith("answer", StringComparison.Ordinal)));
    }

    // Until it is taken, as a browser does.
    private async Task SendAsync(ServerProcess server, string path, object body) => await Eventually.TrueAsync(async () =>
    {
        using HttpClient owner = Owner(server);
        try
        {
            using HttpResponseMessage answer = await owner.PostAsJsonAsync(path, body);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    private async Task<int> QueueAsync(ServerProcess server, string id)
    {
        using HttpClient owner = Owner(server);
        using HttpResponseMessage answer = await owner.GetAsync($"/api/sessions/{id}/turns");
        return answer.IsSuccessStatusCode ? (await answer.JsonAsync()).GetProperty("turns").GetArrayLength() : -1;
    }

    private static async Task<string[]> TextsAsync(HttpClient owner, string id) =>
        [.. (await owner.JsonAsync($"/api/sessions/{id}/messages?limit=200")).GetProperty("messages").EnumerateArray()
            .Select(m => m.GetProperty("blocks")[0]).Select(b => b.TryGetProperty("text", out JsonElement text) ? text.GetString()! : "")];

    private HttpClient Owner(ServerProcess server) => new()
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Bearer", new CredentialsFile(Path.Combine(_folder.FullName, "credentials.json")).FindKey(server.Address.ToString())),
        },
    };
}
