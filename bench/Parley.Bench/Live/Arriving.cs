using Microsoft.Playwright;

namespace Parley.Bench.Live;

/// <summary>From a line in the author's transcript to the entry in a reader's browser, over everything that lies between.</summary>
internal static class Arriving
{
    private const int Lines = 200, LineSize = 400, Seed = 7;
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(250), Shortest = TimeSpan.FromMilliseconds(60), Longest = TimeSpan.FromMilliseconds(140);

    // Notes when each entry comes into the page.
    private const string NoteArrivals = """
        () => { const seen = (window.arrivals_ = {});
          new MutationObserver((records) => { const now = Date.now();
            for (const { addedNodes } of records) for (const node of addedNodes) if (node instanceof Element)
              for (const entry of [node, ...node.querySelectorAll('article')]) if (entry.matches('article[id]')) seen[entry.id] ??= now;
          }).observe(document.querySelector('#entries'), { childList: true, subtree: true }); }
        """;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        int lines = bench.Quick ? 40 : Lines;
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "arriving");
        using var transcript = new GrowingTranscript(Path.Combine(bench.Folder, "arriving"), LineSize);
        transcript.Append(2);
        await using Companion companion = await Companion.StartAsync(bench, server, transcript.Path);

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browsing.Chromium(), Args = ["--no-sandbox"] });
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        await page.GotoAsync(new Uri(server.Address, $"/s/{companion.ShareId}").ToString());
        await page.EvaluateAsync(NoteArrivals);
        // The first one shows that the page listens.
        transcript.Append(1);
        await ArrivedAsync(page, transcript.Lines);

        Distribution times = await WriteAsync(page, transcript, lines);
        var table = new Table("From the author's transcript to the reader's screen",
            $"A line is written to a transcript, `parley share --live` follows, redacts and appends it, the server wakes the page's stream, and Chromium {browser.Version} without a window adds the entry: "
            + $"from before the line is written to the page's MutationObserver, by the same clock; {times.Count} lines, 60 to 140 ms apart, 1 viewer.",
            ["", "p50", "p99", "slowest"]);
        table.Add("line to screen", Workbench.Milliseconds(times.Median), Workbench.Milliseconds(times.P99), Workbench.Milliseconds(times.Slowest));
        table.Goal(times.P99 <= Goal, $"p99 at most {Workbench.Milliseconds(Goal)}", Workbench.Milliseconds(times.P99));
        return [table];
    }

    private static async Task<Distribution> WriteAsync(IPage page, GrowingTranscript transcript, int lines)
    {
        var random = new Random(Seed);
        Dictionary<int, double> written = [];
        for (int i = 0; i < lines; i++)
        {
            written[transcript.Lines + 1] = DateTime.UtcNow.Subtract(DateTime.UnixEpoch).TotalMilliseconds;
            transcript.Append(1);
            await Task.Delay(Shortest + random.NextDouble() * (Longest - Shortest));
        }
        await ArrivedAsync(page, transcript.Lines);
        var arrivals = await page.EvaluateAsync<Dictionary<string, double>>("() => window.arrivals_");
        return new Distribution([.. written.Select(w => TimeSpan.FromMilliseconds(Math.Max(0, arrivals[$"e{w.Key}"] - w.Value)))]);
    }

    private static async Task ArrivedAsync(IPage page, int entry)
    {
        try
        {
            await page.WaitForFunctionAsync($"() => 'e{entry}' in window.arrivals_");
        }
        catch (TimeoutException)
        {
            throw new BenchException($"Entry {entry} did not come to the page.");
        }
    }
}
