using AngleSharp.Dom;
using Xunit;

namespace Parley.Core.Tests.Rendering;

/// <summary>All that a fragment may consist of. What is not named here must not come out of any input.</summary>
internal static class AllowList
{
    private static readonly HashSet<string> Elements =
    [
        "a", "article", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "header", "hr", "img",
        "ins", "li", "mark", "ol", "p", "pre", "s", "span", "strong", "summary", "table", "tbody", "td", "th", "time", "tr", "ul",
    ];

    private static readonly HashSet<string> Attributes =
    [
        "alt", "aria-hidden", "class", "data-author", "data-client", "data-hue", "data-kind", "data-lang", "data-n", "data-thread", "data-title", "datetime", "dir", "height", "href", "id", "loading", "open", "rel", "role",
        "src", "start", "tabindex", "title", "width",
    ];

    private static readonly string[] Schemes = ["http:", "https:", "mailto:"];

    internal static void AssertHolds(IElement article)
    {
        Assert.Equal("ARTICLE", article.TagName);
        foreach (IElement element in article.QuerySelectorAll("*").Prepend(article))
        {
            Assert.Contains(element.LocalName, Elements);
            Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, Attributes));
            if (element.GetAttribute("href") is { } href)
                Assert.True(href.StartsWith("<base>", StringComparison.Ordinal) || Schemes.Any(s => href.StartsWith(s, StringComparison.OrdinalIgnoreCase)), href);
            if (element.GetAttribute("src") is { } src)
                Assert.Matches("^<base>/images/[0-9]+/[0-9]+$", src);
        }
        Assert.Single(article.QuerySelectorAll("[id]").Prepend(article), e => e.Id is not null);
    }
}
