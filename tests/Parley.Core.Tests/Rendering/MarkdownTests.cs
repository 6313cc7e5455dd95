using AngleSharp.Dom;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class MarkdownTests
{
    [Fact]
    public void Tables_lists_tasks_and_emphasis_are_rendered()
    {
        IElement prose = Article(Answer("| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |\n\n- [x] done\n- [ ] not\n\n3. three\n\n**b** *i* `c`")).One(".prose");

        Assert.Equal("1", prose.One("td.centre").TextContent);
        Assert.Equal("2", prose.One("td.right s").TextContent);
        Assert.Equal(2, prose.QuerySelectorAll(".check").Length);
        Assert.Equal("3", prose.One("ol").GetAttribute("start"));
        Assert.Equal(["b", "i", "c"], prose.QuerySelectorAll("p > strong, p > em, p > code").Select(e => e.TextContent));
    }

    [Fact]
    public void Raw_HTML_is_text()
    {
        IElement prose = Article(Answer("<b onclick=x>bold</b>\n\n<script>alert(1)</script>\n\n<!-- c -->")).One(".prose");

        Assert.Equal(["<b onclick=x>bold</b>", "<script>alert(1)</script>", "<!-- c -->"], prose.QuerySelectorAll("p").Select(p => p.TextContent));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("vbscript:x")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//evil.example")]
    [InlineData("relative/path.cs")]
    [InlineData("#fragment")]
    [InlineData("https:")]
    public void Only_addresses_with_an_allowed_scheme_become_links(string address)
    {
        IElement prose = Article(Answer($"[text](<{address}>)")).One(".prose");

        Assert.Empty(prose.QuerySelectorAll("a"));
        Assert.Equal("text", prose.One(".reference").TextContent);
    }

    [Theory]
    [InlineData("[t](https://example.org/x)", "https://example.org/x")]
    [InlineData("<mailto:a@example.org>", "mailto:a@example.org")]
    [InlineData("<a@example.org>", "mailto:a@example.org")]
    [InlineData("https://example.org/(a)", "https://example.org/(a)")]
    public void Links_tell_the_other_side_nothing(string markdown, string address)
    {
        IElement link = Article(Answer(markdown)).One(".prose a");

        Assert.Equal(address, link.GetAttribute("href"));
        Assert.Equal("nofollow noopener noreferrer", link.GetAttribute("rel"));
    }

    [Fact]
    public void Images_are_links_and_are_never_fetched()
    {
        IElement prose = Article(Answer("![alt](https://example.org/track.png \"t\") ![x](data:image/svg+xml,<svg>)")).One(".prose");

        Assert.Empty(prose.QuerySelectorAll("img"));
        Assert.Equal("https://example.org/track.png", prose.One("a").GetAttribute("href"));
    }

    [Fact]
    public void A_fence_names_only_languages_that_are_known()
    {
        IElement prose = Article(Answer("```c#\na\n```\n\n```x\" onclick=\"y\nb\n```")).One(".prose");

        Assert.Equal(["csharp", null], prose.QuerySelectorAll("pre").Select(p => p.GetAttribute("data-lang")));
    }
}
