using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Core.Sessions;

namespace Parley.Bench.Live;

/// <summary>A server with one live session, and what its viewers and its driver have to know of it.</summary>
internal sealed class LiveServer(string name, LocalServer server, WatchPlan plan) : IAsyncDisposable
{
    public string Name => name;

    /// <summary>The session, with nobody watching.</summary>
    public WatchPlan Plan => plan;

    public TimeSpan CpuTime => server.CpuTime;

    public long ResidentBytes => server.ResidentBytes;

    public static async Task<LiveServer> StartParleyAsync(Workbench bench, string name)
    {
        LocalServer server = await LocalServer.StartParleyAsync(bench, name);
        string key = new CredentialsFile(bench.CredentialsPath).FindKey(server.Address.ToString()) ?? throw new BenchException("The server left no key for this machine.");
        string id = await CreateAsync(server.Address, key);
        var session = new Uri(server.Address, $"/api/sessions/{id}/");
        return new LiveServer("Parley", server, new WatchPlan(Wire.Events, new Uri(session, "events"), new Uri(session, "messages"), new Uri(session, "shares/link"), key));
    }

    public static async Task<LiveServer> StartSignalRAsync(Workbench bench)
    {
        LocalServer server = await LocalServer.StartSignalRAsync(bench);
        return new LiveServer("SignalR hub", server, new WatchPlan(Wire.SignalR, new Uri(server.Address, "/hub"), new Uri(server.Address, "/entries"), null, null));
    }

    public static async Task<LiveServer> StartWsAsync(Workbench bench)
    {
        LocalServer server = await LocalServer.StartWsAsync(bench);
        return new LiveServer("Node `ws`", server, new WatchPlan(Wire.WebSocket, server.Address, new Uri(server.Address, "/entries"), null, null));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task<string> CreateAsync(Uri server, string key)
    {
        const string Bundle = "{\"parley\":1,\"title\":\"Live\",\"project\":\"bench\"}\n{\"entries\":0}\n";
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var body = new StringContent(Bundle, Encoding.UTF8, BundleWriter.MediaType);
        using HttpResponseMessage answer = await http.PostAsync(new Uri(server, "/api/sessions?live=true"), body);
        string text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text).GetProperty("shareId"u8).GetString()! : throw new BenchException($"No live session could be made: {text}");
    }
}
