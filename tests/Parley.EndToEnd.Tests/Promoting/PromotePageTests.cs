using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Parley.EndToEnd.Tests.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Promoting;

/// <summary>The share button on an owner's session page, in a browser.</summary>
public sealed class PromotePageTests(Site site)
{
    private static readonly BrowserNewContextOptions WithoutScript = new() { JavaScriptEnabled = false };

    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 390, Height = 844 }, IsMobile = true, HasTouch = true };

    [Fact]
    public async Task The_dialog_invites_and_shows_each_step()
    {
        string session = await site.ShareAsync(Entries.Conversation(3), query: "?private=true"), id = session.Split('/')[^1];
        await AddServerAsync(id, "linear", locked: false);
        await AddServerAsync(id, "gmail", locked: true);
        await using WatchedPage watched = await site.SignInAsync($"/s/{id}", Phone);
        IPage page = watched.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Let people join" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        ILocator address = dialog.GetByLabel("E-mail address to invite");
        await address.FillAsync("sarah@example.org");
        await address.PressAsync("Enter");
        await address.PressSequentiallyAsync("david@example.org,oops");
        await address.PressAsync("Enter");
        await Expect(dialog.Locator(".chip")).ToHaveCountAsync(2);
        await address.ClearAsync();
        await Expect(dialog.GetByLabel("gmail MCP")).ToBeDisabledAsync();
        await dialog.GetByLabel("linear MCP").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share this chat" }).ClickAsync();

        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("The workspace is open");
        await Expect(dialog.Locator(".steps > li")).ToHaveCountAsync(5);
        await Expect(dialog.Locator(".steps")).ToContainTextAsync("Invited 2 people");
        await Expect(dialog.Locator(".invited > li")).ToHaveCountAsync(2);
        await Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Open the workspace" })).ToHaveAttributeAsync("href", $"{site.Address}/c/{id}");
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task What_is_refused_is_said_over_the_form_which_keeps_what_was_typed()
    {
        string id = (await site.ShareAsync(Entries.Conversation(1))).Split('/')[^1];
        await using WatchedPage watched = await site.SignInAsync($"/s/{id}/promote");
        IPage page = watched.Page;
        await page.RouteAsync("**/share", route => route.FulfillAsync(new() { Status = 429, ContentType = "application/problem+json", Body = """{"detail":"Come back tomorrow."}""" }));

        await page.GetByLabel("E-mail address to invite").FillAsync("sarah@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share this chat" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Come back tomorrow.");
        await Expect(page.Locator(".chip")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task For_viewers_there_is_no_role_to_choose_and_no_context()
    {
        string id = (await site.ShareAsync(Entries.Conversation(1))).Split('/')[^1];
        await using WatchedPage watched = await site.SignInAsync($"/s/{id}/promote");
        IPage page = watched.Page;
        ILocator role = page.GetByLabel("What they may do");
        await role.SelectOptionAsync("suggester");

        await page.GetByRole(AriaRole.Radio, new() { Name = "View" }).CheckAsync();
        await Expect(role).ToBeDisabledAsync();
        await Expect(role).ToHaveValueAsync("viewer");
        await Expect(page.GetByText("Context to share")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Multiplayer" }).CheckAsync();
        await Expect(role).ToHaveValueAsync("suggester");
        await Expect(page.GetByText("Context to share")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task All_of_it_works_without_script()
    {
        string id = (await site.ShareAsync(Entries.Conversation(2), query: "?private=true")).Split('/')[^1];
        await AddServerAsync(id, "linear", locked: false);
        await using WatchedPage watched = await site.SignInAsync($"/s/{id}/promote", WithoutScript);
        IPage page = watched.Page;

        await page.GetByLabel("E-mail addresses").FillAsync("sarah, david@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share this chat" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("\"sarah\" is none");
        await page.GetByLabel("E-mail addresses").FillAsync("sarah@example.org, david@example.org");
        await page.GetByLabel("What they may do").SelectOptionAsync("suggester");
        await page.GetByLabel("linear MCP").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Share this chat" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Shared");
        await Expect(page.Locator(".invited > li")).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open the workspace" })).ToHaveAttributeAsync("href", $"{site.Address}/c/{id}");
    }

    [Fact]
    public async Task Nobody_but_its_owner_sees_the_page()
    {
        string session = await site.ShareAsync(Entries.Conversation(1));
        await using WatchedPage reader = await site.OpenAsync($"{session}/promote");

        await Expect(reader.Page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Sign in");
        await reader.Page.GotoAsync(session);
        await Expect(reader.Page.GetByRole(AriaRole.Link, new() { Name = "Let people join" })).ToHaveCountAsync(0);
    }

    private async Task AddServerAsync(string id, string name, bool locked)
    {
        using HttpClient client = site.ClientOf(site.Address);
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            $"{site.Address}/api/sessions/{id}/context", new { kind = "mcp", name, files = Array.Empty<JsonElement>(), locked }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
