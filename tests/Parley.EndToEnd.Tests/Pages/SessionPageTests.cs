using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages;

public sealed class SessionPageTests(Site site)
{
    [Fact]
    public async Task A_session_can_be_read_without_script()
    {
        string address = await site.ShareAsync(Entries.Conversation(120));
        await using WatchedPage watched = await site.OpenAsync(address, new() { JavaScriptEnabled = false });
        IPage page = watched.Page;

        await Expect(page.Locator(".entry")).ToHaveCountAsync(50);
        await page.GetByRole(AriaRole.Link, new() { Name = "More entries" }).ClickAsync();
        await Expect(page.Locator(".entry").First).ToContainTextAsync("Question number 51");
        await page.GetByRole(AriaRole.Link, new() { Name = "More entries" }).ClickAsync();
        await Expect(page.Locator(".entry")).ToHaveCountAsync(20);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "More entries" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Earlier entries" }).ClickAsync();
        await Expect(page.Locator(".entry").First).ToContainTextAsync("Question number 51");
    }

    [Fact]
    public async Task Prompts_and_search_work_without_script()
    {
        string address = await site.ShareAsync(Entries.Conversation(120));
        await using WatchedPage watched = await site.OpenAsync(address, new() { JavaScriptEnabled = false });
        IPage page = watched.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "All prompts" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Question number 119" }).ClickAsync();
        await Expect(page.Locator(":target")).ToContainTextAsync("Question number 119");
        await page.GetByRole(AriaRole.Link, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("NUMBER 73");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.Locator(".hits a").ClickAsync();
        await Expect(page.Locator(":target")).ToContainTextAsync("Question number 73");
    }

    [Fact]
    public async Task Scrolling_down_loads_every_entry_exactly_once_and_in_order()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(Entries.Conversation(330)));
        IPage page = watched.Page;

        await ScrollUntilAsync(page, "scrollTo(0, document.documentElement.scrollHeight)", 330);

