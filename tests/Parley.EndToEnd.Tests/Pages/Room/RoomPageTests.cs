using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Room;

/// <summary>People in a workspace, each in a browser of their own.</summary>
public sealed class RoomPageTests(Site site)
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task People_see_each_other_type_and_talk()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "talk", Entries.Conversation(4));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah Lee", MemberRole.Prompter), david = await workspace.MemberAsync("David", MemberRole.Suggester, Phone);
        await Expect(jacob.Locator("#crowd .sr")).ToHaveTextAsync("People: 3 of 3 here");

        await david.Locator("#text").PressSequentiallyAsync("option 2 plus");
        await Expect(jacob.Locator("#typing")).ToContainTextAsync("David is typing");
        await david.Locator("#text").FillAsync("@Jacob option 2 plus a regression test");
        await david.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        foreach (IPage page in (IPage[])[jacob, sarah, david])
            await Expect(page.Locator(".entry.talk")).ToContainTextAsync("option 2 plus a regression test");
        await Expect(jacob.Locator(".entry.mentions-me")).ToHaveCountAsync(1);
        await Expect(david.Locator(".pending")).ToHaveCountAsync(0);
        await Expect(jacob.Locator("#typing")).ToBeEmptyAsync();
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task A_suggestion_is_accepted_and_waits_and_its_author_may_change_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "queue", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), david = await workspace.MemberAsync("David", MemberRole.Suggester);

        await david.Locator("#text").FillAsync("@claude write a test");
        await david.Keyboard.PressAsync("Control+Enter");
        await Expect(david.Locator(".turn .state")).ToHaveTextAsync("Waits until somebody accepts it");
        await jacob.GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();
        await Expect(david.Locator(".turn .state")).ToHaveTextAsync("Next");

        await jacob.Locator("#text").FillAsync("And mine");
        await jacob.Keyboard.PressAsync("Control+Enter");
        ILocator mine = jacob.Locator(".turn", new() { HasText = "And mine" });
        await mine.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await jacob.GetByRole(AriaRole.Textbox, new() { Name = "Your prompt" }).FillAsync("And this");
        await jacob.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(david.Locator(".turn").Nth(1)).ToContainTextAsync("And this");
        await jacob.Locator(".turn").Nth(1).GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await Expect(david.Locator(".turn")).ToHaveCountAsync(1);
        await Expect(jacob.Locator("#working")).ToContainTextAsync("prompts wait");
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task What_is_written_in_place_of_a_prompt_is_kept_when_the_agent_begins_with_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "late-edit", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync();
        await jacob.Locator("#text").FillAsync("Write a test");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await jacob.Locator(".turn").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await jacob.GetByRole(AriaRole.Textbox, new() { Name = "Your prompt" }).FillAsync("Write a test, and run it");

        Assert.True(await workspace.TakeAsync());

        await Expect(jacob.Locator("#text")).ToHaveValueAsync("Write a test, and run it");
        await Expect(jacob.Locator("#text")).ToBeFocusedAsync();
        await Expect(jacob.Locator("#status")).ToContainTextAsync("is in your message");
        await Expect(jacob.Locator(".turn")).ToHaveCountAsync(0);
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task What_is_saved_too_late_is_kept()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "late-save", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync();
        await jacob.Locator("#text").FillAsync("Write a test");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await jacob.Locator(".turn").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await jacob.GetByRole(AriaRole.Textbox, new() { Name = "Your prompt" }).FillAsync("Write a test, and run it");
        await jacob.RouteAsync("**/prompts/*", async route =>
        {
            await workspace.TakeAsync();
            await Expect(jacob.Locator(".turn")).ToHaveCountAsync(0);
            await route.ContinueAsync();
        });

        await jacob.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(jacob.Locator("#text")).ToHaveValueAsync("Write a test, and run it");
    }

    [Fact]
    public async Task Who_loses_their_say_while_they_change_a_prompt_finds_their_words_when_they_have_it_again()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "edit-role", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await sarah.Locator("#text").FillAsync("Write a test");
        await sarah.Keyboard.PressAsync("Control+Enter");
        await sarah.Locator(".turn").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await sarah.GetByRole(AriaRole.Textbox, new() { Name = "Your prompt" }).FillAsync("Write a test, and run it");
        await jacob.Locator("#crowd").ClickAsync();

        await SetRoleAsync(jacob, "viewer");
        await Expect(sarah.Locator("#composer")).ToContainTextAsync("You read along here");
        await SetRoleAsync(jacob, "prompter");

        await Expect(sarah.Locator("#text")).ToHaveValueAsync("Write a test, and run it");
    }

    [Fact]
    public async Task On_a_phone_the_menu_says_how_much_is_unread()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "phone-unread", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(Phone), sarah = await workspace.MemberAsync("Sarah", MemberRole.Suggester);
        ILocator menu = jacob.Locator(".topbar .menu summary");
        await Expect(menu.Locator(".unread-count")).ToBeHiddenAsync();

        await sarah.Locator("#text").FillAsync("@Jacob look at this");
        await sarah.Keyboard.PressAsync("Control+Enter");

        await Expect(menu.Locator(".unread-count")).ToHaveTextAsync("1");
        await Expect(menu.Locator(".unread-count")).ToBeVisibleAsync();
        await menu.ClickAsync();
        await Expect(jacob.Locator(".menu li", new() { HasText = "Inbox" }).Locator(".unread-count")).ToBeVisibleAsync();
        await workspace.AssertQuietAsync();
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0", "Ctrl ↩")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0.0.0", "⌘↩")]
    public async Task The_key_that_sends_is_called_as_on_the_reader_s_keyboard(string browser, string key)
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, $"keys-{key.Length}", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(new() { UserAgent = browser });

        await Expect(jacob.Locator(".composer .hints kbd")).ToHaveTextAsync(key);
    }

    [Fact]
    public async Task What_is_sent_without_a_connection_is_sent_once_there_is_one()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "offline", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await Expect(sarah.Locator("#crowd .sr")).ToHaveTextAsync("People: 2 of 2 here");

        await sarah.Context.SetOfflineAsync(true);
        await sarah.GetByRole(AriaRole.Radio, new() { Name = "Tell the others" }).CheckAsync();
        await sarah.Locator("#text").FillAsync("From the train");
        await sarah.Keyboard.PressAsync("Control+Enter");
        await Expect(sarah.Locator(".pending .state")).ToContainTextAsync("tried again");
        await sarah.Context.SetOfflineAsync(false);

        await Expect(jacob.Locator(".entry.talk")).ToContainTextAsync("From the train");
        await Expect(sarah.Locator(".pending")).ToHaveCountAsync(0);
        await Expect(sarah.Locator(".entry.talk")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Names_and_commands_complete_themselves_and_drafts_are_kept()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "write", Entries.Conversation(2));
        IPage sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await Expect(sarah.Locator("#crowd .sr")).ToHaveTextAsync("People: 1 of 2 here");

        await sarah.Locator("#text").PressSequentiallyAsync("Hello @ja");
        await Expect(sarah.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await sarah.Keyboard.PressAsync("Enter");
        await Expect(sarah.Locator("#text")).ToHaveValueAsync("Hello @Jacob ");
        await sarah.ReloadAsync();
        await Expect(sarah.Locator("#text")).ToHaveValueAsync("Hello @Jacob ");
        await sarah.Locator("#text").FillAsync("مرحبا");
        await Expect(sarah.Locator("#text")).ToHaveCSSAsync("direction", "rtl");

        await sarah.Locator("#text").FillAsync("");
        await sarah.Keyboard.PressAsync("Alt+Slash");
        await Expect(sarah.Locator("#choices .label")).ToHaveTextAsync(["/invite", "/context", "/interrupt", "/export"]);
    }

    [Fact]
    public async Task The_panels_open_over_the_room_and_close()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "panels", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync();
        await workspace.MemberAsync("Sarah", MemberRole.Viewer);
        ILocator panel = jacob.Locator("#panel");

        await jacob.Locator("#crowd").ClickAsync();
        await Expect(panel).ToContainTextAsync("Sarah");
        await panel.GetByText("Change what Sarah may do").ClickAsync();
        Assert.True(await panel.Locator("form.row:has(select)").EvaluateAsync<bool>(
            "form => { const [select, button] = [...form.querySelectorAll('select, button')].map(e => e.getBoundingClientRect()); return button.left >= select.right && button.top < select.bottom; }"));
        await jacob.Keyboard.PressAsync("Escape");
        await Expect(panel).ToBeHiddenAsync();
        await jacob.Locator("#text").FillAsync("/context");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await Expect(panel).ToContainTextAsync("Conversation");
        await jacob.Keyboard.PressAsync("Escape");
        await jacob.Locator("#text").FillAsync("/export");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await Expect(panel).ToContainTextAsync("Markdown");
        await Expect(jacob.Locator("#text")).ToHaveValueAsync("");
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task Who_comes_back_finds_where_they_left()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "unread", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Suggester);
        await sarah.WaitForResponseAsync("**/seen");
        await sarah.GotoAsync("about:blank");

        await jacob.GetByRole(AriaRole.Radio, new() { Name = "Tell the others" }).CheckAsync();
        await jacob.Locator("#text").FillAsync("While you were away");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await Expect(jacob.Locator(".entry.talk:not(.pending)")).ToHaveCountAsync(1);
        await sarah.GotoAsync(workspace.Page);

        await Expect(sarah.Locator("#unread + .entry")).ToContainTextAsync("While you were away");
    }

    [Fact]
    public async Task A_closed_room_says_so_once()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "closed", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await Expect(sarah.Locator("#working")).ToContainTextAsync("prompts wait");

        await jacob.GotoAsync($"{workspace.Page}/context");
        await jacob.GetByText("Close this workspace").ClickAsync();
        await jacob.GetByRole(AriaRole.Button, new() { Name = "Close it" }).ClickAsync();

        await Expect(sarah.Locator("#composer")).ToHaveTextAsync("This workspace is closed: it can still be read.");
        await sarah.Locator("#room[data-ready]").WaitForAsync();
        await Expect(sarah.Locator("#working")).ToBeEmptyAsync();
    }

    private static async Task SetRoleAsync(IPage owner, string role)
    {
        ILocator panel = owner.Locator("#panel");
        await panel.GetByText("Change what Sarah may do").ClickAsync();
        await panel.Locator(".change select").SelectOptionAsync(role);
        await panel.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
    }

    public static TheoryData<ColorScheme, int> Looks => AccessibilityTests.Looks;

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_in_a_room(ColorScheme theme, int width)
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, $"axe-{theme}-{width}", Entries.OfEveryKind());
        var looks = new BrowserNewContextOptions { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
        IPage jacob = await workspace.OwnerAsync(looks), david = await workspace.MemberAsync("David", MemberRole.Suggester, looks), vera = await workspace.MemberAsync("Vera", MemberRole.Viewer, looks);
        await david.Locator("#text").FillAsync("@claude write a test for @Jacob");
        await david.Keyboard.PressAsync("Control+Enter");
        await david.Locator("#text").FillAsync("@");
        await Expect(jacob.Locator(".turn")).ToHaveCountAsync(1);

        foreach (IPage page in (IPage[])[jacob, david, vera])
            Assert.Empty(await AccessibilityTests.ViolationsAsync(page));
        await jacob.Locator("#crowd").ClickAsync();
        await Expect(jacob.Locator("#panel")).ToContainTextAsync("Vera");
        Assert.Empty(await AccessibilityTests.ViolationsAsync(jacob));
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task On_a_phone_everything_is_large_enough_for_a_thumb_and_nothing_scrolls_sideways()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "phone", Entries.Conversation(6));
        IPage david = await workspace.MemberAsync("David", MemberRole.Suggester, Phone);
        await Expect(david.Locator("#crowd .sr")).ToHaveTextAsync("People: 1 of 2 here");

        float[] heights = await david.EvaluateAsync<float[]>(
            "() => [...document.querySelectorAll('.topbar :is(a, button, summary), .composer :is(button, label)')].filter((e) => e.checkVisibility() && !e.closest('.brand')).map((e) => e.getBoundingClientRect().height)");
        Assert.All(heights, height => Assert.True(height >= 40, $"{height}"));
        Assert.True(await david.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
    }

    [Theory]
    [InlineData(390, "none")]
    [InlineData(1280, "grid")]
    public async Task What_is_being_written_has_a_face_beside_it_where_there_is_room(int width, string face)
    {
        using PlayedHost host = await PlayedHost.OpenAsync(site);
        await using WatchedPage watched = await site.SignInAsync(new Uri(host.Page).AbsolutePath, new() { ViewportSize = new() { Width = width, Height = 844 } });
        await Expect(watched.Page.Locator("#room[data-ready]")).ToBeVisibleAsync();
        await host.TakeAsync();
        // What is being written reaches those who listen already.
        await Expect(watched.Page.GetByText("Look into it.")).ToBeVisibleAsync();
        await host.SayAsync("Low water is late by an hour.\n");

        await Expect(watched.Page.Locator(".draft")).ToContainTextAsync("Low water is");
        Assert.Equal(face, await watched.Page.Locator(".draft").EvaluateAsync<string>("draft => getComputedStyle(draft, '::before').display"));
    }
}
