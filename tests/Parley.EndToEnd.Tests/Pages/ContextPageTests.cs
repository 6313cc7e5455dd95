using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages;

/// <summary>What an owner sees and does about a session's context, in a browser.</summary>
public sealed class ContextPageTests(Site site) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-picked-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_folder_of_the_device_is_added_by_its_gitignore_and_without_secrets()
    {
        string id = await SessionAsync();
        Write(".gitignore", "*.log\nbuild/\n");
        Write("src/a.ts", "export const a = 1;\n");
        Write("src/noise.log", "noise");
        Write("build/out.js", "out");
        Write("src/.gitignore", "!noise.log\nmine.txt\n");
        Write("src/mine.txt", "mine");
        Write("test.env", $"GITHUB_TOKEN=ghp_{RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 36)}\n");
        await using WatchedPage watched = await site.SignInAsync($"/c/{id}/context");
        IPage page = watched.Page;

        await page.Locator("input[type=file]").SetInputFilesAsync(_folder.FullName);

        await Expect(page.Locator(".progress")).ToContainTextAsync("is here with 4 of 5 files");
        Assert.Equal([".gitignore", "src/.gitignore", "src/a.ts", "src/noise.log"], await FilesAsync(id));
        await Expect(page.Locator(".left-out")).ToContainTextAsync("test.env holds what looks like a secret");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add test.env all the same" }).ClickAsync();
        await Expect(page.Locator(".progress")).ToContainTextAsync("is here with 5 of 5 files");
        await Expect(page.Locator(".resource").Nth(1)).ToContainTextAsync("5 files");
        Assert.Contains("test.env", await FilesAsync(id));
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_choice_acts_in_place_and_keeps_the_keyboard_where_it_was()
    {
        string id = await SessionAsync();
        string resource = await AddAsync(id);
        await using WatchedPage watched = await site.SignInAsync($"/c/{id}/context");
        IPage page = watched.Page;
        await page.EvaluateAsync("window.untouched = true");
        ILocator agent = page.Locator($"#resource-{resource}").GetByRole(AriaRole.Button, new() { Name = "Agent" });

        await agent.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(agent).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(agent).ToBeFocusedAsync();
        await Expect(page.Locator("#status")).ToHaveTextAsync("Changed");
        Assert.True(await page.EvaluateAsync<bool>("window.untouched"));
        await page.GetByText("Remove", new() { Exact = false }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove it from here" }).ClickAsync();
        await Expect(page.Locator($"#resource-{resource}")).ToHaveCountAsync(0);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task Without_script_there_are_forms_and_the_command()
    {
        string id = await SessionAsync();
        string resource = await AddAsync(id);
        await using WatchedPage watched = await site.SignInAsync($"/c/{id}/context", new() { JavaScriptEnabled = false });
        IPage page = watched.Page;

        await page.Locator($"#resource-{resource}").GetByRole(AriaRole.Button, new() { Name = "Members" }).ClickAsync();

        await Expect(page.Locator($"#resource-{resource} button[value=members]")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("[data-add-folder]")).ToBeHiddenAsync();
        await Expect(page.GetByText($"parley context add {id}")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_file_is_read_with_colours_and_a_line_of_it_linked_to()
    {
        string id = await SessionAsync();
        string resource = await AddAsync(id);
        await using WatchedPage watched = await site.SignInAsync($"/c/{id}/context");
        IPage page = watched.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Browse service" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "search.ts" }).ClickAsync();
        await Expect(page.Locator("pre[data-coloured=now] .t-keyword").First).ToBeVisibleAsync();
        await page.GotoAsync($"{site.Address}/c/{id}/files/{resource}/search.ts#L150");
        await Expect(page.Locator("#L150")).ToBeInViewportAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Context", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{site.Address}/c/{id}/context");
        await watched.AssertQuietAsync();
    }

    internal static async Task<string> AddAsync(Site site, string id, string name = "service")
    {
        string text = string.Concat(Enumerable.Range(1, 200).Select(i => $"export const line{i} = {i};\n"));
        using HttpClient client = site.ClientOf(site.Address);
        byte[] content = System.Text.Encoding.UTF8.GetBytes(text);
        var files = new[] { new { path = "search.ts", sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), size = content.Length } };
        using HttpResponseMessage begun = await client.PostAsJsonAsync($"{site.Address}/api/sessions/{id}/context", new { kind = "files", name, files });
        begun.EnsureSuccessStatusCode();
        byte[] length = BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(content.Length));
        using HttpResponseMessage sent = await client.PostAsync($"{site.Address}/api/sessions/{id}/context/blobs", new ByteArrayContent([.. length, .. content]));
        sent.EnsureSuccessStatusCode();
        return (await begun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("resourceId").GetString()!;
    }

    private Task<string> AddAsync(string id) => AddAsync(site, id);

    private async Task<string> SessionAsync() => (await site.ShareAsync(Entries.Conversation(2), query: "?private=true")).Split('/')[^1];

    private async Task<string[]> FilesAsync(string id)
    {
        using HttpClient client = site.ClientOf(site.Address);
        JsonElement context = await client.GetFromJsonAsync<JsonElement>($"{site.Address}/api/sessions/{id}/context");
        string resource = context.GetProperty("resources")[0].GetProperty("resourceId").GetString()!;
        JsonElement files = await client.GetFromJsonAsync<JsonElement>($"{site.Address}/api/sessions/{id}/context/{resource}/files");
        return [.. files.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!)];
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
