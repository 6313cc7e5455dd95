using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering.Text;

/// <summary>
/// Writes the blocks of a Markdown document. Headings begin at h3, below the page's title and the entry's own, and never skip a level;
/// their look follows the level that was written.
/// </summary>
internal sealed class MarkdownBlocks(HtmlWriter html)
{
    private readonly MarkdownInlines _inlines = new(html);
    private int _lastHeading = 2;

    internal void WriteChildren(ContainerBlock container)
    {
        foreach (Block block in container)
            Write(block, tight: false);
    }

    private void Write(Block block, bool tight)
    {
        switch (block)
        {
            case HeadingBlock heading: WriteHeading(heading); break;
            case ParagraphBlock paragraph: WriteParagraph(paragraph, tight); break;
            case ListBlock list: WriteList(list); break;
            case QuoteBlock quote: Wrap("<blockquote>"u8, quote, "</blockquote>"u8); break;
            case FencedCodeBlock fence: CodeHtml.Write(TextOf(fence), Languages.Of(FirstWord(fence.Info)), html); break;
            case CodeBlock code: CodeHtml.Write(TextOf(code), null, html); break;
            case ThematicBreakBlock: html.Markup("<hr>"u8); break;
            case Table table: WriteTable(table); break;
            case LinkReferenceDefinitionGroup: break;
            case ContainerBlock other: WriteChildren(other); break;
            case LeafBlock leaf: html.Markup("<p>"u8).Marked(TextOf(leaf)).Markup("</p>"u8); break;
        }
    }

    private void WriteHeading(HeadingBlock heading)
    {
        _lastHeading = Math.Min(Math.Min(_lastHeading + 1, heading.Level + 2), 6);
        html.Markup("<h"u8).Number(_lastHeading).Markup(" class=\"md-h"u8).Number(heading.Level).Markup("\">"u8);
        _inlines.Write(heading.Inline);
        html.Markup("</h"u8).Number(_lastHeading).Markup(">"u8);
    }

    private void WriteParagraph(ParagraphBlock paragraph, bool tight)
    {
        html.Markup(tight ? ""u8 : "<p>"u8);
        _inlines.Write(paragraph.Inline);
        html.Markup(tight ? ""u8 : "</p>"u8);
    }

    private void WriteList(ListBlock list)
    {
        html.Markup(list.IsOrdered ? "<ol"u8 : "<ul"u8);
        if (list.IsOrdered && int.TryParse(list.OrderedStart, out int start) && start != 1)
            html.Markup(" start=\""u8).Number(start).Markup("\""u8);
        html.Markup(">"u8);
        foreach (ListItemBlock item in list.OfType<ListItemBlock>())
        {
            html.Markup("<li>"u8);
            foreach (Block block in item)
                Write(block, tight: !list.IsLoose);
            html.Markup("</li>"u8);
        }
        html.Markup(list.IsOrdered ? "</ol>"u8 : "</ul>"u8);
    }

    private void WriteTable(Table table)
    {
        html.Markup("<div class=\"scroll\" tabindex=\"0\"><table>"u8);
        foreach (TableRow row in table.OfType<TableRow>())
        {
            html.Markup("<tr>"u8);
            int column = 0;
            foreach (TableCell cell in row.OfType<TableCell>())
            {
                html.Markup(row.IsHeader ? "<th"u8 : "<td"u8);
                html.Markup(Alignment(table, column++)).Markup(">"u8);
                foreach (Block block in cell)
                    Write(block, tight: true);
                html.Markup(row.IsHeader ? "</th>"u8 : "</td>"u8);
            }
            html.Markup("</tr>"u8);
        }
        html.Markup("</table></div>"u8);
    }

    private static ReadOnlySpan<byte> Alignment(Table table, int column) =>
        (column < table.ColumnDefinitions.Count ? table.ColumnDefinitions[column].Alignment : null) switch
        {
            TableColumnAlign.Center => " class=\"centre\""u8,
            TableColumnAlign.Right => " class=\"right\""u8,
            _ => default,
        };

    private void Wrap(ReadOnlySpan<byte> open, ContainerBlock content, ReadOnlySpan<byte> close)
    {
        html.Markup(open);
        WriteChildren(content);
        html.Markup(close);
    }

    private static string TextOf(LeafBlock block) => block.Lines.ToString();

    private static ReadOnlySpan<char> FirstWord(string? info)
    {
        ReadOnlySpan<char> word = info;
        int end = word.IndexOfAny(" \t{,:");
        return end < 0 ? word : word[..end];
    }
}
