using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Live;

public sealed class LivePageTests(Site site)
{
    [Fact]
    public async Task A_session_grows_while_it_is_read()
    {
        using LiveSession session = await LiveSession.StartAsync(site);
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await WatchingAsync(page);

        await session.AppendAsync(Entries.Prompt("What is the time?"));
        await session.AppendAsync(Entries.Answer("```ts\nconst now = Date.now();\n```"), Entries.Prompt("Thanks"));

        await Expect(page.Locator("#e3")).ToContainTextAsync("Thanks");
        Assert.Equal(["e1", "e2", "e3"], await IdsAsync(page));
        await Expect(page.Locator(".empty")).ToHaveCountAsync(0);
        await Expect(page.Locator(".facts")).ToContainTextAsync("3 entries");
        await Expect(page.Locator("#e2 .copy")).ToHaveTextAsync("Copy");
        await Expect(page.Locator("#e2 .t-keyword").First).ToHaveTextAsync("const");
        await Expect(page.Locator("#e1 time")).ToHaveAttributeAsync("title", new Regex("2026"));
        await Expect(page.Locator("#e1 .at")).ToHaveAttributeAsync("href", new Uri(session.Page).AbsolutePath + "?at=1#e1");
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task Whoever_comes_late_begins_at_the_end_and_stays_there()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(120));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await Expect(page.Locator("#e120")).ToBeInViewportAsync();
        await WatchingAsync(page);
        await Expect(page.Locator(".entry")).ToHaveCountAsync(50);

        foreach (int lines in new[] { 1, 60, 3 })
        {
            await session.AppendAsync(Entries.Answer(string.Join("\n\n", Enumerable.Repeat("A line", lines)) + "\n\nThe end"));
            await Expect(page.Locator($"#e{session.LastSeq} p").Last).ToBeInViewportAsync();
        }

