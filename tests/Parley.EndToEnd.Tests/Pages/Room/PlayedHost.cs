using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.EndToEnd.Tests.Pages.Room;

/// <summary>A workspace in which a test plays the machine that answers.</summary>
public sealed class PlayedHost : IDisposable
{
    private readonly HttpClient _machine;
    private JsonElement _turn;
    private int _asked;

    private PlayedHost(Site site, string id, HttpClient owner, HttpClient machine) => (Page, Id, Owner, _machine) = ($"{site.Address}/c/{id}", id, owner, machine);

    /// <summary>The address of the room.</summary>
    public string Page { get; }

    public string Id { get; }

    /// <summary>A client with the owner's key.</summary>
    public HttpClient Owner { get; }

    public static async Task<PlayedHost> OpenAsync(Site site)
    {
        string address = await site.ShareAsync([Bubble("Why is low water late?")], query: "?private=true");
        string id = address[(address.LastIndexOf('/') + 1)..];
        HttpClient owner = site.ClientOf(site.Address);
        owner.BaseAddress = new Uri(site.Address);
        (await owner.PostAsJsonAsync($"/api/sessions/{id}/share", new { mode = "multiplayer", recipients = Array.Empty<string>(), context = new { files = Array.Empty<string>(), memory = false, mcps = Array.Empty<string>() } }))
            .EnsureSuccessStatusCode();
        JsonElement made = await ReadAsync(await owner.PostAsJsonAsync($"/api/sessions/{id}/runners", new { name = "laptop" }));
        var machine = new HttpClient { BaseAddress = new Uri(site.Address) };
        machine.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("token").GetString());
        return new PlayedHost(site, id, owner, machine);
    }

    /// <summary>Prompts, and takes the turn as the machine.</summary>
    public async Task TakeAsync(string text = "Look into it.")
    {
        (await Owner.PostAsJsonAsync($"/api/sessions/{Id}/prompts", new { text, clientId = Guid.NewGuid().ToString() })).EnsureSuccessStatusCode();
        _turn = await ReadAsync(await _machine.PostAsJsonAsync("/api/runner/take", new { runner = "host", free = 1, wait = 5 }));
        _machine.DefaultRequestHeaders.Remove("Parley-Lease");
        _machine.DefaultRequestHeaders.Add("Parley-Lease", _turn.GetProperty("lease").GetString());
    }

    /// <summary>Asks for something; what becomes of it, in words of the wire, once somebody has decided.</summary>
    public async Task<string> AskAsync(string tool, object input)
    {
        string requestId = $"r{++_asked}";
        JsonElement reply;
        do
            reply = await ReadAsync(await _machine.PostAsJsonAsync($"/api/runner/turns/{_turn.GetProperty("turnId").GetString()}/permissions?wait=10", new { requestId, tool, input }));
        while (reply.GetProperty("state").GetString() == "waiting");
        return reply.GetProperty("state").GetString()!;
    }

    /// <summary>Asks and waits for nobody.</summary>
    public async Task PutAsync(string tool, object input) => await ReadAsync(
        await _machine.PostAsJsonAsync($"/api/runner/turns/{_turn.GetProperty("turnId").GetString()}/permissions", new { requestId = $"r{++_asked}", tool, input }));

    /// <summary>Shows text that is being written.</summary>
    public async Task SayAsync(string text) =>
        (await _machine.PostAsJsonAsync($"/api/runner/turns/{_turn.GetProperty("turnId").GetString()}/deltas", new { text })).EnsureSuccessStatusCode();

    public async Task GiveBackAsync() => (await _machine.PostAsync($"/api/runner/turns/{_turn.GetProperty("turnId").GetString()}/give-back", null)).EnsureSuccessStatusCode();

    public void Dispose()
    {
        Owner.Dispose();
        _machine.Dispose();
    }

    private static Entry Bubble(string text) => new() { Role = Role.User, Blocks = JsonSerializer.SerializeToUtf8Bytes<object[]>([new { type = "text", text }]) };

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }
}
