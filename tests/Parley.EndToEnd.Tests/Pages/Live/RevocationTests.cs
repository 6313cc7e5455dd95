using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Live;

public sealed class RevocationTests(Site site)
{
    private const string Secret = "the tide table of Holmhaven";

    [Fact]
    public async Task Taking_the_link_back_empties_the_screen_at_once()
    {
        using LiveSession session = await StartAsync();
        await using WatchedPage watched = await site.OpenAsync(session.Page, new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        IPage page = watched.Page;
        await Expect(page.Locator("#outline a")).ToHaveCountAsync(2);
        await LivePageTests.WatchingAsync(page);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("tide");
        await Expect(page.Locator("#search .hits a")).Not.ToHaveCountAsync(0);

        await session.UnshareAsync("link");

        await AssertEmptyAsync(page);
        await watched.AssertQuietAsync();
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is nothing here");
    }

    [Fact]
    public async Task A_token_opens_the_page_until_it_is_taken_back()
    {
        using LiveSession session = await StartAsync();
        (string address, string shareId) = await session.ShareTokenAsync();
        await using WatchedPage holder = await site.OpenAsync();
        Task<IRequest> asked = holder.Page.WaitForRequestAsync(request => request.Url.Contains("/events?", StringComparison.Ordinal));
        await holder.Page.GotoAsync(address);
        await using WatchedPage other = await site.OpenAsync(session.Page);
        Assert.StartsWith("Bearer clw_share_", await (await asked).HeaderValueAsync("authorization"), StringComparison.Ordinal);
        await session.AppendAsync(Entries.Answer("Seen by both"));
        foreach (IPage page in new[] { holder.Page, other.Page })
            await Expect(page.GetByText("Seen by both")).ToBeVisibleAsync();

        await session.UnshareAsync(shareId);

        await AssertEmptyAsync(holder.Page);
        await session.AppendAsync(Entries.Answer("Seen by one"));
        await Expect(other.Page.GetByText("Seen by one")).ToBeVisibleAsync();
        await Expect(holder.Page.GetByText("Seen by one")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_was_taken_back_while_the_network_was_lost_is_gone_when_it_is_back()
    {
        using LiveSession session = await StartAsync();
        (string address, string shareId) = await session.ShareTokenAsync();
        await using WatchedPage byLink = await site.OpenAsync(session.Page);
        await using WatchedPage byToken = await site.OpenAsync(address);
        foreach (WatchedPage watched in new[] { byLink, byToken })
        {
            await LivePageTests.WatchingAsync(watched.Page);
            await watched.Page.Context.SetOfflineAsync(true);
        }
        await session.UnshareAsync(shareId);
        await byToken.Page.Context.SetOfflineAsync(false);
        await AssertEmptyAsync(byToken.Page);

        await session.DeleteAsync();
        await byLink.Page.Context.SetOfflineAsync(false);
        await AssertEmptyAsync(byLink.Page);
    }

    [Fact]
    public async Task Going_back_in_the_history_shows_nothing_that_was_taken_back()
    {
        using LiveSession session = await StartAsync();
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        await LivePageTests.WatchingAsync(watched.Page);
        await watched.Page.GotoAsync(site.Address + "/");
        await session.UnshareAsync("link");

        await watched.Page.GoBackAsync();

        await Expect(watched.Page.GetByText(Secret)).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/prompts")]
    [InlineData("?q=tide")]
    public async Task A_page_that_the_browser_kept_is_shown_only_after_the_server_was_asked(string view)
    {
        string address = await site.ShareAsync([Entries.Prompt(Secret), Entries.Prompt(Secret)]);
        await using WatchedPage watched = await site.OpenAsync(address + view);
        IPage page = watched.Page;

        await LeaveAndReturnAsync("pagehide");
        await Expect(page.Locator("main")).ToBeHiddenAsync();
        await LeaveAndReturnAsync("pageshow");
        await Expect(page.Locator("main")).ToBeVisibleAsync();
        await LeaveAndReturnAsync("pagehide");
        using HttpClient owner = site.ClientOf(site.Address);
        await owner.DeleteAsync(address.Replace("/s/", "/api/sessions/", StringComparison.Ordinal));
        await LeaveAndReturnAsync("pageshow");

        await AssertEmptyAsync(page);
        await LeaveAndReturnAsync("pagehide");
        await LeaveAndReturnAsync("pageshow");
        await Expect(page.Locator("main")).ToBeVisibleAsync();

        // The browser under test keeps no pages, so it is told as if it had.
        Task LeaveAndReturnAsync(string name) => page.EvaluateAsync("(name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true }))", name);
    }

    private Task<LiveSession> StartAsync() => LiveSession.StartAsync(site, [Entries.Prompt(Secret), Entries.Answer(Secret), Entries.Prompt(Secret)], title: Secret);

    private static async Task AssertEmptyAsync(IPage page)
    {
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This session is no longer shared");
        await Expect(page).ToHaveTitleAsync("This session is no longer shared");
        Assert.DoesNotContain("tide", await page.EvaluateAsync<string>("document.documentElement.outerHTML"), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("tide", page.Url, StringComparison.Ordinal);
        await Expect(page.Locator("#main")).ToBeFocusedAsync();
    }
}
