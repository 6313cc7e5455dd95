using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Core.Rendering.Code;
using Parley.Core.Rendering.Text;
using Parley.Core.Rendering.Tools;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering.Export;

/// <summary>Writes a session as a Markdown file: what was said as it is, tool calls and their results as fenced blocks.</summary>
public static class MarkdownExport
{
    private const int MaxLine = 200;

    /// <summary>Writes the file; the entries are asked for one at a time and nothing of them is kept.</summary>
    public static void Write(SessionHeader header, IEnumerable<Entry> entries, Stream output)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.NewLine = "\n";
        WriteHeader(header, writer);
        var calls = new ToolCalls();
        Role? last = null;
        foreach (Entry entry in entries)
        {
            WriteEntry(entry, last, calls, writer);
            last = entry.Role == Role.User && HasResults(entry) ? Role.Assistant : entry.Role;
        }
    }

    private static void WriteHeader(SessionHeader header, StreamWriter writer)
    {
        writer.WriteLine("# " + Lines.OneLine(header.Title, MaxLine));
        writer.WriteLine();
        string?[] facts = [header.Project, header.Branch, header.Model, header.Date?.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)];
        writer.WriteLine(string.Join(" · ", facts.Where(f => !string.IsNullOrEmpty(f)).Select(f => Lines.OneLine(f, MaxLine))));
    }

    private static bool HasResults(Entry entry) => entry.Blocks.Span.IndexOf("\"tool_result\""u8) >= 0;

    private static void WriteEntry(Entry entry, Role? last, ToolCalls calls, StreamWriter writer)
    {
        using JsonDocument document = JsonDocument.Parse(entry.Blocks, Json.Options);
        if (entry.Role != Role.Event && !HasResults(entry) && (entry.Role != last || entry.Role == Role.User))
        {
            writer.WriteLine();
            writer.WriteLine(entry.Role == Role.User ? $"## {entry.Author ?? "Prompt"}" : "## Answer");
        }
        else if (entry is { Role: Role.Event, Author: { } author })
        {
            Paragraph($"## {Lines.OneLine(author, MaxLine)}, to the others", writer);
        }
        foreach (JsonElement block in document.RootElement.EnumerateArray())
            WriteBlock(block, entry.Role, calls, writer);
    }

    private static void WriteBlock(JsonElement block, Role role, ToolCalls calls, StreamWriter writer)
    {
        switch (block.String("type"))
        {
            case "text": Paragraph(Said(block.String("text") ?? "", role), writer); break;
            case "thinking" when block.String("thinking") is { Length: > 0 } thinking: Paragraph(Quote("*Thinking*\n\n" + thinking), writer); break;
            case "tool_use" or "server_tool_use" or "mcp_tool_use": WriteCall(block, calls, writer); break;
            case "tool_result": WriteResult(block, calls, writer); break;
            case "image": Paragraph("*(an image)*", writer); break;
            case Rewind.BlockType when Rewind.Of(block) is { } rewind: Paragraph($"---\n\n*{EventHtml.Line(rewind)}*", writer); break;
            case Note.BlockType: Paragraph(block.String("text")?.TrimEnd() ?? "", writer); break;
            case "event":
                Paragraph($"---\n\n*{EventHtml.Line(block)}*", writer);
                if (block.String("summary") is { Length: > 0 } summary)
                    Paragraph(Quote(summary), writer);
                break;
        }
    }

    private static string Said(string text, Role role) =>
        role == Role.User && ClientText.Parse(text) is { } pieces
            ? string.Join("\n\n", pieces.Where(p => p.Content.Length > 0).Select(p => Fence(ClientText.Unescape(Ansi.Strip(p.Content)), "")))
            : text.TrimEnd();

    private static void WriteCall(JsonElement block, ToolCalls calls, StreamWriter writer)
    {
        string name = block.String("name") ?? "tool";
        JsonElement input = block.Member("input") ?? default;
        ToolView view = ToolViews.Of(name);
        ToolLine line = view.Line(input);
        if (block.String("id") is { } id)
            calls.Remember(id, new ToolCall(name, view, line));
        string note = string.Join(" ", new[] { line.What is { Length: > 0 } what ? CodeSpan(what) : "", line.Note ?? "" }.Where(s => s.Length > 0));
        Paragraph($"**{ToolViews.DisplayName(name)}** {note}".TrimEnd(), writer);
        if (input.ValueKind != JsonValueKind.Undefined)
            Paragraph(input.String("command") is { } command ? Fence(command, "bash") : Fence(input.GetRawText(), "json"), writer);
    }

    private static void WriteResult(JsonElement block, ToolCalls calls, StreamWriter writer)
    {
        string name = calls.Find(block.String("tool_use_id")) is { } call ? ToolViews.DisplayName(call.Name) : "tool";
        Paragraph(block.IsTrue("is_error") ? $"Error of {name}:" : $"Result of {name}:", writer);
        if (block.String("content") is { } text)
            Paragraph(Fence(Ansi.Strip(text), ""), writer);
        foreach (JsonElement part in block.Objects("content"))
            Paragraph(part.String("text") is { } piece ? Fence(Ansi.Strip(piece), "") : "*(an image)*", writer);
    }

    private static void Paragraph(string text, StreamWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine(text);
    }

    private static string Quote(string text) => "> " + text.TrimEnd().Replace("\n", "\n> ", StringComparison.Ordinal);

    /// <summary>A fenced block whose fence is longer than any run of backticks inside.</summary>
    private static string Fence(string text, string language)
    {
        string fence = new('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}{language}\n{text.TrimEnd('\n')}\n{fence}";
    }

    private static string CodeSpan(string text)
    {
        string ticks = new('`', LongestRun(text) + 1);
        return ticks.Length == 1 ? $"`{text}`" : $"{ticks} {text} {ticks}";
    }

    private static int LongestRun(string text)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
