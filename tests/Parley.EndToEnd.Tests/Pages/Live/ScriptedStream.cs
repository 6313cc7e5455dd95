using System.Globalization;
using System.Text;
using Microsoft.Playwright;

namespace Parley.EndToEnd.Tests.Pages.Live;

/// <summary>Stands in a page for the stream of events: it says what the test says, in pieces that the test cuts, and falls silent when the test does.</summary>
internal sealed class ScriptedStream(IPage page)
{
    private const string Script = """
        window.opened = [];
        const real = window.fetch;
        window.fetch = (input, init) => {
          if (!String(input).includes("/events?")) return real(input, init);
          const body = new ReadableStream({ start: (controller) => window.opened.push({ address: String(input), controller }) });
          const { controller } = window.opened.at(-1);
          init.signal.addEventListener("abort", () => controller.error(init.signal.reason));
          return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
        };
        window.say = (bytes) => window.opened.at(-1).controller.enqueue(Uint8Array.from(bytes));
        """;

    /// <summary>Before the page is opened.</summary>
    public static Task PrepareAsync(IPage page) => page.AddInitScriptAsync(Script);

    /// <summary>Waits until the page has asked for the stream so many times; the addresses that it asked for.</summary>
    public async Task<string[]> OpenedAsync(int times)
    {
        await page.WaitForFunctionAsync("(times) => window.opened.length >= times", times);
        return await page.EvaluateAsync<string[]>("window.opened.map((stream) => stream.address)");
    }

    /// <summary>Sends bytes in pieces of a size.</summary>
    public Task SayAsync(byte[] bytes, int size) => page.EvaluateAsync(
        "([bytes, size]) => { for (let at = 0; at < bytes.length; at += size) window.say(bytes.slice(at, at + size)); }",
        new object[] { bytes.Select(b => (int)b).ToArray(), size });

    public Task SayAsync(string text) => SayAsync(Encoding.UTF8.GetBytes(text), int.MaxValue);

    /// <summary>Sends an entry whole.</summary>
    public Task EntryAsync(long seq, string text) => SayAsync(Event(seq, text));

    public Task CloseAsync() => page.EvaluateAsync("() => window.opened.at(-1).controller.close()");

    /// <summary>An entry as the server sends it.</summary>
    public static string Event(long seq, string text, string end = "\n") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""id: {{seq}}{{end}}event: entry{{end}}data: {"seq":{{seq}},"role":"assistant","html":"<article id=\"e{{seq}}\" class=\"entry answer agent\"><p class=\"bubble\">{{text}}</p></article>"}{{end}}{{end}}""");
}
