using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Parley.EndToEnd.Tests.Pages.Live;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages;

public sealed class AccessibilityTests(Site site)
{
    private static readonly string Axe = File.ReadAllText(FindAxe());

    public static TheoryData<ColorScheme, int> Looks => new()
    {
        { ColorScheme.Light, 1440 }, { ColorScheme.Dark, 1440 }, { ColorScheme.Light, 390 }, { ColorScheme.Dark, 390 },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_on_any_page(ColorScheme theme, int width)
    {
        string session = await site.ShareAsync(Entries.OfEveryKind());
        foreach (string address in new[] { session, session + "/prompts", session + "?q=it", $"{site.Address}/", $"{site.Address}/nothing" })
        {
            await using WatchedPage watched = await site.OpenAsync(address, new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce });
            Assert.Empty(await ViolationsAsync(watched.Page));
            if (address != session)
                continue;
            await watched.Page.Keyboard.PressAsync("o");
            await watched.Page.WaitForFunctionAsync("() => document.querySelectorAll('[data-coloured=now]').length > 2");
            Assert.Empty(await ViolationsAsync(watched.Page));
            await watched.Page.Keyboard.PressAsync("?");
            Assert.Empty(await ViolationsAsync(watched.Page));
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_on_the_context_and_its_files(ColorScheme theme, int width)
    {
        string id = (await site.ShareAsync(Entries.Conversation(2), query: "?private=true")).Split('/')[^1];
        string resource = await ContextPageTests.AddAsync(site, id);
        foreach (string path in new[] { "context", $"files/{resource}", $"files/{resource}/search.ts#L20" })
        {
            await using WatchedPage watched = await site.SignInAsync($"/c/{id}/{path}", new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce });
            if (path.EndsWith("L20", StringComparison.Ordinal))
                await watched.Page.WaitForFunctionAsync("() => document.querySelectorAll('[data-coloured=now]').length > 0");
            else if (path == "context")
                await watched.Page.GetByText("Remove").First.ClickAsync();
            Assert.Empty(await ViolationsAsync(watched.Page));
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_on_a_page_that_grows_until_it_is_taken_back(ColorScheme theme, int width)
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(30));
        await using WatchedPage watched = await site.OpenAsync(session.Page, new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce });
        IPage page = watched.Page;
        await Expect(page.Locator("#live .watching")).ToBeVisibleAsync();
        await session.RewindAsync(25, 30);
        await Expect(page.Locator("#e31")).ToBeVisibleAsync();
        await session.SayAsync(string.Concat(Enumerable.Repeat("It is said. ", 80)));
        await Expect(page.Locator(".draft")).ToBeInViewportAsync();
        Assert.Empty(await ViolationsAsync(page));

        await page.EvaluateAsync("scrollTo(0, 0)");
        await session.AppendAsync(Entries.Answer("New"));
        await Expect(page.Locator("#newer")).ToBeVisibleAsync();
        Assert.Empty(await ViolationsAsync(page));

        await page.Context.SetOfflineAsync(true);
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "lost");
        Assert.Empty(await ViolationsAsync(page));

        await page.Context.SetOfflineAsync(false);
        await session.EndAsync();
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "ended");
        Assert.Empty(await ViolationsAsync(page));

        await session.AppendAsync(Entries.Answer("And on"));
        await page.ReloadAsync();
        await session.DeleteAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This session is no longer shared");
        Assert.Empty(await ViolationsAsync(page));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_on_an_owners_pages(ColorScheme theme, int width)
    {
        string session = await site.ShareAsync(Entries.Conversation(2)), shares = $"{site.Address}/shares", own = $"{shares}/{session.Split('/')[^1]}";
        using HttpClient client = site.ClientOf(site.Address);
        using HttpResponseMessage token = await client.PostAsJsonAsync(session.Replace("/s/", "/api/sessions/") + "/share", new { token = new { name = "Ana" } });
        var looks = new BrowserNewContextOptions { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
        await using (WatchedPage signedOut = await site.OpenAsync(shares, looks))
            Assert.Empty(await ViolationsAsync(signedOut.Page));
        await using WatchedPage watched = await site.SignInAsync(options: looks);
        foreach (string address in new[] { shares, own, $"{own}/audit", $"{own}/delete", $"{session}/share", $"{session}/promote", session })
        {
            await watched.Page.GotoAsync(address);
            Assert.Empty(await ViolationsAsync(watched.Page));
        }
        await watched.Page.GetByRole(AriaRole.Link, new() { Name = "Share", Exact = true }).ClickAsync();
        await watched.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        Assert.Empty(await ViolationsAsync(watched.Page));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_terminal_colour_can_be_read(ColorScheme theme)
    {
        string front = string.Concat(Enumerable.Range(0, 256).Select(n => $"\e[38;5;{n}m{n} ")), back = string.Concat(Enumerable.Range(0, 256).Select(n => $"\e[0m\e[48;5;{n}m{n} "));
        string session = await site.ShareAsync([Entries.Prompt($"<local-command-stdout>{front}\n{back}</local-command-stdout>")]);
        await using WatchedPage watched = await site.OpenAsync(session, new() { ColorScheme = theme, ViewportSize = new() { Width = 1440, Height = 3000 } });

        Assert.Empty(await ViolationsAsync(watched.Page));
    }

    internal static async Task<string[]> ViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(Axe);
        JsonElement found = await page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document)).violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary}`))");
        return [.. found.EnumerateArray().Select(v => v.GetString()!)];
    }

    private static string FindAxe()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string file = Path.Combine(at.FullName, "web", "node_modules", "axe-core", "axe.min.js");
            if (File.Exists(file))
                return file;
        }
        throw new FileNotFoundException("axe-core is not there: run npm ci in web.");
    }
}
