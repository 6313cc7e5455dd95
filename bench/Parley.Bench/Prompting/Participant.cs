using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Core.Sessions;

namespace Parley.Bench.Prompting;

/// <summary>Somebody with an account, in any number of workspaces.</summary>
internal sealed class Participant : IDisposable
{
    private readonly HttpClient _http;

    private Participant(HttpClient http) => _http = http;

    /// <summary>The owner of a server that has just been started.</summary>
    public static Participant Owner(Workbench bench, LocalServer server)
    {
        string key = new CredentialsFile(bench.CredentialsPath).FindKey(server.Address.ToString()) ?? throw new BenchException("The server left no key for this machine.");
        HttpClient http = Client(server);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new Participant(http);
    }

    /// <summary>Somebody without an account so far.</summary>
    public static Participant Guest(LocalServer server)
    {
        HttpClient http = Client(server);
        http.DefaultRequestHeaders.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        return new Participant(http);
    }

    /// <summary>Opens a workspace; its id.</summary>
    public async Task<string> OpenAsync()
    {
        using var bundle = new StringContent("{\"parley\":1,\"title\":\"Prompting\",\"project\":\"bench\"}\n{\"role\":\"user\",\"seq\":1,\"blocks\":[{\"type\":\"text\",\"text\":\"Hello.\"}]}\n{\"entries\":1}\n");
        bundle.Headers.ContentType = new MediaTypeHeaderValue(BundleWriter.MediaType);
        using HttpResponseMessage answer = await _http.PostAsync("/api/sessions?live=true&private=true", bundle);
        string id = (await ReadAsync(answer)).GetProperty("shareId").GetString()!;
        using HttpResponseMessage opened = await _http.PostAsJsonAsync($"/api/sessions/{id}/share", new { mode = "multiplayer" });
        await ReadAsync(opened);
        return id;
    }

    /// <summary>Lets somebody in.</summary>
    public async Task LetInAsync(string id, Participant guest, string name)
    {
        using HttpResponseMessage invited = await _http.PostAsJsonAsync($"/api/sessions/{id}/invitations", new { role = "prompter" });
        string path = new Uri((await ReadAsync(invited)).GetProperty("link").GetString()!).AbsolutePath;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("name", name)]);
        using HttpResponseMessage accepted = await guest._http.PostAsync(path, form);
        if ((int)accepted.StatusCode >= 400)
            throw new BenchException($"{name} could not come in: {accepted.StatusCode} {await accepted.Content.ReadAsStringAsync()}");
    }

    public async Task PromptAsync(string id, int number)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync($"/api/sessions/{id}/prompts", new { text = $"prompt #{number}.", clientId = $"{number}" });
        await ReadAsync(answer);
    }

    public async Task TypeAsync(string id)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync($"/api/sessions/{id}/typing", new { typing = true, draft = "What if" });
        if ((int)answer.StatusCode >= 400)
            throw new BenchException($"Typing is refused: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Watches a workspace until it is disposed of.</summary>
    public async Task<Watch> WatchAsync(string id)
    {
        HttpResponseMessage answer = await _http.GetAsync($"/api/sessions/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
            throw new BenchException($"A workspace can't be watched: {await answer.Content.ReadAsStringAsync()}");
        return new Watch(answer, await answer.Content.ReadAsStreamAsync());
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient Client(LocalServer server) => new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false })
    {
        BaseAddress = server.Address,
        Timeout = TimeSpan.FromSeconds(30),
    };

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => answer.IsSuccessStatusCode
        ? await answer.Content.ReadFromJsonAsync<JsonElement>()
        : throw new BenchException($"{answer.RequestMessage!.RequestUri!.AbsolutePath}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
}

/// <summary>What one who watches a workspace has seen, and when: timestamps of <see cref="Stopwatch"/>.</summary>
internal sealed class Watch : IDisposable
{
    private readonly HttpResponseMessage _answer;

    public Watch(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _ = Task.Run(() => ReadAsync(new StreamReader(stream)));
    }

    public ConcurrentDictionary<int, long> Prompts { get; } = new();

    public ConcurrentDictionary<int, long> FirstDeltas { get; } = new();

    public ConcurrentDictionary<int, long> Answers { get; } = new();

    /// <summary>Entries that came twice.</summary>
    public int Doubled { get; private set; }

    public void Dispose() => _answer.Dispose();

    private async Task ReadAsync(StreamReader lines)
    {
        string name = "";
        try
        {
            while (await lines.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    Take(name, line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or HttpRequestException)
        {
            // It has left.
        }
    }

    private void Take(string name, string data)
    {
        long now = Stopwatch.GetTimestamp();
        if (name == "delta" && Numbers.First(data, "answer #") is > 0 and var begun)
            FirstDeltas.TryAdd(begun, now);
        if (name != "entry")
            return;
        if (Numbers.First(data, "prompt #") is > 0 and var prompt)
            Doubled += Prompts.TryAdd(prompt, now) ? 0 : 1;
        if (Numbers.First(data, "answer #") is > 0 and var answer)
            Doubled += Answers.TryAdd(answer, now) ? 0 : 1;
    }
}
