using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages;

/// <summary>Inviting, joining, and being told, in browsers.</summary>
public sealed class PeoplePageTests(Site site)
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 360, Height = 740 }, IsMobile = true, HasTouch = true };

    [Fact]
    public async Task A_link_for_one_person_is_made_passed_on_and_joined_by_on_a_phone()
    {
        string id = await PrivateAsync("Tides of Brest");
        await using WatchedPage owner = await site.SignInAsync($"/c/{id}/people");
        await owner.Page.EvaluateAsync("window.untouched = true");

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Make a link for one person" }).ClickAsync();
        await Expect(owner.Page.Locator("#status")).ToHaveTextAsync("Invited");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Pass the link" }).ClickAsync();
        string link = await owner.Page.GetByRole(AriaRole.Dialog).Locator(".address").InnerTextAsync();
        await using WatchedPage sarah = await site.OpenAsync(link, Phone);
        await Expect(sarah.Page.GetByText("Tides of Brest")).ToBeVisibleAsync();
        await sarah.Page.GetByLabel("What shall the others call you?").FillAsync("Sarah");
        await sarah.Page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await sarah.Page.WaitForURLAsync($"**/c/{id}");
        await sarah.Page.GotoAsync($"{site.Address}/c/{id}/people");

        await Expect(sarah.Page.Locator(".ways li")).ToHaveTextAsync([new Regex("owner"), new Regex("Sarah \\(you\\)\\s*Prompter")]);
        await Expect(sarah.Page.GetByRole(AriaRole.Button, new() { Name = "Invite" })).ToHaveCountAsync(0);
        Assert.True(await owner.Page.EvaluateAsync<bool>("window.untouched"));
        await owner.AssertQuietAsync();
    }

    [Fact]
    public async Task The_badge_counts_what_is_unread_as_it_comes_and_the_inbox_leads_there()
    {
        string id = await PrivateAsync("Counted");
        await using WatchedPage owner = await site.SignInAsync("/account");
        await owner.Page.GotoAsync($"{site.Address}/inbox");
        if (await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).IsVisibleAsync())
            await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();
        ILocator badge = owner.Page.Locator(".unread-count");
        await Expect(badge).ToBeHiddenAsync();

        await JoinAsync(id, "David");

        await Expect(badge).Not.ToBeHiddenAsync();
        await owner.Page.ReloadAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "David has joined" }).First.ClickAsync();
        await owner.Page.WaitForURLAsync($"**/c/{id}");
        await owner.AssertQuietAsync();
    }

    [Fact]
    public async Task A_role_is_changed_and_a_member_removed_in_place()
    {
        string id = await PrivateAsync("In place");
        await JoinAsync(id, "David");
        await using WatchedPage owner = await site.SignInAsync($"/c/{id}/people", Phone);
        IPage page = owner.Page;
        ILocator david = page.Locator(".ways li", new() { HasText = "David" });
        await page.EvaluateAsync("window.untouched = true");

        await david.GetByText("Change").ClickAsync();
        await david.GetByLabel("What David may do").SelectOptionAsync("viewer");
        await david.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await Expect(david).ToContainTextAsync("Viewer");
        await Expect(page.Locator("#status")).ToHaveTextAsync("Changed");
        await david.GetByText("Change").ClickAsync();
        await david.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();

        await Expect(david).ToHaveCountAsync(0);
        Assert.True(await page.EvaluateAsync<bool>("window.untouched"));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page fits the phone.");
        await owner.AssertQuietAsync();
    }

    [Fact]
    public async Task An_account_is_renamed_makes_a_key_and_lets_another_device_in_without_script()
    {
        string id = await PrivateAsync("Account");
        await using WatchedPage sarah = await JoinAsync(id, "Sarah", new() { JavaScriptEnabled = false });
        IPage page = sarah.Page;
        await page.GotoAsync($"{site.Address}/account");

        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Sarah Connor");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Sarah Connor");
        await page.GetByLabel("What the key is for").FillAsync("laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        await Expect(page.Locator(".new-key code")).ToHaveTextAsync(new Regex("^sk-[\\w-]{43}$"));
        await page.GotoAsync($"{site.Address}/account");
        await Expect(page.GetByText("laptop")).ToBeVisibleAsync();
        await Expect(page.Locator(".new-key")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in on another device" }).ClickAsync();
        string link = await page.Locator(".address").InnerTextAsync();
        await using WatchedPage phone = await site.OpenAsync(link, Phone);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await phone.Page.GotoAsync($"{site.Address}/account");

        await Expect(phone.Page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Sarah Connor");
    }

    [Theory]
    [MemberData(nameof(AccessibilityTests.Looks), MemberType = typeof(AccessibilityTests))]
    public async Task Axe_finds_nothing_on_the_pages_of_people(ColorScheme theme, int width)
    {
        var looks = new BrowserNewContextOptions { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
        string id = await PrivateAsync("Visibility-bug investigation");
        await (await JoinAsync(id, "Sarah")).DisposeAsync();
        using HttpClient client = site.ClientOf(site.Address);
        foreach (object invited in (object[])[new { email = "david@example.org", role = "suggester" }, new { role = "viewer" }])
            (await client.PostAsJsonAsync($"{site.Address}/api/sessions/{id}/invitations", invited)).EnsureSuccessStatusCode();
        JsonElement invitations = await client.GetFromJsonAsync<JsonElement>($"{site.Address}/api/sessions/{id}/invitations");
        string link = invitations.GetProperty("invitations")[0].GetProperty("link").GetString()!;

        await using (WatchedPage nobody = await site.OpenAsync($"{site.Address}/sign-in", looks))
        {
            Assert.Empty(await AccessibilityTests.ViolationsAsync(nobody.Page));
            await nobody.Page.GotoAsync(link);
            Assert.Empty(await AccessibilityTests.ViolationsAsync(nobody.Page));
        }
        await using WatchedPage owner = await site.SignInAsync("/shares", looks);
        foreach (string path in (string[])["/inbox", "/account", $"/c/{id}/people"])
        {
            await owner.Page.GotoAsync(site.Address + path);
            Assert.Empty(await AccessibilityTests.ViolationsAsync(owner.Page));
        }
        await owner.Page.GetByText("Change").First.ClickAsync();
        Assert.Empty(await AccessibilityTests.ViolationsAsync(owner.Page));
    }

    private async Task<string> PrivateAsync(string title) =>
        (await site.ShareAsync(Entries.Conversation(2), new SessionHeader { Title = title, Project = "tidewatch" }, query: "?private=true")).Split('/')[^1];

    /// <summary>Somebody new who joins by a link.</summary>
    private async Task<WatchedPage> JoinAsync(string id, string name, BrowserNewContextOptions? options = null)
    {
        using HttpClient client = site.ClientOf(site.Address);
        using HttpResponseMessage invited = await client.PostAsJsonAsync($"{site.Address}/api/sessions/{id}/invitations", new { role = "prompter" });
        string link = (await invited.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("link").GetString()!;
        WatchedPage page = await site.OpenAsync(link, options);
        await page.Page.GetByLabel("What shall the others call you?").FillAsync(name);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await page.Page.WaitForURLAsync($"**/c/{id}");
        return page;
    }
}
