using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Parley.Bench;

/// <summary>Opening a session of 10,000 entries in a real browser and scrolling through it.</summary>
internal static class Browsing
{
    private const int Size = 43;
    private const int Wheel = 800;

    /// <summary>Frames at 60 a second take 16.7 ms; one that takes longer than this is seen to stutter.</summary>
    private const double LongFrame = 50;

    // Counts frames while the page is scrolled, as requestAnimationFrame sees them.
    private const string CountFrames = """
        () => { const f = (window.frames_ = []); let last = performance.now();
          const tick = (now) => { f.push(now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }
        """;

    private const string PaintTime = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "browsing");
        Run shared = await Measure.ProcessAsync(Sharing.Share(bench, server, bench.Transcript(bench.Quick ? 4 : Size)));
        JsonElement result = JsonDocument.Parse(shared.Output).RootElement;
        var address = new Uri(server.Address, $"/s/{result.GetProperty("shareId"u8).GetString()}");

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium(), Args = ["--no-sandbox"] });
        List<Visit> visits = [];
        for (int i = 0; i < bench.Runs(3); i++)
            visits.Add(await VisitAsync(browser, address, TimeSpan.FromSeconds(bench.Quick ? 3 : 15)));

        var table = new Table("A long session in the browser",
            $"Chromium {browser.Version} without a window, {Workbench.Whole(result.GetProperty("messages"u8).GetInt32())} entries; opened, then scrolled by the wheel without pause; the median of {visits.Count} visits.",
            ["", "first paint", "loaded", "entries seen", "frame, median", "frame, 99 %", "frames over 50 ms"]);
        table.Add("`/s/{id}`", Milliseconds(visits, v => v.Paint), Milliseconds(visits, v => v.Loaded), Workbench.Whole(Median(visits, v => v.Entries)),
            Milliseconds(visits, v => v.MedianFrame), Milliseconds(visits, v => v.SlowFrame), (Median(visits, v => v.LongFrames) * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %");
        return [table];
    }

    private static async Task<Visit> VisitAsync(IBrowser browser, Uri address, TimeSpan scrolling)
    {
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await page.GotoAsync(address.ToString());
        double loaded = clock.Elapsed.TotalMilliseconds, paint = await page.EvaluateAsync<double>(PaintTime);
        await page.EvaluateAsync(CountFrames);
        await page.Mouse.MoveAsync(640, 450);
        for (clock.Restart(); clock.Elapsed < scrolling;)
            await page.Mouse.WheelAsync(0, Wheel);
        double[] frames = [.. (await page.EvaluateAsync<double[]>("() => window.frames_")).Order()];
        int entries = await page.EvaluateAsync<int>("() => document.querySelectorAll('article[id]').length");
        await page.CloseAsync();
        return new Visit(paint, loaded, entries, frames[frames.Length / 2], frames[(int)(frames.Length * 0.99)], frames.Count(f => f > LongFrame) / (double)frames.Length);
    }

    public static string Chromium() =>
        new[] { Environment.GetEnvironmentVariable("PARLEY_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" }
            .FirstOrDefault(File.Exists) ?? throw new BenchException("Chromium is missing: install chromium or set PARLEY_CHROMIUM to its path.");

    private static double Median(List<Visit> visits, Func<Visit, double> figure) => visits.Select(figure).Order().ElementAt(visits.Count / 2);

    private static string Milliseconds(List<Visit> visits, Func<Visit, double> figure) => Workbench.Milliseconds(TimeSpan.FromMilliseconds(Median(visits, figure)));

    private sealed record Visit(double Paint, double Loaded, double Entries, double MedianFrame, double SlowFrame, double LongFrames);
}
