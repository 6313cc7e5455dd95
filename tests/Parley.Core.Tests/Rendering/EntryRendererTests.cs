using AngleSharp.Dom;
using Parley.Core.Sessions;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class EntryRendererTests
{
    [Fact]
    public void An_entry_is_one_article_with_a_link_to_itself()
    {
        IElement article = Article(Prompt("hello") with { Timestamp = new(2026, 2, 26, 18, 3, 0, TimeSpan.Zero) });

        Assert.Equal("e1", article.Id);
        Assert.Equal("<base>?at=1#e1", article.One("a.at").GetAttribute("href"));
        Assert.Equal("2026-02-26T18:03:00.000Z", article.One("time").GetAttribute("datetime"));
    }

    [Fact]
    public void A_prompt_is_shown_as_it_was_typed()
    {
        IElement bubble = Article(Prompt("a *b* <i>c</i>\n  # d & `e`")).One(".bubble");

        Assert.Equal("a *b* <i>c</i>\n  # d & e", bubble.TextContent);
        Assert.Equal("e", bubble.One("code").TextContent);
    }

    [Fact]
    public void Fenced_code_in_a_prompt_is_code()
    {
        IElement bubble = Article(Prompt("look:\n```ts\nlet a = 1;\nlet b;\n```\nright?")).One(".bubble");

        Assert.Equal("typescript", bubble.One("pre").GetAttribute("data-lang"));
        Assert.Equal("let a = 1;\nlet b;\n", bubble.One("pre").TextContent);
        Assert.Equal(["look:", "right?"], bubble.QuerySelectorAll("p").Select(p => p.TextContent));
    }

    [Fact]
    public void Web_addresses_in_a_prompt_are_links_without_the_sentence_end()
    {
        IElement link = Article(Prompt("see https://example.org/a?b=1&c=2, please")).One(".bubble a");

        Assert.Equal("https://example.org/a?b=1&c=2", link.GetAttribute("href"));
        Assert.Equal("nofollow noopener noreferrer", link.GetAttribute("rel"));
    }

    [Fact]
    public void A_slash_command_is_a_command_and_not_its_tags()
    {
        IElement article = Article(Prompt("<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args>sonnet</command-args>"));

        Assert.Equal("/model sonnet", article.One(".command").TextContent);
        Assert.DoesNotContain("command-name", article.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_shell_line_put_out_is_shown_unescaped_once_and_with_its_colours()
    {
        IElement article = Article(Prompt("<bash-stdout>a &lt;b&gt; \e[31mred\e[0m</bash-stdout><bash-stderr></bash-stderr>"));

        Assert.Equal("a <b> red", article.One("pre").TextContent);
        Assert.Equal("red", article.One(".f1").TextContent);
        Assert.Empty(article.QuerySelectorAll("pre b"));
    }

    [Fact]
    public void A_person_who_writes_about_the_clients_tags_is_shown_as_they_wrote()
    {
        IElement article = Article(Prompt("<command-name>/x</command-name> is what the client writes"));

        Assert.Equal("<command-name>/x</command-name> is what the client writes", article.One(".bubble").TextContent);
    }

    [Theory]
    [InlineData("[Request interrupted by user]", "Interrupted")]
    [InlineData("[Request interrupted by user for tool use]", "Interrupted during a tool call")]
    public void An_interruption_is_an_event(string text, string shown)
    {
        IElement article = Article(Prompt(text));

        Assert.Contains("event", article.ClassList);
        Assert.Equal(shown, article.One(".happened").TextContent);
    }

    [Fact]
    public void An_error_of_the_API_is_told_from_an_answer()
    {
        IElement article = Article(Answer("API Error: 529 overloaded"));

        Assert.EndsWith("API Error: 529 overloaded", article.One(".failure").TextContent, StringComparison.Ordinal);
        Assert.Empty(article.QuerySelectorAll(".bubble"));
    }

    [Fact]
    public void Thinking_is_folded_and_its_first_words_can_be_seen()
    {
        IElement thinking = Article(Entry(Role.Assistant, new { type = "thinking", thinking = "First this.\n\nThen **that**.", signature = "x" })).One("details.thinking");

        Assert.False(thinking.HasAttribute("open"));
        Assert.Equal("First this. Then **that**.", thinking.One(".preview").TextContent);
        Assert.Equal("that", thinking.One("strong").TextContent);
    }

    [Fact]
    public void Redacted_thinking_says_that_it_was_there()
    {
        IElement article = Article(Entry(Role.Assistant, new { type = "redacted_thinking", data = "c2VjcmV0" }));

        Assert.Contains("encrypted", article.One(".redacted-thinking").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", article.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_blocks_are_a_quiet_line_and_never_raw()
    {
        IElement article = Article(Entry(Role.Assistant, new { type = "hologram_delta", payload = "raw bytes" }, new { no = "type" }));

        Assert.Equal(["Not shown here: hologram delta", "Not shown here: unknown content"], article.QuerySelectorAll(".quiet").Select(q => q.TextContent));
        Assert.DoesNotContain("raw bytes", article.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compaction_is_a_line_with_its_summary_folded()
    {
        IElement article = Article(Entry(Role.Event, new { type = "event", @event = "compacted", trigger = "manual", summary = "We did *this*." }));

        Assert.Equal("Conversation compacted by hand", article.One("details.happened summary").TextContent);
        Assert.Equal("We did this.", article.One(".prose").TextContent.Trim());
    }

    [Fact]
    public void Marks_of_redaction_are_chips_everywhere_and_can_still_be_copied()
    {
        Entry[] entries =
        [
            Prompt("key [REDACTED:aws-key:2] here"), Answer("key [REDACTED:aws-key:2] and `[REDACTED:aws-key:2]`"),
            Call("Bash", new { command = "export A=[REDACTED:aws-key:2]" }), Result("[REDACTED:aws-key:2]\nx"),
        ];
        foreach (Entry entry in entries)
        {
            IElement article = Article(entry);
            Assert.All(article.QuerySelectorAll(".redacted"), chip => Assert.Equal("[REDACTED:aws-key:2]", chip.TextContent));
            Assert.NotEmpty(article.QuerySelectorAll(".redacted"));
        }
    }

    [Fact]
    public void A_mark_in_a_prompt_is_not_torn_by_what_looks_like_the_beginning_of_an_address()
    {
        Assert.Equal("[REDACTED:github-token]", Article(Prompt("with [REDACTED:github-token]")).One(".redacted").TextContent);
    }

    [Fact]
    public void What_truncation_took_out_is_said_quietly()
    {
        Assert.Equal("[truncated: 12345 bytes removed]", Article(Result("a\n[truncated: 12345 bytes removed]\nb")).One(".truncated").TextContent);
    }

    [Fact]
    public void An_entry_of_a_subagent_names_its_thread_and_what_the_subagent_is_for()
    {
        IElement article = Article(
            Call("Task", new { description = "Review \"tests\"", subagent_type = "Explore", prompt = "p" }, "toolu_1"), Answer("done") with { Thread = "toolu_1" });

        Assert.Equal("toolu_1", article.GetAttribute("data-thread"));
        Assert.Equal("Review \"tests\" · Explore", article.GetAttribute("data-title"));
    }

    [Fact]
    public void Headings_of_an_answer_never_skip_a_level_below_the_entrys_own()
    {
        IElement article = Article(Answer("#### deep\n\n# top\n\n###### deepest"));

        Assert.Equal(["H2", "H3", "H3", "H4"], article.QuerySelectorAll("h1,h2,h3,h4,h5,h6").Select(h => h.TagName));
    }

    [Fact]
    public void A_text_that_is_too_long_for_a_page_ends_with_a_note()
    {
        IElement article = Article(Prompt(new string('x', Core.Rendering.EntryRenderer.MaxText + 1)));

        Assert.Contains("too long for a page", article.One("p.quiet").TextContent, StringComparison.Ordinal);
        Assert.True(article.TextContent.Length < Core.Rendering.EntryRenderer.MaxText + 10_000);
    }

    [Fact]
    public void Of_countless_blocks_the_first_are_shown()
    {
        object[] blocks = [.. Enumerable.Repeat(new { type = "text", text = "x" }, Core.Rendering.EntryRenderer.MaxBlocks + 5)];

        IElement article = Article(Entry(Role.Assistant, blocks));

        Assert.Equal(Core.Rendering.EntryRenderer.MaxBlocks, article.QuerySelectorAll(".bubble").Length);
        Assert.Single(article.QuerySelectorAll("p.quiet"));
    }
}
