using System.Globalization;
using Microsoft.Playwright;
using Parley.Bench.Live;

namespace Parley.Bench.Room;

/// <summary>How long it takes from a key that one person presses until the others see it: prompts and notes, from browser to browsers.</summary>
internal static class Prompting
{
    private const int People = 3;

    // Each screen notes when a text appears in it, by the clock that all pages of one machine share.
    private const string NoteAppearances = """
        () => { window.appeared = {}; const look = () => { for (const b of document.querySelectorAll('.turn .bubble, .entry.talk .bubble')) {
            const t = b.textContent.trim(); if (!(t in window.appeared)) window.appeared[t] = performance.timeOrigin + performance.now(); } };
          new MutationObserver(look).observe(document.getElementById('main'), { childList: true, subtree: true, characterData: true }); look(); }
        """;

    private const string Send = """
        ([text, to]) => { const f = document.getElementById('composer'); f.querySelector(`[value=${to}]`).checked = true; const t = document.getElementById('text');
          t.value = text; t.dispatchEvent(new Event('input', { bubbles: true })); const at = performance.timeOrigin + performance.now(); f.requestSubmit(); return at; }
        """;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "room");
        using var room = await OpenedRoom.OpenAsync(bench, server);

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browsing.Chromium(), Args = ["--no-sandbox"] });
        IPage[] pages = new IPage[People];
        for (int i = 0; i < People; i++)
        {
            pages[i] = await room.EnterAsync(browser, new());
            await pages[i].EvaluateAsync(NoteAppearances);
        }

        int count = bench.Quick ? 20 : 100;
        var table = new Table("Talking in a room",
            $"Chromium {browser.Version}, {People} browsers in one workspace; from the press in one until it stands in the DOM of the others, {count} times each.", ["", "median", "99 %", "slowest"]);
        await AddAsync(table, "a note", pages, "note", count);
        // So many may wait at once.
        await AddAsync(table, "a prompt", pages, "prompt", Math.Min(count, 90));
        return [table];
    }

    private static async Task AddAsync(Table table, string what, IPage[] pages, string to, int count)
    {
        List<TimeSpan> times = [];
        for (int i = 0; i < count; i++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{what} number {i}");
            double sent = await pages[i % People].EvaluateAsync<double>(Send, new[] { text, to });
            foreach (IPage other in pages.Where(page => page != pages[i % People]))
            {
                IJSHandle seen = await other.WaitForFunctionAsync("(t) => window.appeared[t]", text);
                times.Add(TimeSpan.FromMilliseconds(await seen.JsonValueAsync<double>() - sent));
            }
        }
        var distribution = new Distribution([.. times]);
        table.Add(what, Workbench.Milliseconds(distribution.Median), Workbench.Milliseconds(distribution.P99), Workbench.Milliseconds(distribution.Slowest));
    }
}
