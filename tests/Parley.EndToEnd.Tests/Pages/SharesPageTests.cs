using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages;

/// <summary>What an owner sees of what they share and does about it, in a browser.</summary>
public sealed class SharesPageTests(Site site)
{
    private static readonly BrowserNewContextOptions WithoutScript = new() { JavaScriptEnabled = false };

    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 360, Height = 740 }, IsMobile = true, HasTouch = true };

    [Fact]
    public async Task Signing_in_shows_what_is_shared_and_signing_out_hides_it()
    {
        string id = await ShareAsync("Tides of Brest");
        await using WatchedPage watched = await site.SignInAsync(options: WithoutScript);
        IPage page = watched.Page;

        await Expect(Card(page, id)).ToContainTextAsync("Tides of Brest");
        await Expect(Card(page, id)).ToContainTextAsync("Public link");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.GotoAsync($"{site.Address}/shares");
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Sign in");
        await Expect(page.GetByText("Tides of Brest")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Everything_can_be_done_without_script()
    {
        string id = await ShareAsync("Before");
        await using WatchedPage watched = await site.SignInAsync($"/shares/{id}", WithoutScript);
        IPage page = watched.Page;

        await page.GetByText("New token").ClickAsync();
        await page.GetByLabel("For").FillAsync("Ana");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        await Expect(page.Locator(".ways li")).ToHaveCountAsync(2);
        await Expect(page.Locator(".ways li").Last).ToContainTextAsync("24 h left");
        await page.GetByText("Change when it ends").ClickAsync();
        await page.GetByLabel("When Ana ends").SelectOptionAsync("7 days");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await Expect(page.Locator(".ways li").Last).ToContainTextAsync("7 days left");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Public link" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Ana" }).ClickAsync();
        await Expect(page.GetByText("Only you can read it.")).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/s/{id}"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Open the public link" }).ClickAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/s/{id}"));
        await page.GetByLabel("Title").FillAsync("After");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.GetByLabel("When the session is deleted").SelectOptionAsync("Never");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).ClickAsync();
        await Expect(page.GetByText("It stays until you delete it")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Who saw it" }).ClickAsync();
        await Expect(page.Locator(".trail")).ToContainTextAsync("revoked the token Ana");
        await page.GetByRole(AriaRole.Link, new() { Name = "After" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete it now" }).ClickAsync();
        await page.GetByLabel("I know that this can't be undone").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{site.Address}/shares");
        await Expect(Card(page, id)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_link_is_revoked_in_place_and_opens_nothing_at_once()
    {
        string id = await ShareAsync("One"), other = await ShareAsync("Other");
        await using WatchedPage watched = await site.SignInAsync(options: Phone);
        IPage page = watched.Page;
        await page.EvaluateAsync("window.untouched = true");

        await Card(page, id).GetByRole(AriaRole.Button, new() { Name = "Revoke Public link" }).ClickAsync();

        await Expect(Card(page, id)).ToContainTextAsync("Only you can read it.");
        await Expect(page.Locator("#status")).ToHaveTextAsync("Public link is revoked");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/s/{id}"));
        await Expect(Card(page, other)).ToContainTextAsync("Public link");
        Assert.True(await page.EvaluateAsync<bool>("window.untouched"));
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_new_token_is_passed_on_by_the_phone_s_own_share_sheet()
    {
        string id = await ShareAsync("Passed on");
        await using WatchedPage watched = await site.SignInAsync(options: Phone);
        IPage page = watched.Page;
        await page.AddInitScriptAsync("navigator.share = async (what) => { window.passed = what; }");
        await page.GotoAsync($"{site.Address}/shares/{id}");

        await page.GetByText("New token").ClickAsync();
        await page.GetByLabel("For").FillAsync("Ana");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Share “Ana”");
        Assert.True(await dialog.GetByRole(AriaRole.Img).EvaluateAsync<bool>("image => image.complete && image.naturalWidth > 0"), "The QR code is drawn.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share…" }).ClickAsync();

        JsonElement passed = await page.EvaluateAsync<JsonElement>("window.passed");
        Assert.Equal("Passed on", passed.GetProperty("title").GetString());
        Assert.StartsWith($"{site.Address}/t/clw_share_", passed.GetProperty("url").GetString());
        await using WatchedPage reader = await site.OpenAsync(passed.GetProperty("url").GetString());
        await Expect(reader.Page.Locator(".entry")).ToHaveCountAsync(2);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_token_without_an_end_is_warned_of_before_it_is_made()
    {
        await using WatchedPage watched = await site.SignInAsync($"/shares/{await ShareAsync("Endless")}");
        await watched.Page.GetByText("New token").ClickAsync();
        ILocator warning = watched.Page.GetByText("A token without an end");

        await Expect(warning).ToBeHiddenAsync();
        await watched.Page.GetByLabel("When the token ends").SelectOptionAsync("Never");

        await Expect(warning).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Deleting_asks_twice_in_a_dialog_of_the_page()
    {
        string id = await ShareAsync("Deleted");
        await using WatchedPage watched = await site.SignInAsync($"/shares/{id}");
        IPage page = watched.Page;
        ILocator delete = page.GetByRole(AriaRole.Button, new() { Name = "Delete it" }), dialog = page.GetByRole(AriaRole.Dialog);

        await page.GetByRole(AriaRole.Link, new() { Name = "Delete it now" }).ClickAsync();
        await delete.ClickAsync();
        await Expect(dialog).ToBeVisibleAsync();
        await dialog.GetByText("Keep it").ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/s/{id}"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Delete it now" }).ClickAsync();
        await page.GetByLabel("I know that this can't be undone").CheckAsync();
        await delete.ClickAsync();
        await Expect(page).ToHaveURLAsync($"{site.Address}/shares");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/s/{id}"));
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task Who_reads_is_counted_while_the_page_is_looked_at_and_nobody_loses_what_they_type()
    {
        string id = await ShareAsync("Counted");
        await using WatchedPage watched = await site.SignInAsync();
        IPage page = watched.Page;
        await page.Clock.InstallAsync();
        await page.GotoAsync($"{site.Address}/shares/{id}");
        await Expect(page.Locator(".pulse")).ToContainTextAsync("no reader yet");
        await page.GetByLabel("Title").FillAsync("Half a ti");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/s/{id}"));
        await page.Clock.FastForwardAsync(11_000);

        await Expect(page.Locator(".pulse")).ToContainTextAsync("1 reader");
        await Expect(page.GetByLabel("Title")).ToHaveValueAsync("Half a ti");
    }

    [Fact]
    public async Task What_is_shared_meanwhile_appears_by_itself()
    {
        await using WatchedPage watched = await site.SignInAsync();
        IPage page = watched.Page;
        await page.Clock.InstallAsync();
        await page.GotoAsync($"{site.Address}/shares");

        string id = await ShareAsync("Came later");
        await page.Clock.FastForwardAsync(11_000);

        await Expect(Card(page, id)).ToContainTextAsync("Came later");
    }

    [Fact]
    public async Task Every_reader_can_pass_a_session_on_and_its_owner_sees_who_can_read_it()
    {
        string id = await ShareAsync("Read by many");
        await using WatchedPage reader = await site.OpenAsync($"{site.Address}/s/{id}", new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "Share", Exact = true }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Copy the link" }).ClickAsync();
        await Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        Assert.Equal($"{site.Address}/s/{id}", await reader.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await Expect(reader.Page.GetByRole(AriaRole.Link, new() { Name = "Who can read it" })).ToHaveCountAsync(0);

        await using WatchedPage owner = await site.SignInAsync($"/s/{id}");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Who can read it" }).ClickAsync();
        await Expect(owner.Page).ToHaveURLAsync($"{site.Address}/shares/{id}");
        await owner.AssertQuietAsync();
        await reader.AssertQuietAsync();
    }

    [Fact]
    public async Task Titles_and_names_that_are_markup_are_shown_as_text()
    {
        const string markup = "</h2><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
        string id = await ShareAsync(markup);
        using HttpClient client = site.ClientOf(site.Address);
        using HttpResponseMessage token = await client.PostAsJsonAsync($"{site.Address}/api/sessions/{id}/share", new { token = new { name = markup } });
        await using WatchedPage watched = await site.SignInAsync();
        foreach (string path in new[] { "/shares", $"/shares/{id}", $"/shares/{id}/audit", $"/shares/{id}/delete" })
        {
            await watched.Page.GotoAsync(site.Address + path);
            await Expect(watched.Page.GetByText(markup).First).ToBeAttachedAsync();
            Assert.NotEqual("owned", await watched.Page.TitleAsync());
            await watched.AssertQuietAsync();
        }
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    public async Task Everything_fits_a_phone_and_its_thumb(int width)
    {
        string id = await ShareAsync("A title that is longer than a phone is wide, with averyveryveryverylongwordthatcannotbebroken in it");
        using HttpClient client = site.ClientOf(site.Address);
        using HttpResponseMessage token = await client.PostAsJsonAsync($"{site.Address}/api/sessions/{id}/share", new { token = new { name = "A name that is longer than a phone is wide" } });
        await using WatchedPage watched = await site.SignInAsync(options: new() { ViewportSize = new() { Width = width, Height = 740 }, IsMobile = true, HasTouch = true });
        foreach (string path in new[] { "/shares", $"/shares/{id}", $"/shares/{id}/audit", $"/shares/{id}/delete", $"/s/{id}", $"/s/{id}/share" })
        {
            await watched.Page.GotoAsync(site.Address + path);
            Assert.Equal(width, await watched.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
        await watched.Page.GotoAsync($"{site.Address}/shares/{id}");
        // Apple's measure of what a finger hits; links in running text have none.
        string[] small = await watched.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('main :is(button, .button, .act, select, input)')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)");
        Assert.Empty(small);
    }

    [Fact]
    public async Task Behind_a_path_prefix_everything_leads_to_where_it_is()
    {
        string session = await site.ShareAsync(Entries.Conversation(2), address: site.PrefixedAddress);
        string id = session.Split('/')[^1];
        await using WatchedPage watched = await site.SignInAsync("/shares", address: site.PrefixedAddress);
        IPage page = watched.Page;

        await Expect(page).ToHaveURLAsync(new Regex("/some/prefix/shares$"));
        await Card(page, id).GetByRole(AriaRole.Link, new() { Name = "A session" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Public link" }).ClickAsync();
        await Expect(page.GetByText("Only you can read it.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Read it" }).ClickAsync();
        await Expect(page.Locator(".entry")).ToHaveCountAsync(2);
        await watched.AssertQuietAsync();
    }

    private static ILocator Card(IPage page, string id) => page.Locator($"#session-{id}");

    private async Task<string> ShareAsync(string title)
    {
        var header = new SessionHeader { Title = title, Project = "tidewatch", Branch = "main", Model = "claude-opus-4-8" };
        return (await site.ShareAsync(Entries.Conversation(2), header)).Split('/')[^1];
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var anyone = new HttpClient();
        using HttpResponseMessage answer = await anyone.GetAsync(site.Address + path);
        return answer.StatusCode;
    }
}
