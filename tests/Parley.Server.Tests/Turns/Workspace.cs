using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Turns;
using Parley.Server.Workspaces;

namespace Parley.Server.Tests.Turns;

/// <summary>An open workspace on a server, its people, and a runner that a test plays.</summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly List<HttpClient> _clients = [];
    private int _prompts;

    private Workspace(RunningServer server, string id)
    {
        (Server, Id) = (server, id);
        Runner = Client(server.Get<RunnerToken>().Text);
    }

    public RunningServer Server { get; }

    public string Id { get; }

    public HttpClient Owner => Server.Owner;

    /// <summary>A client with the runners' token.</summary>
    public HttpClient Runner { get; }

    public static async Task<Workspace> OpenAsync(RunningServer server, params Entry[] entries)
    {
        string id = await server.ShareAsync(entries.Length > 0 ? entries : [Bundles.Prompt("High water is late."), Bundles.Answer("By an hour.")], "?private=true&live=true");
        var workspace = new Workspace(server, id);
        await workspace.SetStateAsync("open");
        return workspace;
    }

    /// <summary>Somebody who joins; what they hold is a key of their own account.</summary>
    public async Task<Member> JoinAsync(string name, MemberRole role)
    {
        long account = await Server.Get<Database>().WriteAsync(
            c => c.FirstAsync("INSERT INTO accounts (name) VALUES ($1) RETURNING id", row => row.Number(0), default, name));
        await GrantAsync(account, role);
        return new Member(account, Client((await Server.Get<KeyStore>().CreateAsync(account, "test")).Key));
    }

    public async Task GrantAsync(long account, MemberRole role) => await Server.Get<Database>().WriteAsync(async c =>
    {
        await MemberStore.PutAsync(c, Id, account, role, Server.Clock.GetUtcNow(), default);
        return true;
    });

    public Task<HttpResponseMessage> SendPromptAsync(string text, HttpClient? by = null, string? clientId = null) =>
        (by ?? Owner).PostAsJsonAsync($"/api/sessions/{Id}/prompts", new { text, clientId = clientId ?? $"c{Interlocked.Increment(ref _prompts)}" });

    /// <summary>Prompts, and gives the turn's id.</summary>
    public async Task<string> PromptAsync(string text, HttpClient? by = null, string? clientId = null)
    {
        using HttpResponseMessage answer = await SendPromptAsync(text, by, clientId);
        Assert.Equal(202, (int)answer.StatusCode);
        return (await answer.JsonAsync()).Text("turnId");
    }

    public Task<JsonElement> TurnsAsync(HttpClient? by = null) => (by ?? Owner).JsonAsync($"/api/sessions/{Id}/turns");

    /// <summary>The queue as <c>state author: text</c>.</summary>
    public async Task<string[]> QueueAsync() =>
        [.. (await TurnsAsync()).GetProperty("turns").EnumerateArray().Select(t => $"{t.Text("state")} {t.Text("author")}: {(t.TryGetProperty("text", out JsonElement text) ? text.GetString() : "")}")];

    public Task<string[]> TextsAsync() => Owner.TextsAsync(Id);

    /// <summary>Takes a turn as a runner, if there is one.</summary>
    public async Task<TakenTurn?> TakeAsync(string runner = "test", int wait = 0, int free = 2, HttpClient? by = null)
    {
        using HttpResponseMessage answer = await (by ?? Runner).PostAsJsonAsync("/api/runner/take", new { runner, free, wait });
        if ((int)answer.StatusCode == 204)
            return null;
        Assert.Equal(200, (int)answer.StatusCode);
        return new TakenTurn(by ?? Runner, await answer.JsonAsync());
    }

    public async Task SetStateAsync(string state) =>
        await Server.Get<Database>().WriteAsync(c => c.ExecuteAsync("UPDATE sessions SET workspace = $2 WHERE share_id = $1", default, Id, state));

    /// <summary>Closes it, so that runners of other tests find nothing here.</summary>
    public async ValueTask DisposeAsync()
    {
        await SetStateAsync("closed");
        _clients.ForEach(client => client.Dispose());
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(Server.Address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        _clients.Add(client);
        return client;
    }
}

public sealed record Member(long AccountId, HttpClient Client);

/// <summary>A turn that a runner of a test holds.</summary>
public sealed record TakenTurn(HttpClient Runner, JsonElement Json)
{
    public string Id => Json.Text("turnId");

    public string Lease => Json.Text("lease");

    public Task<HttpResponseMessage> AppendAsync(long step, params Entry[] entries) => SendAsync("steps", StepBody(step, null, null, entries));

    public Task<HttpResponseMessage> FinishAsync(long step, string outcome = "answered", string? reason = null, params Entry[] entries) =>
        SendAsync("finish", StepBody(step, outcome, reason, entries));

    /// <summary>Answers, and asserts that it was taken.</summary>
    public async Task AnswerAsync(string text)
    {
        using HttpResponseMessage answer = await FinishAsync(Json.Number("step") + 1, entries: Bundles.Answer(text));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    public Task<HttpResponseMessage> RenewAsync(int wait = 0) => SendAsync($"renew?wait={wait}", null);

    public Task<HttpResponseMessage> SayAsync(string text) => SendAsync("deltas", JsonSerializer.Serialize(new { text }));

    public Task<HttpResponseMessage> StatusAsync(string? text) => SendAsync("status", JsonSerializer.Serialize(new { text }));

    public Task<HttpResponseMessage> GiveBackAsync() => SendAsync("give-back", null);

    public async Task<string[]> EntriesAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runner/turns/{Id}/entries") { Headers = { { RunnerApi.LeaseHeader, Lease } } };
        using HttpResponseMessage answer = await Runner.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task<HttpResponseMessage> SendAsync(string route, string? json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/runner/turns/{Id}/{route}")
        {
            Headers = { { RunnerApi.LeaseHeader, Lease } },
            Content = json is null ? null : Driver.Content(json),
        };
        return await Runner.SendAsync(request);
    }

    private static string StepBody(long step, string? outcome, string? reason, Entry[] entries) => JsonSerializer.Serialize(new
    {
        step,
        model = "model-1",
        usage = new { input = 1000, output = 100 },
        outcome,
        reason,
        entries = entries.Select(e => JsonSerializer.Deserialize<JsonElement>(Driver.Json(e))),
    });
}
