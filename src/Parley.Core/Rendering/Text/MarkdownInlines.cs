using System.Text;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax.Inlines;

namespace Parley.Core.Rendering.Text;

/// <summary>Writes what stands inside a Markdown paragraph.</summary>
internal sealed class MarkdownInlines(HtmlWriter html)
{
    private readonly StringBuilder _text = new();

    internal void Write(ContainerInline? container)
    {
        for (Inline? inline = container?.FirstChild; inline is not null; inline = inline.NextSibling)
        {
            // Markdig splits text at brackets; together again, the marks of redaction are found in it.
            if (inline is LiteralInline literal)
            {
                _text.Append(literal.Content.AsSpan());
                if (inline.NextSibling is LiteralInline)
                    continue;
                html.Marked(_text.ToString());
                _text.Clear();
                continue;
            }
            Write(inline);
        }
    }

    private void Write(Inline inline)
    {
        switch (inline)
        {
            case EmphasisInline emphasis: WriteEmphasis(emphasis); break;
            case CodeInline code: html.Markup("<code>"u8).Marked(code.Content).Markup("</code>"u8); break;
            case LineBreakInline { IsHard: true }: html.Markup("<br>"u8); break;
            case LineBreakInline: html.Markup("\n"u8); break;
            case AutolinkInline auto: WriteLink(auto.IsEmail ? "mailto:" + auto.Url : auto.Url, () => html.Text(auto.Url)); break;
            case LinkInline { IsImage: true } image: WriteImage(image); break;
            case LinkInline link: WriteLink(link.Url ?? "", () => Write((ContainerInline)link)); break;
            case HtmlEntityInline entity: html.Text(entity.Transcoded.AsSpan()); break;
            case TaskList task: WriteTask(task.Checked); break;
            case ContainerInline other: Write(other); break;
        }
    }

    private void WriteEmphasis(EmphasisInline emphasis)
    {
        (byte[] open, byte[] close) = (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
        {
            ('~', _) => ("<s>"u8.ToArray(), "</s>"u8.ToArray()),
            (_, 2) => ("<strong>"u8.ToArray(), "</strong>"u8.ToArray()),
            _ => ("<em>"u8.ToArray(), "</em>"u8.ToArray()),
        };
        html.Markup(open);
        Write((ContainerInline)emphasis);
        html.Markup(close);
    }

    private void WriteLink(string address, Action content)
    {
        if (Links.IsAllowed(address))
        {
            Links.Open(address, html);
            content();
            html.Markup("</a>"u8);
            return;
        }
        html.Markup("<span class=\"reference\""u8).Attribute("title"u8, address).Markup(">"u8);
        content();
        html.Markup("</span>"u8);
    }

    private void WriteImage(LinkInline image) => WriteLink(image.Url ?? "", () =>
    {
        html.Markup("<span class=\"image-link\">"u8);
        if (image.FirstChild is null)
            html.Text("image");
        else
            Write((ContainerInline)image);
        html.Markup("</span>"u8);
    });

    private void WriteTask(bool done) => html.Markup(done
        ? "<span class=\"check done\"><span class=\"sr\">Done: </span></span>"u8
        : "<span class=\"check\"><span class=\"sr\">To do: </span></span>"u8);
}
