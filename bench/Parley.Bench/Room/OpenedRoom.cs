using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Parley.Core.Credentials;

namespace Parley.Bench.Room;

/// <summary>A workspace on a server of the benchmark's, which its owner enters in browsers.</summary>
internal sealed class OpenedRoom : IDisposable
{
    private readonly Uri _server;

    private OpenedRoom(Uri server, string id, HttpClient owner) => (_server, Id, Owner) = (server, id, owner);

    public string Id { get; }

    /// <summary>A client with the owner's key.</summary>
    public HttpClient Owner { get; }

    public static async Task<OpenedRoom> OpenAsync(Workbench bench, LocalServer server)
    {
        string id = JsonDocument.Parse((await Measure.ProcessAsync(Sharing.Share(bench, server, bench.Transcript(1)))).Output).RootElement.GetProperty("shareId"u8).GetString()!;
        string key = new CredentialsFile(bench.CredentialsPath).FindKey(server.Address.ToString())!;
        var owner = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using HttpResponseMessage promoted = await owner.PostAsJsonAsync($"/api/sessions/{id}/share", new { recipients = Array.Empty<string>(), mode = "multiplayer" });
        return promoted.IsSuccessStatusCode
            ? new OpenedRoom(server.Address, id, owner)
            : throw new BenchException($"The session became no workspace: {await promoted.Content.ReadAsStringAsync()}");
    }

    public async Task<IPage> EnterAsync(IBrowser browser, BrowserNewContextOptions options)
    {
        using HttpResponseMessage link = await Owner.PostAsync("/api/sign-in-links", null);
        string url = (await link.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url"u8).GetString()!;
        IPage page = await (await browser.NewContextAsync(options)).NewPageAsync();
        await page.GotoAsync($"{_server}sign-in/{url[(url.LastIndexOf('/') + 1)..]}?to=/c/{Id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator("#room[data-ready]").WaitForAsync();
        return page;
    }

    public void Dispose() => Owner.Dispose();
}