        await Expect(page.Locator("#newer")).ToBeHiddenAsync();
        await page.ReloadAsync();
        await Expect(page.Locator($"#e{session.LastSeq} p").Last).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Whoever_reads_further_up_keeps_their_place_and_is_told_how_much_is_new()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(50));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await ReadAsync(page, 20);
        double before = await TopAsync(page, 20);

        await session.AppendAsync(Entries.Conversation(2));
        await Expect(page.Locator("#newer")).ToHaveTextAsync("2 new");
        await session.AppendAsync(Entries.Conversation(3));
        await Expect(page.Locator("#newer")).ToHaveTextAsync("5 new");
        Assert.Equal(before, await TopAsync(page, 20), 1.0);

        await page.Locator("#newer").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#e55")).ToBeInViewportAsync();
        await Expect(page.Locator("#newer")).ToBeHiddenAsync();
        await session.AppendAsync(Entries.Answer("One more"));
        await Expect(page.Locator("#e56")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Scrolling_back_down_follows_the_end_again()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(40));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await ReadAsync(page, 10);
        await session.AppendAsync(Entries.Answer("Unseen"));
        await Expect(page.Locator("#newer")).ToHaveTextAsync("1 new");

        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator("#newer")).ToBeHiddenAsync();
        await session.AppendAsync(Entries.Answer("Seen"));

        await Expect(page.Locator("#e42")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Who_unfolds_the_last_entry_is_not_pulled_away_from_it()
    {
        Entry last = Entries.Of(Role.Assistant, Entries.Call("Bash", new { command = string.Join('\n', Enumerable.Range(0, 80)) }));
        using LiveSession session = await LiveSession.StartAsync(site, [.. Entries.Conversation(30), last]);
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await Expect(page.Locator("#e31")).ToBeInViewportAsync();
        await WatchingAsync(page);
        double before = await TopAsync(page, 31);

        await page.Locator("#e31 summary").First.ClickAsync();
        await session.AppendAsync(Entries.Answer("Meanwhile"));

        await Expect(page.Locator("#newer")).ToHaveTextAsync("1 new");
        Assert.Equal(before, await TopAsync(page, 31), 1.0);
    }

    [Fact]
    public async Task In_the_middle_of_a_session_new_entries_are_counted_and_found_by_scrolling_on()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(180));
        await using WatchedPage watched = await site.OpenAsync(session.Page + "?at=20#e20");
        IPage page = watched.Page;
        await WatchingAsync(page);

        await session.AppendAsync(Entries.Conversation(7));
        await Expect(page.Locator("#newer")).ToHaveTextAsync("7 new");
        await Expect(page.Locator("#e187")).ToHaveCountAsync(0);
        await ScrollUntilAsync(page, "scrollTo(0, document.documentElement.scrollHeight)", "document.querySelector('#e187')");
        await session.AppendAsync(Entries.Answer("And then"));

        await Expect(page.Locator("#e188")).ToBeInViewportAsync();
        string[] ids = await IdsAsync(page);
        Assert.Equal(Seqs(int.Parse(ids[0][1..], CultureInfo.InvariantCulture), 188), ids);
        await Expect(page.Locator(".pager[data-edge=after]")).ToHaveCountAsync(0);
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task What_is_new_in_a_long_session_is_one_click_away()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(180));
        await using WatchedPage watched = await site.OpenAsync(session.Page + "?at=20#e20");
        await WatchingAsync(watched.Page);
        await session.AppendAsync(Entries.Answer("The newest"));

        await watched.Page.Locator("#newer").ClickAsync();

        await Expect(watched.Page.GetByText("The newest")).ToBeInViewportAsync();
        await WatchingAsync(watched.Page);
        await session.AppendAsync(Entries.Answer("Newer still"));
        await Expect(watched.Page.GetByText("Newer still")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task What_a_subagent_does_joins_its_group()
    {
        using LiveSession session = await LiveSession.StartAsync(site, [Entries.Of(Role.Assistant, Entries.Call("Task", new { description = "Look around" }, "x"))]);
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await WatchingAsync(page);

        await session.AppendAsync(Entries.Prompt("Find it") with { Thread = "x" });
        await page.Locator("details.thread > summary").ClickAsync();
        await session.AppendAsync(Entries.Answer("Found it") with { Thread = "x" });
        await session.AppendAsync(Entries.Answer("It is found"));

        await Expect(page.Locator("#e4")).ToBeVisibleAsync();
        await Expect(page.Locator("details.thread[open] .entry")).ToHaveCountAsync(2);
        await Expect(page.Locator("details.thread > summary")).ToContainTextAsync("Look around");
        string grown = await OutlineAsync(page);
        await page.ReloadAsync();
        Assert.Equal(await OutlineAsync(page), grown);
    }

    [Fact]
    public async Task A_correction_replaces_an_entry_and_leaves_everything_else_where_it_is()
    {
        Entry call = Entries.Of(Role.Assistant, Entries.Text("Before"), Entries.Call("Bash", new { command = "npm test" }));
        using LiveSession session = await LiveSession.StartAsync(site, [.. Entries.Conversation(20), call, .. Entries.Conversation(20)]);
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await page.Locator("#e21 summary").First.ClickAsync();
        await page.Locator("#e21 summary").First.FocusAsync();
        await ReadAsync(page, 25);
        double before = await TopAsync(page, 25);

        await session.CorrectAsync(21, Entries.Of(Role.Assistant, Entries.Text("After\n\nwith\n\nmore\n\nlines"), Entries.Call("Bash", new { command = "npm test" })));

        await Expect(page.Locator("#e21")).ToContainTextAsync("After");
        await Expect(page.Locator("#e21 details").First).ToHaveAttributeAsync("open", "");
        await Expect(page.Locator("#e21 summary").First).ToBeFocusedAsync();
        Assert.Equal(before, await TopAsync(page, 25), 1.0);
        Assert.Equal(Seqs(1, 41), await IdsAsync(page));
    }

    [Fact]
    public async Task What_a_correction_took_out_is_not_brought_back_by_a_page_that_was_on_its_way()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(120));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await WatchingAsync(page);
        int fetched = 0;
        await page.RouteAsync("**/s/*?before=*", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            if (Interlocked.Increment(ref fetched) == 1)
            {
                await session.CorrectAsync(60, Entries.Answer("Nothing to see"));
                await Expect(page.Locator("#entries")).ToHaveAttributeAsync("data-revision", "1");
            }
            await route.FulfillAsync(new() { Response = answer });
        });

        await ScrollUntilAsync(page, "scrollTo(0, 0)", "document.querySelector('#e60')");

        await Expect(page.Locator("#e60")).ToContainTextAsync("Nothing to see");
        Assert.True(fetched > 1, "The page that was too old is fetched again.");
    }

    [Fact]
    public async Task A_corrected_prompt_is_corrected_in_the_table_of_prompts_and_new_ones_join_it()
    {
        using LiveSession session = await LiveSession.StartAsync(site, [Entries.Prompt("My password"), Entries.Prompt("Second")]);
        await using WatchedPage watched = await site.OpenAsync(session.Page, new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        IPage page = watched.Page;
        await Expect(page.Locator("#outline a")).ToHaveTextAsync(["My password", "Second"]);

        await session.CorrectAsync(1, Entries.Prompt("No password"));
        await session.AppendAsync(Entries.Prompt("Third"));

        await Expect(page.Locator("#outline a")).ToHaveTextAsync(["No password", "Second", "Third"]);
    }

    [Fact]
    public async Task What_the_person_went_back_behind_is_folded_away()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(10));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await WatchingAsync(page);

        await session.RewindAsync(5, 10);
        await session.AppendAsync(Entries.Prompt("Another way"));

        await Expect(page.Locator("#e12")).ToBeInViewportAsync();
        await Expect(page.Locator("#e4")).ToBeVisibleAsync();
        foreach (int seq in new[] { 5, 10 })
            await Expect(page.Locator($"#e{seq}")).ToBeHiddenAsync();
        await Expect(page.Locator("details.rewound > summary")).ToHaveTextAsync("6 abandoned entries");
        await page.Locator("details.rewound > summary").ClickAsync();
        await Expect(page.Locator("#e7")).ToBeVisibleAsync();

        await session.RewindAsync(3, 12);
        await Expect(page.Locator("details.rewound > summary")).ToHaveTextAsync("10 abandoned entries");
        string grown = await OutlineAsync(page);
        await page.ReloadAsync();
        Assert.Equal(await OutlineAsync(page), grown);
    }

    [Fact]
    public async Task What_was_abandoned_over_pages_is_one_fold()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(150));
        await session.RewindAsync(11, 150);
        await session.AppendAsync(Entries.Prompt("Another way"));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;

        await page.Locator("details.rewound > summary").ClickAsync();
        await ScrollUntilAsync(page, "scrollTo(0, 0)", "document.querySelector('#e1')");

        Assert.Equal(Seqs(1, 152), await IdsAsync(page));
        await Expect(page.Locator("details.rewound > summary")).ToHaveTextAsync(["140 abandoned entries"]);
        await Expect(page.Locator("details.rewound > .entry")).ToHaveCountAsync(140);
    }

    [Fact]
    public async Task An_answer_is_seen_while_it_is_written_and_stands_there_once()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(20));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await WatchingAsync(page);

        // The end of what is said is kept back: it may be the beginning of a secret.
        await session.SayAsync("<b>It is</b> a quarter\n");
        await session.SayAsync("past nine on the clock. ");
        await session.SayAsync(string.Concat(Enumerable.Repeat("And it will be later. ", 40)));
        await Expect(page.Locator(".draft")).ToContainTextAsync("<b>It is</b> a quarter\npast nine on the clock. And it will");
        await Expect(page.Locator(".draft")).ToBeInViewportAsync();
        await session.AppendAsync(Entries.Answer("It is a quarter past nine on the clock."));

        await Expect(page.Locator("#e21")).ToBeInViewportAsync();
        await Expect(page.Locator(".draft")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_badge_says_how_it_goes_on_and_how_many_watch()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(2));
        await session.AppendAsync();
        await using WatchedPage first = await site.OpenAsync(session.Page);
        ILocator badge = first.Page.Locator("#live");
        await Expect(badge.Locator(".state")).ToHaveTextAsync("Live");
        await Expect(badge.Locator(".viewers")).ToHaveTextAsync("1");
        await using (await site.OpenAsync(session.Page))
            await Expect(badge.Locator(".viewers")).ToHaveTextAsync("2");
        await Expect(badge.Locator(".viewers")).ToHaveTextAsync("1");

        await session.AppendAsync(Entries.Answer("The last word"));
        await session.EndAsync();

        await Expect(first.Page.GetByText("The last word")).ToBeVisibleAsync();
        await Expect(badge.Locator(".state")).ToHaveTextAsync("Ended");
        await Expect(first.Page.GetByText("The author has ended this session.")).ToBeInViewportAsync();
        await first.Page.ReloadAsync();
        await Expect(badge.Locator(".state")).ToHaveTextAsync("Ended");
    }

    [Fact]
    public async Task Whoever_comes_back_to_an_ended_session_sees_that_it_went_on()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(2));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        await session.EndAsync();
        await Expect(watched.Page.Locator("#live .state")).ToHaveTextAsync("Ended");

        await session.AppendAsync(Entries.Answer("One thing more"));
        await watched.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");

        await Expect(watched.Page.GetByText("One thing more")).ToBeVisibleAsync();
        await Expect(watched.Page.Locator("#live .state")).ToHaveTextAsync("Live");
        await Expect(watched.Page.Locator("#ending")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Two_browsers_and_a_phone_see_the_same()
    {
        using LiveSession session = await LiveSession.StartAsync(site);
        await using WatchedPage first = await site.OpenAsync(session.Page);
        await using WatchedPage phone = await site.OpenAsync(session.Page, new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        foreach (Entry entry in Entries.OfEveryKind())
            await session.AppendAsync(entry);
        await using WatchedPage late = await site.OpenAsync(session.Page);

        await Expect(first.Page.Locator(".entry")).ToHaveCountAsync((int)session.LastSeq);
        await Expect(phone.Page.Locator(".entry")).ToHaveCountAsync((int)session.LastSeq);
        Assert.Equal(await OutlineAsync(late.Page), await OutlineAsync(first.Page));
        Assert.Equal(await OutlineAsync(late.Page), await OutlineAsync(phone.Page));
        await Expect(phone.Page.Locator($"#e{session.LastSeq}")).ToBeInViewportAsync();
        Assert.Equal(390, await phone.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        foreach (WatchedPage watched in new[] { first, phone, late })
            await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_page_lets_go_of_what_is_far_from_the_reader_and_links_lead_back()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(20));
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await WatchingAsync(page);

        for (int i = 0; i < 6; i++)
            await session.AppendAsync(Entries.Conversation(200));
        await Expect(page.Locator("#e1220")).ToBeInViewportAsync();

        string[] ids = await IdsAsync(page);
        Assert.InRange(ids.Length, 200, 1000);
        int first = int.Parse(ids[0][1..], CultureInfo.InvariantCulture);
        Assert.Equal(Seqs(first, 1220), ids);
        await ScrollUntilAsync(page, "scrollTo(0, 0)", $"document.querySelector('#e{first - 1}')");
        ids = await IdsAsync(page);
        Assert.Equal(Seqs(int.Parse(ids[0][1..], CultureInfo.InvariantCulture), 1220), ids);
    }

    [Fact]
    public async Task Without_script_the_page_shows_the_newest_entries_and_says_how_to_see_more()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(120));
        await using WatchedPage watched = await site.OpenAsync(session.Page, new() { JavaScriptEnabled = false });
        await Expect(watched.Page.Locator("#e120")).ToBeAttachedAsync();
        await session.AppendAsync(Entries.Answer("The newest"));

        await watched.Page.GetByRole(AriaRole.Link, new() { Name = "Show its newest entries" }).ClickAsync();

        await Expect(watched.Page.GetByText("The newest")).ToBeAttachedAsync();
        await Expect(watched.Page.Locator("#newer")).ToBeHiddenAsync();
    }

    /// <summary>Waits until the page is told what happens.</summary>
    internal static Task WatchingAsync(IPage page) => Expect(page.Locator("#live .watching")).ToBeVisibleAsync();

    // Puts an entry to the top, away from the end.
    private static async Task ReadAsync(IPage page, int seq)
    {
        await WatchingAsync(page);
        await page.EvaluateAsync("(id) => document.querySelector(id).scrollIntoView({ block: 'start' })", $"#e{seq}");
        // What was a guess before has its size now.
        await page.EvaluateAsync("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    }

    private static Task<double> TopAsync(IPage page, int seq) => page.EvaluateAsync<double>("(id) => document.querySelector(id).getBoundingClientRect().top", $"#e{seq}");

    private static async Task ScrollUntilAsync(IPage page, string scroll, string condition) => await page.WaitForFunctionAsync(
        $$"""() => { {{scroll}}; return {{condition}}; }""", null, new() { PollingInterval = 50 });

    private static Task<string[]> IdsAsync(IPage page) => page.EvaluateAsync<string[]>("[...document.querySelectorAll('#entries .entry')].map((e) => e.id)");

    private static IEnumerable<string> Seqs(int first, int last) => Enumerable.Range(first, last - first + 1).Select(i => $"e{i}");

    // How the entries are grouped, and what they say.
    private static Task<string> OutlineAsync(IPage page) => page.EvaluateAsync<string>(
        "[...document.querySelectorAll('#entries :is(.entry, details.thread, details.rewound)')].map((e) => e.parentElement.className + ' > ' + e.className.replace(/ (arrived|current)/g, '') + ': ' + (e.querySelector('summary') ?? e).textContent.replaceAll('Copy', '')).join('\\n')");
}
