using System.Text.Json;
using Parley.Core.Rendering.Text;
using Parley.Core.Rendering.Tools;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>Writes the blocks of one entry, each by its type; a type that is not known becomes one quiet line.</summary>
internal sealed class BlockHtml(Entry entry, long seq, ToolCalls calls, HtmlWriter html)
{
    private const int MaxPreview = 140;

    private int _images;

    internal void Write(JsonElement block)
    {
        switch (block.String("type"))
        {
            case "text": WriteText(block.String("text") ?? ""); break;
            case "thinking": WriteThinking(block.String("thinking") ?? ""); break;
            case "redacted_thinking": html.Markup("<p class=\"thinking redacted-thinking\">Thinking, encrypted by the model’s provider</p>"u8); break;
            case "tool_use" or "server_tool_use" or "mcp_tool_use": WriteCall(block); break;
            case "tool_result": new ResultHtml(calls, html).Write(block, WriteImage); break;
            case "image": WriteImage(block); break;
            case Note.BlockType: UserTextHtml.WriteNote(block.String("text") ?? "", html); break;
            case "event": EventHtml.Write(block, html); break;
            case Rewind.BlockType when Rewind.Of(block) is { } rewind: EventHtml.Write(rewind, html); break;
            case "unsupported": WriteUnsupported(Lines.OneLine(block.String("reason") ?? "unknown content", MaxPreview), html); break;
            case { } other: WriteUnsupported(Lines.OneLine(other.Replace('_', ' '), MaxPreview), html); break;
            default: WriteUnsupported("unknown content", html); break;
        }
    }

    internal static bool IsCall(JsonElement block) => block.String("type") is "tool_use" or "server_tool_use" or "mcp_tool_use";

    internal static void WriteUnsupported(string what, HtmlWriter html) =>
        html.Markup("<p class=\"quiet\">Not shown here: "u8).Marked(what).Markup("</p>"u8);

    private void WriteText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        if (entry.Role == Role.User)
            UserTextHtml.Write(text, isSigned: entry.Author is not null, html);
        else if (IsApiError(text))
            html.Markup("<div class=\"failure\" role=\"note\"><span class=\"sr\">Error: </span>"u8).Marked(text).Markup("</div>"u8);
        else
            WriteBubble(text);
    }

    private void WriteBubble(string text)
    {
        html.Markup("<div class=\"bubble\">"u8);
        MarkdownHtml.Write(text, html);
        html.Markup("</div>"u8);
    }

    // The client writes failures of the API as answers that begin so.
    private static bool IsApiError(string text) => text.StartsWith("API Error", StringComparison.Ordinal) && text.Length < 4000;

    private void WriteThinking(string thinking)
    {
        if (string.IsNullOrWhiteSpace(thinking))
        {
            html.Markup("<p class=\"thinking redacted-thinking\">Thinking, kept by the model’s provider</p>"u8);
            return;
        }
        html.Markup("<details class=\"thinking\"><summary><span class=\"label\">Thinking</span><span class=\"preview\">"u8)
            .Marked(Lines.OneLine(thinking, MaxPreview)).Markup("</span></summary>"u8);
        MarkdownHtml.Write(thinking, html);
        html.Markup("</details>"u8);
    }

    private void WriteCall(JsonElement block)
    {
        string name = block.String("name") ?? "";
        JsonElement input = block.Member("input") ?? default;
        ToolView view = ToolViews.Of(name);
        ToolLine line = view.Line(input);
        if (block.String("id") is { } id)
            calls.Remember(id, new ToolCall(name, view, line));

        html.Markup("<details class=\"tool\""u8).Markup(view.Open ? " open><summary>"u8 : "><summary>"u8);
        WriteBadge(name, view, html);
        if (line.What is { Length: > 0 } what)
            html.Markup("<code class=\"what\">"u8).Marked(what).Markup("</code>"u8);
        if (line.Note is { Length: > 0 } note)
            html.Markup("<span class=\"note\">"u8).Marked(note).Markup("</span>"u8);
        if (line.Added is { } added)
            WriteCounts(added, line.Removed);
        html.Markup("</summary><div class=\"body\">"u8);
        if (input.ValueKind != JsonValueKind.Undefined)
            view.Body(input, html);
        html.Markup("</div></details>"u8);
    }

    internal static void WriteBadge(string name, ToolView view, HtmlWriter html) =>
        html.Markup("<span class=\"badge\""u8).Attribute("data-kind"u8, view.Kind).Markup(">"u8).Marked(ToolViews.DisplayName(name)).Markup("</span>"u8);

    private void WriteCounts(int added, int removed)
    {
        html.Markup("<span class=\"counts\"><span class=\"plus\">+"u8).Number(added).Markup("</span>"u8);
        if (removed > 0)
            html.Markup(" <span class=\"minus\">−"u8).Number(removed).Markup("</span>"u8);
        html.Markup("</span>"u8);
    }

    private void WriteImage(JsonElement block)
    {
        int index = _images++;
        if (Images.Peek(block) is not { } image)
        {
            WriteUnsupported("an image of a kind that is not displayed", html);
            return;
        }
        html.Markup("<a class=\"image\" href=\"<base>/images/"u8).Number(seq).Markup("/"u8).Number(index).Markup("\"><img src=\"<base>/images/"u8)
            .Number(seq).Markup("/"u8).Number(index).Markup("\" alt=\"Image "u8).Number(index + 1).Markup(" of entry "u8).Number(seq).Markup("\" loading=\"lazy\""u8);
        if (image.Width > 0)
            html.Markup(" width=\""u8).Number(image.Width).Markup("\" height=\""u8).Number(image.Height).Markup("\""u8);
        html.Markup("></a>"u8);
    }
}
