using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Syntax;
using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering.Text;

/// <summary>
/// Writes Markdown as HTML from an allow-list of its own: Markdig parses, and only the nodes named here are written, so raw HTML, scripts
/// and foreign attributes have no way through. Images are never fetched: they become links.
/// </summary>
internal static class MarkdownHtml
{
    /// <summary>Longer text is shown as it is: nobody wrote it as Markdown, and parsing it is not worth its time.</summary>
    internal const int MaxLength = 256 * 1024;

    /// <summary>Most links in one text. Markdig looks for the end of each that is not closed in all that follows, which hostile text makes quadratic.</summary>
    internal const int MaxLinks = 1000;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseTaskLists().UseAutoLinks().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).Build();

    internal static void Write(string text, HtmlWriter html)
    {
        if (Parse(text) is { } document)
        {
            html.Markup("<div class=\"prose\">"u8);
            new MarkdownBlocks(html).WriteChildren(document);
            html.Markup("</div>"u8);
        }
        else
        {
            CodeHtml.WriteTerminal(text, html);
        }
    }

    // Markdig refuses nesting beyond its limit with an ArgumentException.
    private static MarkdownDocument? Parse(string text)
    {
        if (text.Length > MaxLength || text.AsSpan().Count("](") > MaxLinks)
            return null;
        try
        {
            return Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
