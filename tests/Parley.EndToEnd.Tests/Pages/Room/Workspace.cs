using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Turns;
using Parley.Server.Workspaces;

namespace Parley.EndToEnd.Tests.Pages.Room;

/// <summary>An open workspace on a server of its own, and the browsers of its people.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    private readonly Site _site;
    private readonly WebApplication _app;
    private readonly string _address;
    private readonly List<WatchedPage> _pages = [];

    private Workspace(Site site, WebApplication app, string address, string id) => (_site, _app, _address, Id) = (site, app, address, id);

    public string Id { get; }

    public string Page => $"{_address}/c/{Id}";

    public static async Task<Workspace> OpenAsync(Site site, string name, IEnumerable<Entry> entries)
    {
        (WebApplication app, string address) = await site.StartServerAsync($"room-{name}");
        string page = await site.ShareAsync(entries, new SessionHeader { Title = "Visibility-bug investigation", Project = "cortex" }, address, "?private=true");
        var workspace = new Workspace(site, app, address, page[(page.LastIndexOf('/') + 1)..]);
        await workspace.WriteAsync("UPDATE sessions SET workspace = 'open' WHERE share_id = $1", workspace.Id);
        await workspace.WriteAsync("UPDATE accounts SET name = 'Jacob' WHERE id = 1");
        return workspace;
    }

    /// <summary>The owner's page.</summary>
    public async Task<IPage> OwnerAsync(BrowserNewContextOptions? looks = null) => await EnteredAsync(await _site.SignInAsync($"/c/{Id}", looks, _address));

    /// <summary>The page of somebody who is a member.</summary>
    public async Task<IPage> MemberAsync(string name, MemberRole role, BrowserNewContextOptions? looks = null)
    {
        long account = await _app.Services.GetRequiredService<Database>().WriteAsync(
            c => c.FirstAsync("INSERT INTO accounts (name) VALUES ($1) RETURNING id", row => row.Number(0), default, name));
        await GrantAsync(account, role);
        string key = (await _app.Services.GetRequiredService<KeyStore>().CreateAsync(account, "test")).Key;
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using HttpResponseMessage answer = await client.PostAsync($"{_address}/api/sign-in-links", null);
        string link = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;
        WatchedPage page = await _site.OpenAsync($"{link}?to={Uri.EscapeDataString($"/c/{Id}")}", looks);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        return await EnteredAsync(page);
    }

    /// <summary>Lets whoever has the link read along.</summary>
    public Task LetAnybodyReadAsync() => WriteAsync("UPDATE sessions SET is_public = true WHERE share_id = $1", Id);

    /// <summary>Takes the next turn as a runner would; false when there is none.</summary>
    public async Task<bool> TakeAsync()
    {
        using var runner = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", _app.Services.GetRequiredService<RunnerToken>().Text) } };
        using HttpResponseMessage answer = await runner.PostAsJsonAsync($"{_address}/api/runner/take", new { runner = "test", free = 1, wait = 0 });
        answer.EnsureSuccessStatusCode();
        return answer.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Nothing has happened on any page that must not.</summary>
    public async Task AssertQuietAsync()
    {
        foreach (WatchedPage page in _pages)
            await page.AssertQuietAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WatchedPage page in _pages)
            await page.DisposeAsync();
        await _app.DisposeAsync();
    }

    // The page is alive once it was told of the room.
    private async Task<IPage> EnteredAsync(WatchedPage page)
    {
        _pages.Add(page);
        await page.Page.Locator("#room[data-ready]").WaitForAsync();
        return page.Page;
    }

    private async Task GrantAsync(long account, MemberRole role) => await _app.Services.GetRequiredService<Database>().WriteAsync(async c =>
    {
        await MemberStore.PutAsync(c, Id, account, role, DateTimeOffset.UtcNow, default);
        return true;
    });

    private async Task WriteAsync(string sql, params object?[] arguments) =>
        await _app.Services.GetRequiredService<Database>().WriteAsync(c => c.ExecuteAsync(sql, default, arguments));
}
