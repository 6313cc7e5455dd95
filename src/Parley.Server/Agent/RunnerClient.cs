using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Turns;

namespace Parley.Server.Agent;

/// <summary>
/// A runner's end of the wire (docs/turns.md). What changes a turn is sent again through lost networks and restarts of the server, for as long as the
/// lease may hold: the server takes the same step once.
/// </summary>
public sealed class RunnerClient : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    // Longer than a call of a tool waits for a person, and for a machine after that.
    private static readonly TimeSpan CallPatience = TimeSpan.FromMinutes(8);

    private readonly HttpClient _http, _calls;
    private readonly TimeProvider _clock;

    public RunnerClient(Uri server, string token, TimeProvider clock)
    {
        _clock = clock;
        (_http, _calls) = (Client(server, token), Client(server, token));
        _calls.Timeout = CallPatience;
    }

    /// <summary>The next turn; null when none came.</summary>
    public async Task<RunnerTurn?> TakeAsync(string runner, int free, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync("api/runner/take", new TakeRequest(runner, free, RunnerApi.MaxWait), JsonSerializerOptions.Web, cancel);
        answer.EnsureSuccessStatusCode();
        return answer.StatusCode == HttpStatusCode.NoContent ? null : await answer.Content.ReadFromJsonAsync<RunnerTurn>(cancel);
    }

    public async Task LeaveAsync(string runner, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync("api/runner/leave", new LeaveRequest(runner), JsonSerializerOptions.Web, cancel);
    }

    /// <summary>The conversation's entries with their seqs.</summary>
    public async Task<List<(long Seq, Entry Entry)>> ReadAsync(RunnerTurn turn, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await AskAsync(turn, () => Request(turn, HttpMethod.Get, "entries", null), cancel);
        byte[] lines = await answer.Content.ReadAsByteArrayAsync(cancel);
        List<(long, Entry)> entries = [];
        for (int start = 0, end; start < lines.Length; start = end + 1)
        {
            end = Array.IndexOf(lines, (byte)'\n', start);
            ReadOnlyMemory<byte> line = lines.AsMemory(start, end - start);
            entries.Add((Seq(line), EntryJson.Read(line)));
        }
        return entries;
    }

    /// <summary>Renews the lease and waits until the turn is interrupted, or for a while; whether it is.</summary>
    public async Task<bool> RenewAsync(RunnerTurn turn, CancellationToken cancel)
    {
        // A third of the lease, so that two may be lost.
        using HttpResponseMessage answer = await AskAsync(turn, () => Request(turn, HttpMethod.Post, $"renew?wait={turn.LeaseSeconds / 3}", null), cancel);
        return (await answer.Content.ReadFromJsonAsync<Renewal>(cancel))!.Interrupted;
    }

    /// <summary>Shows text that is being written; what can't be shown now is not shown.</summary>
    public async Task SayAsync(RunnerTurn turn, string text, CancellationToken cancel)
    {
        using HttpRequestMessage request = Request(turn, HttpMethod.Post, "deltas", JsonContent.Create(new { text }));
        using HttpResponseMessage answer = await _http.SendAsync(request, cancel);
    }

    public async Task SayStatusAsync(RunnerTurn turn, string? text, CancellationToken cancel) =>
        (await AskAsync(turn, () => Request(turn, HttpMethod.Post, "status", JsonContent.Create(new { text })), cancel)).Dispose();

    /// <summary>Appends a step; whether the budget is spent.</summary>
    public Task<bool> AppendAsync(RunnerTurn turn, RunnerStep step, CancellationToken cancel) => StepAsync(turn, "steps", Body(step), cancel);

    public Task<bool> FinishAsync(RunnerTurn turn, RunnerStep step, TurnOutcome outcome, string? reason, CancellationToken cancel)
    {
        JsonObject body = Body(step);
        body["outcome"] = outcome switch { TurnOutcome.Answered => "answered", TurnOutcome.Interrupted => "interrupted", _ => "failed" };
        body["reason"] = reason;
        return StepAsync(turn, "finish", body, cancel);
    }

    public async Task GiveBackAsync(RunnerTurn turn, CancellationToken cancel)
    {
        using HttpRequestMessage request = Request(turn, HttpMethod.Post, "give-back", null);
        using HttpResponseMessage answer = await _http.SendAsync(request, cancel);
    }

    /// <summary>What the shared context answers, or a machine that lends something; a call that is lost with the server is made again.</summary>
    public async Task<(string Text, bool IsError)> CallAsync(RunnerTurn turn, string name, JsonNode input, CancellationToken cancel)
    {
        string body = new JsonObject { ["name"] = name, ["input"] = input.DeepClone() }.ToJsonString();
        using HttpResponseMessage answer = await AskAsync(turn, () => Request(turn, HttpMethod.Post, "tools", Json(body)), cancel, _calls);
        ToolReceipt receipt = (await answer.Content.ReadFromJsonAsync<ToolReceipt>(cancel))!;
        return (receipt.Text, receipt.IsError);
    }

    public void Dispose()
    {
        _http.Dispose();
        _calls.Dispose();
    }

    private static HttpClient Client(Uri server, string token) => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseProxy = false })
    {
        BaseAddress = server,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private async Task<bool> StepAsync(RunnerTurn turn, string route, JsonObject body, CancellationToken cancel)
    {
        string json = body.ToJsonString();
        using HttpResponseMessage answer = await AskAsync(turn, () => Request(turn, HttpMethod.Post, route, Json(json)), cancel);
        return (await answer.Content.ReadFromJsonAsync<StepReceipt>(cancel))!.BudgetSpent;
    }

    /// <exception cref="LeaseLostException">Somebody else has the turn, or may have it by now.</exception>
    private async Task<HttpResponseMessage> AskAsync(RunnerTurn turn, Func<HttpRequestMessage> ask, CancellationToken cancel, HttpClient? by = null)
    {
        DateTimeOffset until = _clock.GetUtcNow().AddSeconds(turn.LeaseSeconds);
        while (true)
        {
            try
            {
                using HttpRequestMessage request = ask();
                HttpResponseMessage answer = await (by ?? _http).SendAsync(request, cancel);
                if (answer.IsSuccessStatusCode)
                    return answer;
                using (answer)
                {
                    if (answer.StatusCode == HttpStatusCode.Conflict)
                        throw new LeaseLostException();
                    if ((int)answer.StatusCode < 500)
                        throw new RunnerException($"The server refuses what was sent to it: {await answer.Content.ReadAsStringAsync(cancel)}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The server is gone, or starts again: the next attempt tells.
            }
            if (_clock.GetUtcNow() >= until)
                throw new LeaseLostException();
            await Task.Delay(RetryDelay, _clock, cancel);
        }
    }

    private static HttpRequestMessage Request(RunnerTurn turn, HttpMethod method, string route, HttpContent? content) =>
        new(method, $"api/runner/turns/{turn.TurnId}/{route}") { Headers = { { RunnerApi.LeaseHeader, turn.Lease } }, Content = content };

    private static JsonObject Body(RunnerStep step)
    {
        var entries = new JsonArray();
        foreach (Entry entry in step.Entries)
        {
            var json = new ArrayBufferWriter<byte>();
            EntryJson.Write(json, entry);
            entries.Add(JsonNode.Parse(json.WrittenSpan, documentOptions: new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth }));
        }
        return new JsonObject
        {
            ["step"] = step.Number,
            ["model"] = step.Model,
            ["usage"] = new JsonObject
            {
                ["input"] = step.Tokens.Input,
                ["output"] = step.Tokens.Output,
                ["cacheRead"] = step.Tokens.CacheRead,
                ["cacheWrite"] = step.Tokens.CacheWrite,
            },
            ["entries"] = entries,
        };
    }

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static long Seq(ReadOnlyMemory<byte> line)
    {
        var json = new Utf8JsonReader(line.Span);
        while (json.Read() && !(json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("seq"u8)))
        {
        }
        return json.Read() ? json.GetInt64() : throw new JsonException("An entry has no seq.");
    }
}

/// <summary>Another runner has the turn: this one stops, and says nothing more about it.</summary>
public sealed class LeaseLostException() : Exception("The turn's lease is lost.");

/// <summary>The server does not understand this runner; the message says why.</summary>
public sealed class RunnerException(string message) : Exception(message);
