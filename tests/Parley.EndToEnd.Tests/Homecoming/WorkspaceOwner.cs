using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Homecoming;

/// <summary>A person with a machine, whose session goes on in a workspace, and who is in that workspace by other ways too.</summary>
public sealed class WorkspaceOwner(RunningServer server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", server.Key) } };
    private int _notes;

    public Home Home { get; } = server.NewHome();

    public Written New() => new(Home.Sessions, Home.Project);

    /// <summary>Shares the newest session of the machine with somebody; the workspace's id.</summary>
    public async Task<string> ShareAsync(params string[] options)
    {
        Result shared = await Home.RunAsync(["share", "--to", "sarah@example.org", .. options, "--yes", "--json"]);
        return JsonSerializer.Deserialize<JsonElement>(shared.Succeeded()).GetProperty("shareId").GetString()!;
    }

    /// <summary>Says something to the people there.</summary>
    public async Task SayAsync(string workspace, string text)
    {
        HttpResponseMessage said = await _http.PostAsJsonAsync(
            $"/api/sessions/{workspace}/notes", new { text, clientId = $"n{++_notes}" }, TestContext.Current.CancellationToken);
        Assert.True(said.IsSuccessStatusCode, await said.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Closes it from somewhere else.</summary>
    public async Task CloseAsync(string workspace) =>
        Assert.Equal(HttpStatusCode.NoContent, (await _http.PostAsync($"/api/sessions/{workspace}/close", null, TestContext.Current.CancellationToken)).StatusCode);

    /// <summary>Takes it back from somewhere else.</summary>
    public async Task DeleteAsync(string workspace) =>
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync($"/api/sessions/{workspace}", TestContext.Current.CancellationToken)).StatusCode);

    public Task<JsonElement> SessionAsync(string workspace) =>
        _http.GetFromJsonAsync<JsonElement>($"/api/sessions/{workspace}", TestContext.Current.CancellationToken);

    public async Task<string> MessagesAsync(string workspace) =>
        await _http.GetStringAsync($"/api/sessions/{workspace}/messages", TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _http.Dispose();
        Home.Dispose();
    }
}
