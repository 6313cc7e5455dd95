using System.Text;
using System.Text.Json;
using Parley.Core.Rendering.Code;
using Parley.Core.Rendering.Text;
using Parley.Core.Rendering.Tools;

namespace Parley.Core.Rendering;

/// <summary>Writes a tool's result under its call's name: a line that says what came back, and the whole of it when opened.</summary>
internal sealed class ResultHtml(ToolCalls calls, HtmlWriter html)
{
    private const int MaxPreview = 160, MaxName = 60;

    // How the client tells the model that the person said no.
    private const string Declined = "The user doesn't want to proceed with this tool use.";

    internal void Write(JsonElement block, Action<JsonElement> writeImage)
    {
        ToolCall? call = calls.Find(block.String("tool_use_id"));
        bool error = block.IsTrue("is_error");
        string text = error ? TextOf(block) : Short(TextOf(block), call);
        List<JsonElement> images = [.. block.Objects("content").Where(b => b.String("type") == "image")];

        if (text.StartsWith(Declined, StringComparison.Ordinal))
            WriteLine(call, "result declined"u8, DeclinedLine(text), 0);
        else if (images.Count == 0 && Lines.Count(text.AsSpan().Trim()) <= 1 && text.Length <= MaxPreview)
            WriteLine(call, error ? "result error"u8 : "result"u8, text.Length == 0 ? "no output" : Ansi.Strip(text), 0);
        else
            WriteWhole(call, error, text, images, writeImage);
    }

    private void WriteLine(ToolCall? call, ReadOnlySpan<byte> kind, string line, int lines)
    {
        html.Markup("<div class=\""u8).Markup(kind).Markup("\">"u8);
        WriteHead(call, line, lines);
        html.Markup("</div>"u8);
    }

    private void WriteWhole(ToolCall? call, bool error, string text, List<JsonElement> images, Action<JsonElement> writeImage)
    {
        html.Markup(error ? "<details class=\"result error\""u8 : "<details class=\"result\""u8).Markup(images.Count > 0 ? " open><summary>"u8 : "><summary>"u8);
        string preview = Lines.OneLine(Lines.First(Ansi.Strip(Readable(text, call))), MaxPreview);
        WriteHead(call, preview.Length > 0 ? preview : images.Count == 1 ? "an image" : $"{images.Count} images", Lines.Count(text));
        html.Markup("</summary><div class=\"body\">"u8);
        if (!string.IsNullOrWhiteSpace(text))
            WriteBody(error ? ResultKind.Terminal : call?.View.Result ?? ResultKind.Terminal, text, call);
        foreach (JsonElement image in images)
            writeImage(image);
        html.Markup("</div></details>"u8);
    }

    private void WriteHead(ToolCall? call, string line, int lines)
    {
        // A single result stands right under its call, whose name the eye need not read twice.
        html.Markup(calls.AreParallel ? "<span class=\"from\"><span class=\"sr\">Result of </span>"u8 : "<span class=\"sr\">Result of "u8)
            .Marked(NameOf(call)).Markup("</span><span class=\"preview\">"u8).Marked(line).Markup("</span>"u8);
        if (lines > 1)
            html.Markup("<span class=\"count\">"u8).Number(lines).Markup(" lines</span>"u8);
    }

    private void WriteBody(ResultKind kind, string text, ToolCall? call)
    {
        if (kind == ResultKind.Markdown)
            MarkdownHtml.Write(text, html);
        else if (kind == ResultKind.NumberedFile && NumberedFile.Parse(text) is var (code, first))
            CodeHtml.Write(code, call?.Line.What is { } path ? Languages.OfFile(path) : null, html, first);
        else if (IsJson(text))
            CodeHtml.Write(text, "json", html);
        else
            CodeHtml.WriteTerminal(text, html);
    }

    private static string NameOf(ToolCall? call)
    {
        if (call is null)
            return "tool";
        return $"{ToolViews.DisplayName(call.Name)} {Lines.OneLine(call.Line.What, MaxName)}".TrimEnd();
    }

    private static string Readable(string text, ToolCall? call) =>
        call?.View.Result == ResultKind.NumberedFile && NumberedFile.Parse(text) is var (code, _) ? code : text;

    private static string DeclinedLine(string text)
    {
        const string Said = "the user said:";
        int said = text.IndexOf(Said, StringComparison.Ordinal);
        return said < 0 ? "Declined" : "Declined: " + Lines.OneLine(text.AsSpan(said + Said.Length), MaxPreview);
    }

    private static bool IsJson(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        return trimmed is ['{', .., '}'] or ['[', .., ']'] && trimmed.Contains('"') && !trimmed.Contains('\e');
    }

    private static string TextOf(JsonElement block)
    {
        if (block.String("content") is { } text)
            return Unwrap(text);
        var all = new StringBuilder();
        foreach (JsonElement part in block.Objects("content"))
        {
            if (part.String("text") is { } piece)
                all.Append(all.Length > 0 ? "\n\n" : "").Append(piece);
            else if (part.String("type") is { } type and not "image")
                all.Append(all.Length > 0 ? "\n" : "").Append('(').Append(Lines.OneLine(type.Replace('_', ' '), MaxPreview)).Append(')');
        }
        return Unwrap(all.ToString());
    }

    // Of an edit that went well the client tells the model more than a reader wants.
    private static string Short(string text, ToolCall? call) =>
        call?.View.Kind == "edit" && Lines.Count(text) == 1
        && (text.StartsWith("The file ", StringComparison.Ordinal) || text.StartsWith("File created ", StringComparison.Ordinal)) ? "Saved" : text;

    private static string Unwrap(string text)
    {
        const string Open = "<tool_use_error>", Close = "</tool_use_error>";
        return text.StartsWith(Open, StringComparison.Ordinal) && text.EndsWith(Close, StringComparison.Ordinal) ? text[Open.Length..^Close.Length] : text;
    }
}
