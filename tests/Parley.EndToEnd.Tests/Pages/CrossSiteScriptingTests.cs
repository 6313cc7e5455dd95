using System.Text;
using Microsoft.Playwright;
using Parley.Core.Rendering.Export;
using Parley.Core.Sessions;
using Parley.EndToEnd.Tests.Pages.Live;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages;

public sealed class CrossSiteScriptingTests(Site site)
{
    private const string Foreign = """
        () => [...document.querySelectorAll("*")].filter((e) =>
          ["SCRIPT", "LINK", "STYLE", "IFRAME", "OBJECT", "EMBED", "BASE", "FRAMESET", "TEMPLATE", "MATH", "VIDEO", "AUDIO"].includes(e.tagName) && e.closest("body") && !e.matches("template:is(#gone, [data-pager])")
          || (e.closest("#entries, .about, .hits, .prompts") && (e.namespaceURI !== "http://www.w3.org/1999/xhtml" && !e.closest(".icon")
            || [...e.attributes].some((a) => a.name.startsWith("on") || a.name === "style" || (["href", "src", "action", "formaction", "srcset"].includes(a.name) && !/^(https?:|mailto:|\/|#)/.test(a.value)))))).map((e) => e.outerHTML.slice(0, 200))
        """;

    // Nothing is left out because it is out of view.
    private const string LayOutAll = """
        () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(".entry, .chunk { content-visibility: visible !important; }");
          document.adoptedStyleSheets = [sheet];
          return document.body.offsetHeight;
        }
        """;

    [Fact]
    public void The_corpus_is_large() => Assert.True(Payloads.All.Distinct().Count() >= 150, $"{Payloads.All.Distinct().Count()}");

    [Fact]
    public async Task No_field_of_an_entry_runs_or_fetches_anything()
    {
        string address = await site.ShareAsync(Payloads.All.SelectMany(EntriesWith));
        await using WatchedPage watched = await site.OpenAsync();
        IPage page = watched.Page;

        for (int after = 0, last = Payloads.All.Count * EntriesWith("").Count(); after < last; after += 50)
        {
            await page.GotoAsync($"{address}?after={after}");
            await page.Keyboard.PressAsync("o");
            await page.EvaluateAsync(LayOutAll);
            Assert.Empty(await page.EvaluateAsync<string[]>(Foreign));
            await watched.AssertQuietAsync();
        }
    }

