using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Live;

public sealed class LiveConnectionTests(Site site)
{
    private static readonly DateTime Noon = new(2026, 2, 26, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_page_goes_on_by_itself_after_the_network_was_lost()
    {
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(10));
        await using WatchedPage watched = await site.OpenAsync(session.Page, new() { ViewportSize = new() { Width = 320, Height = 700 } });
        IPage page = watched.Page;
        await LivePageTests.WatchingAsync(page);

        await page.Context.SetOfflineAsync(true);
        await Expect(page.Locator("#live .state")).ToHaveTextAsync("Reconnecting");
        Assert.Equal(320, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await session.AppendAsync(Entries.Conversation(4));
        await session.CorrectAsync(2, Entries.Answer("Corrected meanwhile"));
        await page.Context.SetOfflineAsync(false);

        await Expect(page.Locator("#e14")).ToBeInViewportAsync();
        await Expect(page.Locator("#e2")).ToContainTextAsync("Corrected meanwhile");
        await Expect(page.Locator("#live .state")).ToHaveTextAsync("Live");
        await Expect(page.Locator(".entry")).ToHaveCountAsync(14);
    }

    [Fact]
    public async Task The_page_goes_on_by_itself_after_the_server_was_restarted()
    {
        (WebApplication app, string address) = await site.StartServerAsync("restarted");
        using LiveSession session = await LiveSession.StartAsync(site, Entries.Conversation(10), address);
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        IPage page = watched.Page;
        await LivePageTests.WatchingAsync(page);

        await app.DisposeAsync();
        await Expect(page.Locator("#live .state")).ToHaveTextAsync("Reconnecting");
        (app, _) = await site.StartServerAsync("restarted", port: new Uri(address).Port);
        await using WebApplication again = app;
        await session.AppendAsync(Entries.Conversation(4));

        await Expect(page.Locator("#e14")).ToBeInViewportAsync();
        await Expect(page.Locator("#live .state")).ToHaveTextAsync("Live");
        await Expect(page.Locator(".entry")).ToHaveCountAsync(14);
        await watched.AssertQuietAsync();
    }

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 1)]
    [InlineData("\r", 1)]
    [InlineData("\r\n", 7)]
    [InlineData("\n", 100_000)]
    public async Task Events_are_read_however_they_are_cut(string lineEnd, int size)
    {
        (WatchedPage watched, ScriptedStream stream) = await OpenScriptedAsync();
        await using WatchedPage opened = watched;
        string said = $":{lineEnd}retry: 10{lineEnd}{lineEnd}event: unknown{lineEnd}data: x{lineEnd}{lineEnd}event{lineEnd}data{lineEnd}{lineEnd}"
            + ScriptedStream.Event(1, "Grüße 👋 aus 東京", lineEnd)
            + $"event:presence{lineEnd}data:{{{lineEnd}data: \"viewers\": 7, \"driver\": true }}{lineEnd}{lineEnd}"
            + ScriptedStream.Event(1, "twice", lineEnd) + ScriptedStream.Event(2, "second", lineEnd);

        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(said)];
        await stream.SayAsync(bytes, size);

        await Expect(watched.Page.Locator(".entry")).ToHaveTextAsync(["Grüße 👋 aus 東京", "second"]);
        await Expect(watched.Page.Locator("#live .viewers")).ToHaveTextAsync("7");
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task A_stream_that_has_fallen_silent_is_opened_anew_from_where_it_was()
    {
        (WatchedPage watched, ScriptedStream stream) = await OpenScriptedAsync(clock: true);
        await using WatchedPage opened = watched;
        await stream.EntryAsync(1, "first");
        await Expect(watched.Page.Locator("#e1")).ToBeVisibleAsync();
        await watched.Page.Clock.RunForAsync(30_000);
        await stream.SayAsync(":\n\n");
        await watched.Page.Clock.RunForAsync(30_000);
        Assert.Single(await stream.OpenedAsync(1));

        await watched.Page.Clock.RunForAsync(11_000);

        Assert.EndsWith("&after=1&revision=0", (await stream.OpenedAsync(2))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_laptop_that_wakes_up_does_not_wait()
    {
        (WatchedPage watched, ScriptedStream stream) = await OpenScriptedAsync(clock: true);
        await using WatchedPage opened = watched;

        await watched.Page.Clock.FastForwardAsync("02:00:00");

        await stream.OpenedAsync(2);
    }

    [Fact]
    public async Task A_page_that_nobody_looks_at_gives_its_connection_back_and_is_shown_again_once_the_server_answers()
    {
        (WatchedPage watched, ScriptedStream stream) = await OpenScriptedAsync(clock: true);
        await using WatchedPage opened = watched;
        await stream.EntryAsync(1, "first");
        await Expect(watched.Page.Locator("#e1")).ToBeVisibleAsync();

        await TurnAsync("hidden");
        await watched.Page.Clock.RunForAsync(30_000);
        await stream.SayAsync(":\n\n");
        await watched.Page.Clock.RunForAsync(31_000);
        await Expect(watched.Page.Locator("#e1")).ToBeHiddenAsync();
        await watched.Page.Clock.RunForAsync(600_000);
        Assert.Single(await stream.OpenedAsync(1));
        await TurnAsync("visible");

        Assert.EndsWith("&after=1&revision=0", (await stream.OpenedAsync(2))[1], StringComparison.Ordinal);
        await Expect(watched.Page.Locator("#e1")).ToBeHiddenAsync();
        await stream.EntryAsync(2, "second");
        await Expect(watched.Page.Locator(".entry")).ToHaveTextAsync(["first", "second"]);
        await Expect(watched.Page.Locator("#e1")).ToBeVisibleAsync();

        Task TurnAsync(string state) => watched.Page.EvaluateAsync(
            "(state) => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", state);
    }

    [Fact]
    public async Task Attempts_come_less_and_less_often()
    {
        (WatchedPage watched, ScriptedStream stream) = await OpenScriptedAsync(clock: true);
        await using WatchedPage opened = watched;

        int delay = 500;
        for (int attempt = 1; attempt <= 5; attempt++, delay *= 2)
        {
            await stream.CloseAsync();
            await watched.Page.Clock.RunForAsync((delay / 2) - 50);
            Assert.Equal(attempt, (await stream.OpenedAsync(attempt)).Length);
            await watched.Page.Clock.RunForAsync((delay / 2) + 100);
            await stream.OpenedAsync(attempt + 1);
        }
        await Expect(watched.Page.Locator("#live .state")).ToHaveTextAsync("Reconnecting");
        await stream.EntryAsync(1, "Here again");
        await Expect(watched.Page.Locator("#live .state")).ToHaveTextAsync("Live");
    }

    [Fact]
    public async Task An_author_whose_machine_is_away_is_told_of()
    {
        (WatchedPage watched, ScriptedStream stream) = await OpenScriptedAsync();
        await using WatchedPage opened = watched;

        await stream.SayAsync("event: presence\ndata: {\"viewers\":3,\"driver\":false}\n\n");
        await Expect(watched.Page.Locator("#live .state")).ToHaveTextAsync("Author away");
        await stream.SayAsync("event: presence\ndata: {\"viewers\":3,\"driver\":true}\n\n");

        await Expect(watched.Page.Locator("#live .state")).ToHaveTextAsync("Live");
    }

    private async Task<(WatchedPage, ScriptedStream)> OpenScriptedAsync(bool clock = false)
    {
        using LiveSession session = await LiveSession.StartAsync(site);
        WatchedPage watched = await site.OpenAsync();
        if (clock)
        {
            await watched.Page.Clock.InstallAsync(new() { TimeDate = Noon });
            await watched.Page.Clock.PauseAtAsync(Noon.AddMinutes(1));
        }
        await ScriptedStream.PrepareAsync(watched.Page);
        await watched.Page.GotoAsync(session.Page);
        var stream = new ScriptedStream(watched.Page);
        await stream.OpenedAsync(1);
        return (watched, stream);
    }
}
