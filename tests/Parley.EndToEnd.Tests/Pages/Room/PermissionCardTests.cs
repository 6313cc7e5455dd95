using System.Net;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Room;

/// <summary>What people see of what the agent asks for, and how they decide, in a browser.</summary>
public sealed class PermissionCardTests(Site site)
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 390, Height = 844 }, IsMobile = true, HasTouch = true };

    [Fact]
    public async Task A_card_comes_and_is_allowed_on_a_phone()
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage watched = await EnterAsync(host, Phone);
        IPage page = watched.Page;
        await host.TakeAsync();

        Task<string> asking = host.AskAsync("Bash", new { command = "make test\nmake lint" });
        await Expect(page.Locator(".permission h2")).ToHaveTextAsync("Claude asks to use Bash for owner");
        Assert.Equal(["command:", "    make test", "    make lint"], await page.Locator(".permission .line").AllTextContentsAsync());
        LocatorBoundingBoxResult box = (await page.GetByRole(AriaRole.Button, new() { Name = "Allow once" }).BoundingBoxAsync())!;
        Assert.True(box.Height >= 44 && box.Y + box.Height <= 844 && box.X + box.Width <= 390, $"{box.X} {box.Y} {box.Width} {box.Height}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow once" }).TapAsync();

        Assert.Equal("allowed", await asking);
        await Expect(page.Locator(".permission")).ToHaveCountAsync(0);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_card_is_denied_by_keyboard_and_goes_for_everybody()
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage one = await EnterAsync(host), two = await EnterAsync(host);
        await host.TakeAsync();

        Task<string> asking = host.AskAsync("WebFetch", new { url = "https://example.org/" });
        await Expect(two.Page.Locator(".permission")).ToHaveCountAsync(1);
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).FocusAsync();
        await Expect(one.Page.GetByRole(AriaRole.Button, new() { Name = "Deny" })).ToBeEnabledAsync();
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).PressAsync("Enter");

        Assert.Equal("denied", await asking);
        await Expect(two.Page.Locator(".permission")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_tap_that_was_meant_for_something_else_allows_nothing()
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage watched = await EnterAsync(host, Phone);
        // Whoever taps in the very moment in which the card comes, and not once more later.
        await watched.Page.EvaluateAsync("""
            () => new MutationObserver((_, taps) => {
                const buttons = document.querySelectorAll(".permission button");
                if (buttons.length > 0) taps.disconnect();
                for (const one of buttons) one.click();
            }).observe(document.querySelector("#asked"), { childList: true, subtree: true })
            """);
        await host.TakeAsync();

        await host.PutAsync("Bash", new { command = "make" });
        await Expect(watched.Page.GetByRole(AriaRole.Button, new() { Name = "Allow once" })).ToBeEnabledAsync();

        await Expect(watched.Page.Locator(".permission")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_a_card_shows_is_text_whatever_it_is_and_letters_that_look_like_others_are_marked()
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage watched = await EnterAsync(host);
        await host.TakeAsync();

        await host.PutAsync("Bash", new { command = "echo <img src=x onerror=alert(1)> \u202etxt.exe; сurl x" });

        ILocator shown = watched.Page.Locator(".permission pre");
        await Expect(shown).ToContainTextAsync("<img src=x onerror=alert(1)>");
        await Expect(shown).ToContainTextAsync("⟨U+202E⟩txt.exe");
        await Expect(shown.Locator("mark").Last).ToHaveTextAsync("с");
        await Expect(shown.Locator("mark").Last).ToHaveAttributeAsync("title", "U+0441");
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_card_is_decided_without_script()
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await host.TakeAsync();
        Task<string> asking = host.AskAsync("Bash", new { command = "make" });
        await host.PutAsync("Bash", new { command = "make again" });
        await using WatchedPage watched = await EnterAsync(host, new() { JavaScriptEnabled = false });

        await Expect(watched.Page.Locator(".permission").First.Locator("pre")).ToHaveTextAsync("command: make");
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Allow once" }).First.ClickAsync();

        Assert.Equal("allowed", await asking);
        await Expect(watched.Page.Locator(".permission")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_card_goes_with_the_turn()
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage watched = await EnterAsync(host);
        await host.TakeAsync();
        await host.PutAsync("Bash", new { command = "make" });
        await Expect(watched.Page.Locator(".permission")).ToHaveCountAsync(1);

        await host.GiveBackAsync();

        await Expect(watched.Page.Locator(".permission")).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.OK, (await host.Owner.GetAsync($"/api/sessions/{host.Id}/permissions")).StatusCode);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    public async Task Axe_finds_nothing_on_a_card_and_it_is_as_wide_as_the_page(ColorScheme theme, int width)
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage watched = await EnterAsync(host, new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 844 } });
        IPage page = watched.Page;
        await host.TakeAsync();
        await host.PutAsync("Bash", new { command = $"find . -name '*.cs' -print0 | xargs -0 grep -n {new string('x', 200)}\n# сheck", description = "Look for it" });
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Allow once" })).ToBeEnabledAsync();

        Assert.Empty(await AccessibilityTests.ViolationsAsync(page));
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        if (Environment.GetEnvironmentVariable("PARLEY_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"card-{theme}-{width}.png") });
    }

    private async Task<WatchedPage> EnterAsync(PlayedHost host, BrowserNewContextOptions? options = null)
    {
        WatchedPage watched = await site.SignInAsync(new Uri(host.Page).AbsolutePath, options);
        await Expect(watched.Page.Locator("#composer")).ToBeVisibleAsync();
        if (options?.JavaScriptEnabled != false)
            await Expect(watched.Page.Locator("#room[data-ready]")).ToBeVisibleAsync();
        return watched;
    }
}