    [Fact]
    public async Task No_field_of_an_entry_that_comes_while_it_is_watched_runs_or_fetches_anything()
    {
        using LiveSession session = await LiveSession.StartAsync(site);
        await using WatchedPage watched = await site.OpenAsync(session.Page);
        await Expect(watched.Page.Locator("#live .watching")).ToBeVisibleAsync();

        foreach (Entry[] some in Payloads.All.SelectMany(EntriesWith).Chunk(200))
        {
            await session.SayAsync(string.Concat(Payloads.All.Take(40)));
            await session.AppendAsync(some);
            await Expect(watched.Page.Locator($"#e{session.LastSeq}")).ToBeAttachedAsync();
            await watched.Page.EvaluateAsync(LayOutAll);
            Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Foreign));
        }
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task Payloads_are_shown_as_the_text_that_they_are()
    {
        string[] shown = [.. Payloads.All.Where(p => p.StartsWith('<') && !p.Any(char.IsControl) && !p.Contains("<command", StringComparison.Ordinal) && !p.Contains("<bash", StringComparison.Ordinal) && !p.Contains("<local", StringComparison.Ordinal) && !p.Contains("<system", StringComparison.Ordinal))];
        string address = await site.ShareAsync(shown.Take(50).Select(Entries.Prompt));
        await using WatchedPage watched = await site.OpenAsync(address);

        Assert.Equal(shown.Take(50), await watched.Page.Locator(".bubble").AllTextContentsAsync());
    }

    [Fact]
    public async Task No_field_of_the_header_runs_or_fetches_anything_on_any_page()
    {
        foreach (string[] some in Payloads.All.Chunk(24))
        {
            string all = string.Join(' ', some);
            Entry[] entries = [Entries.Prompt(all)];
            string address = await site.ShareAsync(entries, new SessionHeader { Title = all, Project = all, Branch = all, Model = all, Agent = all, SourceId = all });
            await using WatchedPage watched = await site.OpenAsync();
            foreach (string page in new[] { address, address + "/prompts", $"{address}?q=alert", $"{address}?q={Uri.EscapeDataString(all[..150])}" })
            {
                await watched.Page.GotoAsync(page);
                Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Foreign));
                await watched.AssertQuietAsync();
            }
        }
    }

    [Fact]
    public async Task The_search_over_the_page_shows_hits_as_text()
    {
        await using WatchedPage watched = await site.OpenAsync(await site.ShareAsync(Payloads.All.Select(Entries.Answer)));

        await watched.Page.Keyboard.PressAsync("/");
        await watched.Page.Keyboard.TypeAsync("alert(1)");
        await Expect(watched.Page.Locator("#search .hits a").First).ToBeVisibleAsync();

        Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Foreign));
        await watched.AssertQuietAsync();
    }

    [Fact]
    public async Task An_exported_file_runs_and_fetches_nothing()
    {
        var file = new MemoryStream();
        HtmlExport.Write(new SessionHeader { Title = string.Concat(Payloads.All), Project = "p" }, Payloads.All.SelectMany(EntriesWith), file);
        await using WatchedPage watched = await site.OpenAsync();

        await watched.Page.SetContentAsync(Encoding.UTF8.GetString(file.ToArray()));
        await watched.Page.EvaluateAsync("() => { for (const d of document.querySelectorAll('details')) d.open = true; }");

        await watched.AssertQuietAsync();
    }

    /// <summary>A payload in every field that an entry has.</summary>
    private static IEnumerable<Entry> EntriesWith(string payload) =>
    [
        Entries.Prompt(payload) with { Author = payload },
        Entries.Of(
            Role.Assistant, Entries.Text(payload), new { type = "thinking", thinking = payload, signature = payload }, Entries.Text("```" + payload + "\ncode\n```"), Entries.Text($"[link]({payload}) ![image]({payload})"),
            new { type = "unsupported", reason = payload }, new { type = payload, a = payload }) with
        { Model = payload },
        Entries.Of(
            Role.Assistant, Entries.Call(payload, new Dictionary<string, object> { [payload] = payload, ["nested"] = new Dictionary<string, string> { [payload] = payload } }, payload), Entries.Call("Bash", new { command = payload, description = payload }, "b"),
            Entries.Call("Read", new { file_path = payload, pages = payload }, "r"), Entries.Call("Edit", new { file_path = payload, old_string = payload + "\nb", new_string = "a" + payload + "\nc" }, "e"), Entries.Call("Write", new { file_path = payload + ".html", content = payload }),
            Entries.Call("WebFetch", new { url = payload, prompt = payload }), Entries.Call("Grep", new { pattern = payload, path = payload }), Entries.Call("TodoWrite", new { todos = new[] { new { content = payload, status = payload } } }),
            Entries.Call("AskUserQuestion", new { questions = new[] { new { question = payload, options = new[] { new { label = payload, description = payload } } } } }), Entries.Call("ExitPlanMode", new { plan = payload }),
            Entries.Call("Task", new { description = payload, subagent_type = payload, prompt = payload }, "t"), Entries.Call("mcp__" + payload, new { }), Entries.Call("TaskUpdate", new { taskId = payload, status = payload })),
        Entries.Of(
            Role.User, Entries.Result(payload, payload), Entries.Result(payload + "\nsecond line", "b"), Entries.Result("1\t" + payload + "\n2\t" + payload, "r"), Entries.Result(payload, "e", error: true), Entries.Result(payload + "\n\n" + payload, "t"), Entries.Result($"{{\"a\":\"{payload}\"}}", "none"),
            Entries.Image(mediaType: payload), Entries.Image(data: payload), Entries.Image(Convert.ToBase64String(Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'>" + payload + "</svg>")), "image/svg+xml")),
        Entries.Of(Role.Event, new { type = "event", @event = "compacted", trigger = payload, summary = payload }, new { type = "event", @event = payload, text = payload }),
        Entries.Answer(payload) with { Thread = payload },
    ];
}