        Assert.Equal(Enumerable.Range(1, 330).Select(i => $"e{i}"), await IdsAsync(page));
        await Expect(page.Locator(".pager")).ToHaveCountAsync(0);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task Scrolling_up_loads_what_came_before_without_a_jump()
    {
        string address = await site.ShareAsync(Entries.Conversation(330));
        await using WatchedPage watched = await site.OpenAsync(address + "?at=300#e300");
        IPage page = watched.Page;
        await Expect(page.Locator("#e300")).ToBeInViewportAsync();

        await page.EvaluateAsync("scrollTo(0, 0)");
        await Expect(page.Locator("#e250")).ToBeAttachedAsync();
        Assert.True(await page.EvaluateAsync<double>("scrollY") > 1000, "What was read stays in its place, so what came before is above it.");
        await ScrollUntilAsync(page, "scrollTo(0, 0)", 330);

        Assert.Equal(Enumerable.Range(1, 330).Select(i => $"e{i}"), await IdsAsync(page));
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_link_to_an_entry_shows_that_entry_with_what_is_around_it()
    {
        string address = await site.ShareAsync(Entries.Conversation(200));
        await using WatchedPage watched = await site.OpenAsync(address + "?at=120#e120");

        await Expect(watched.Page.Locator("#e120")).ToBeInViewportAsync();
        await Expect(watched.Page.Locator("#e119")).ToBeAttachedAsync();
        Assert.Equal("e120", await watched.Page.EvaluateAsync<string>("document.querySelector(':target').id"));
    }

    [Fact]
    public async Task A_link_with_nothing_but_the_entry_in_its_hash_finds_it_too()
    {
        string address = await site.ShareAsync(Entries.Conversation(200));
        await using WatchedPage watched = await site.OpenAsync(address + "#e120");

        await Expect(watched.Page.Locator("#e120")).ToBeInViewportAsync();
        await Expect(watched.Page).ToHaveURLAsync(new Regex("at=120#e120$"));

        await using WatchedPage missing = await site.OpenAsync(address + "#e9999");
        await Expect(missing.Page.Locator("#entries")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_link_into_a_subagent_unfolds_it()
    {
        Entry[] entries = [Entries.Of(Role.Assistant, Entries.Call("Task", new { description = "Look" }, "x")), .. Entries.Conversation(6).Select(e => e with { Thread = "x" })];
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(entries) + "?at=4#e4");

        await Expect(watched.Page.Locator("#e4")).ToBeVisibleAsync();
        await Expect(watched.Page.Locator("details.thread")).ToHaveCountAsync(1);
        await Expect(watched.Page.Locator("details.thread > summary")).ToContainTextAsync("Look");
    }

    [Fact]
    public async Task A_subagent_that_goes_on_over_pages_stays_one_group()
    {
        Entry[] entries = [.. Entries.Conversation(40), .. Entries.Conversation(60).Select(e => e with { Thread = "x" }), .. Entries.Conversation(10)];
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(entries));

        await ScrollUntilAsync(watched.Page, "scrollTo(0, document.documentElement.scrollHeight)", 110);

        await Expect(watched.Page.Locator("details.thread")).ToHaveCountAsync(1);
        await Expect(watched.Page.Locator("details.thread .entry")).ToHaveCountAsync(60);
    }

    [Fact]
    public async Task The_search_finds_opens_and_marks_an_entry_that_is_not_loaded()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync([.. Entries.Conversation(150), Entries.Of(Role.Assistant, Entries.Call("Bash", new { command = "echo needle" }))]));
        IPage page = watched.Page;

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("Needle");
        await Expect(page.Locator("#search .hits a")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Regex("found=Needle#e151$"));
        await Expect(page.Locator("#e151 details")).ToHaveAttributeAsync("open", "");
        await page.WaitForFunctionAsync("() => CSS.highlights.get('found')?.size > 0");
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task The_search_moves_among_its_hits_with_the_arrow_keys()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(Entries.Conversation(20)));
        IPage page = watched.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Search" }).ClickAsync();
        await page.Keyboard.TypeAsync("question number 1");
        await Expect(page.Locator("#search .hits a")).ToHaveCountAsync(6);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#search")).ToBeHiddenAsync();
        await Expect(page.Locator(".entry.current")).ToContainTextAsync("Question number 11");
    }

    [Fact]
    public async Task The_keyboard_moves_opens_and_explains()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync([.. Entries.OfEveryKind(), .. Entries.Conversation(100)]));
        IPage page = watched.Page;

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".entry.current")).ToHaveIdAsync("e2");
        await page.Keyboard.PressAsync("k");
        await Expect(page.Locator("#e1")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("o");
        await Expect(page.Locator("#e3 details:not([open])")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("o");
        await Expect(page.Locator(".entry details[open]")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keys" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Shift+G");
        await Expect(page.Locator("#e123")).ToBeInViewportAsync();
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task The_chosen_theme_stays()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(Entries.Conversation(2)), new() { ColorScheme = ColorScheme.Light });
        IPage page = watched.Page;
        ILocator button = page.GetByRole(AriaRole.Button, new() { Name = "Theme" });

        string light = await BackgroundAsync(page);
        await button.ClickAsync();
        await button.ClickAsync();
        await Expect(button).ToHaveAccessibleNameAsync("Theme: dark");
        string dark = await BackgroundAsync(page);
        await page.ReloadAsync();

        Assert.NotEqual(light, dark);
        Assert.Equal(dark, await BackgroundAsync(page));
    }

    [Fact]
    public async Task Code_in_view_gets_its_colours_by_classes_and_keeps_its_text()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(Entries.OfEveryKind()));
        IPage page = watched.Page;
        ILocator python = page.Locator("pre[data-lang=python]").First;
        string before = await python.TextContentAsync() ?? "";

        await python.ScrollIntoViewIfNeededAsync();
        await Expect(python.Locator(".t-keyword").First).ToHaveTextAsync("def");
        await Expect(page.Locator("pre[data-lang=typescript] .t-keyword").First).ToBeAttachedAsync();

        Assert.Equal(before, await python.TextContentAsync());
        await Expect(page.Locator("[style]")).ToHaveCountAsync(0);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task The_colours_of_a_diff_leave_its_marks_in_place()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync([Entries.Of(Role.Assistant, Entries.Call("Edit", new { file_path = "a.py", old_string = "return 1", new_string = "return 2" }))]));
        IPage page = watched.Page;

        await page.Keyboard.PressAsync("o");
        await Expect(page.Locator("ins .t-keyword")).ToHaveTextAsync("return");

        await Expect(page.Locator("ins mark")).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task Copying_code_copies_neither_line_numbers_nor_lines_that_were_taken_out()
    {
        await using WatchedPage watched = await site.OpenAsync(
            await site.ShareAsync([Entries.Answer("```\none\ntwo\n```"), Entries.Of(Role.Assistant, Entries.Call("Edit", new { file_path = "a.x", old_string = "k\nold", new_string = "k\nnew" }))]),
            new() { Permissions = ["clipboard-read", "clipboard-write"] });
        IPage page = watched.Page;
        await page.Keyboard.PressAsync("o");

        foreach ((string entry, string copied) in new[] { ("#e1", "one\ntwo"), ("#e2", "k\nnew") })
        {
            await page.Locator($"{entry} .snippet").First.HoverAsync();
            await page.Locator($"{entry} .copy").First.ClickAsync();
            await Expect(page.Locator($"{entry} .copy").First).ToHaveTextAsync("Copied");
            Assert.Equal(copied, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        }
    }

    [Fact]
    public async Task Images_are_shown_from_the_sessions_own_address()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync([Entries.Of(Role.User, Entries.Image())]));

        await watched.Page.WaitForFunctionAsync("() => document.querySelector('.entry img')?.naturalWidth === 1");
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task The_table_of_prompts_stands_beside_the_conversation_where_there_is_room()
    {
        string address = await site.ShareAsync(Entries.Conversation(80));
        await using WatchedPage wide = await site.OpenAsync(address, new() { ViewportSize = new() { Width = 1440, Height = 900 } });

        await Expect(wide.Page.Locator("#outline a")).ToHaveCountAsync(40);
        await wide.Page.GetByRole(AriaRole.Link, new() { Name = "Question number 31" }).ClickAsync();
        await Expect(wide.Page.Locator("#e31")).ToBeInViewportAsync();

        await using WatchedPage narrow = await site.OpenAsync(address, new() { ViewportSize = new() { Width = 390, Height = 800 } });
        await Expect(narrow.Page.Locator("#outline")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Everything_works_behind_a_path_prefix()
    {
        string address = await site.ShareAsync([Entries.Of(Role.User, Entries.Image()), .. Entries.Conversation(120)], address: site.PrefixedAddress);
        await using WatchedPage watched = await site.OpenAsync(address);
        IPage page = watched.Page;

        await page.WaitForFunctionAsync("() => document.querySelector('.entry img')?.naturalWidth === 1");
        await ScrollUntilAsync(page, "scrollTo(0, document.documentElement.scrollHeight)", 121);
        await page.Locator("#e121 .at").ClickAsync(new() { Force = true });
        await Expect(page.Locator("#e121")).ToBeInViewportAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Parley" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Share what your agent did");
        Assert.StartsWith(site.PrefixedAddress, page.Url, StringComparison.Ordinal);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task On_paper_everything_is_unfolded_and_the_controls_are_gone()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(Entries.OfEveryKind()));
        IPage page = watched.Page;
        await page.EmulateMediaAsync(new() { Media = Media.Print });

        await Expect(page.Locator(".topbar")).ToBeHiddenAsync();
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('.entry details > :not(summary)')].every((e) => e.offsetHeight > 0)"));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    [InlineData(320)]
    public async Task Nothing_is_wider_than_the_window(int width)
    {
        string word = new('x', 5000);
        Entry[] entries = [.. Entries.OfEveryKind(), Entries.Prompt(word), Entries.Answer(word + "\n\n```\n" + word + "\n```"), Entries.Of(Role.Assistant, Entries.Call(word, new { a = word }))];
        string address = await site.ShareAsync(entries, new SessionHeader { Title = word[..300], Project = word[..200], Branch = word[..100], Model = word[..100] });
        foreach (string path in new[] { address, address + "/prompts", address + "?q=xxx", site.Address })
        {
            await using WatchedPage watched = await site.OpenAsync(path, new() { ViewportSize = new() { Width = width, Height = 800 } });
            await watched.Page.Keyboard.PressAsync("o");

            Assert.Equal(width, await watched.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    [Fact]
    public async Task What_is_not_there_is_a_page_that_says_so()
    {
        await using WatchedPage watched = await site.OpenAsync($"{site.Address}/s/AAAAAAAAAAAA");

        await Expect(watched.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is nothing here");
        await watched.AssertQuietAsync();
    }

    private static async Task ScrollUntilAsync(IPage page, string scroll, int entries) => await page.WaitForFunctionAsync(
        $$"""() => { {{scroll}}; return document.querySelectorAll("#entries .entry").length >= {{entries}}; }""", null, new() { PollingInterval = 50 });

    private static Task<string[]> IdsAsync(IPage page) => page.EvaluateAsync<string[]>("[...document.querySelectorAll('#entries .entry')].map((e) => e.id)");

    private static Task<string> BackgroundAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
