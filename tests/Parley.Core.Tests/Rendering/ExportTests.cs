using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Parley.Core.Rendering;
using Parley.Core.Rendering.Export;
using Parley.Core.Sessions;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class ExportTests
{
    private static readonly SessionHeader Header = new() { Title = "Fix <b>rounding</b>", Project = "shop", Branch = "main", Model = "m", Date = new(2026, 2, 26, 18, 0, 0, TimeSpan.Zero) };

    private static readonly byte[] Gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0];

    [Fact]
    public void An_HTML_file_stands_alone()
    {
        IHtmlDocument page = HtmlOf(
            Prompt("look"), Entry(Role.User, new { type = "image", source = new { type = "base64", data = Convert.ToBase64String(Gif) } }), Answer("done [x](https://example.org/)"));

        Assert.Equal("Fix <b>rounding</b>", page.Title);
        Assert.Equal("data:image/gif;base64," + Convert.ToBase64String(Gif), page.QuerySelector("img")!.GetAttribute("src"));
        Assert.Empty(page.QuerySelectorAll("script, link, [style], iframe"));
        Assert.Equal(["#e1", "#e2", "#e3"], page.QuerySelectorAll("a.at").Select(a => a.GetAttribute("href")));
        Assert.DoesNotContain("<base>", page.Source.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_policy_allows_its_own_styles_and_nothing_else()
    {
        IHtmlDocument page = HtmlOf(Prompt("x"));
        string policy = page.QuerySelector("meta[http-equiv]")!.GetAttribute("content")!;
        string hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(page.QuerySelector("style")!.TextContent)));

        Assert.StartsWith($"default-src 'none'; style-src 'sha256-{hash}'; img-src data:", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_of_a_subagent_are_folded_into_a_group()
    {
        IHtmlDocument page = HtmlOf(Call("Task", new { description = "Look" }, "a"), Prompt("1") with { Thread = "a" }, Answer("2") with { Thread = "a" }, Answer("3"));

        Assert.Equal(["e2", "e3"], page.QuerySelectorAll("details.thread .entry").Select(e => e.Id));
        Assert.Equal("Look", page.QuerySelector("details.thread > summary > .note")!.TextContent);
    }

    [Fact]
    public void A_Markdown_file_holds_what_was_said_and_done()
    {
        string file = MarkdownOf(
            Prompt("Please *fix*"), Call("Bash", new { command = "echo '```'", description = "Try" }), Result("\e[31mred\e[0m\n````"), Answer("Done."),
            Entry(Role.Event, new { type = "event", @event = "compacted" }));

        Assert.Equal(
            """
            # Fix <b>rounding</b>

            shop · main · m · 26 February 2026

            ## Prompt

            Please *fix*

            ## Answer

            **Bash** ```` echo '```' ```` Try

            ````bash
            echo '```'
            ````

            Result of Bash:

            `````
            red
            ````
            `````

            Done.

            ---

            *Conversation compacted*

            """, file);
    }

    [Fact]
    public void Visible_text_is_what_search_finds()
    {
        Assert.Equal("hello\n", PlainText.Of(Prompt("hello")));
        Assert.Equal("Bash\nls -l\nList\n", PlainText.Of(Call("Bash", new { command = "ls -l", description = "List" })));
        Assert.Equal("red\n", PlainText.Of(Result("\e[31mred\e[0m")));
        Assert.Equal("/model\nsonnet\n", PlainText.Of(Prompt("<command-name>/model</command-name><command-args>sonnet</command-args>")));
    }

    [Fact]
    public void Only_what_a_person_typed_is_a_prompt()
    {
        Assert.Equal("first second", Core.Rendering.Prompt.Line(Prompt("first\n\n second")));
        Assert.Null(Core.Rendering.Prompt.Line(Prompt("[Request interrupted by user]")));
        Assert.Null(Core.Rendering.Prompt.Line(Prompt("<command-name>/model</command-name>")));
        Assert.Null(Core.Rendering.Prompt.Line(Result("x")));
        Assert.Null(Core.Rendering.Prompt.Line(Answer("x")));
        Assert.Null(Core.Rendering.Prompt.Line(Prompt("x") with { Thread = "t" }));
    }

    private static IHtmlDocument HtmlOf(params Entry[] entries)
    {
        var file = new MemoryStream();
        HtmlExport.Write(Header, entries, file);
        return new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(Encoding.UTF8.GetString(file.ToArray()));
    }

    private static string MarkdownOf(params Entry[] entries)
    {
        var file = new MemoryStream();
        MarkdownExport.Write(Header, entries, file);
        return Encoding.UTF8.GetString(file.ToArray());
    }
}
