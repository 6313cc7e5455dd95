using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A real server process on SQLite and a port of its own, shared by the tests of a class.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly Home _home = new();
    private readonly HttpClient _http = new();
    private Process _process = null!;

    /// <summary>What it finds in its environment when it is started.</summary>
    public Dictionary<string, string?> Environment => _home.Environment;

    public string Address { get; private set; } = "";

    /// <summary>The key that the server wrote for its own machine.</summary>
    public string Key { get; private set; } = "";

    /// <summary>What runners of workspaces present.</summary>
    public string RunnerToken { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public async ValueTask InitializeAsync()
    {
        _home.Environment["PARLEY_RUNNER_TOKEN"] = RunnerToken;
        _process = _home.Start("serve", "--port", "0");
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync());
        _ = _process.StandardError.ReadToEndAsync();
        Address = line.Split(' ')[3];
        using JsonDocument credentials = JsonDocument.Parse(await File.ReadAllTextAsync(_home.PathOf(".config", "parley", "credentials.json")));
        Key = credentials.RootElement.GetProperty("servers").EnumerateObject().Single().Value.GetString()!;
        _http.BaseAddress = new Uri(Address);
    }

    /// <summary>A machine that talks to this server.</summary>
    public Home NewHome()
    {
        var home = new Home();
        home.Environment["SHARE_SERVER_URL"] = Address;
        home.Environment["SHARE_API_KEY"] = Key;
        return home;
    }

    /// <summary>What anyone with the link reads.</summary>
    public async Task<JsonElement> MessagesAsync(string shareId) =>
        (await _http.GetFromJsonAsync<JsonElement>($"/api/sessions/{shareId}/messages?limit=200")).GetProperty("messages");

    /// <summary>The first text of each entry.</summary>
    public async Task<string[]> TextsAsync(string shareId) =>
        [.. (await MessagesAsync(shareId)).EnumerateArray().Select(entry => entry.GetProperty("blocks")[0].GetProperty("text").GetString()!)];

    /// <summary>What the server tells of a session.</summary>
    public Task<JsonElement> SessionAsync(string shareId) => _http.GetFromJsonAsync<JsonElement>($"/api/sessions/{shareId}");

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            Home.Signal(_process, PosixSignal.SIGTERM);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _http.Dispose();
        _home.Dispose();
    }
}
