using System.Globalization;
using System.Text.Json;
using Parley.Core.Rendering.Code;
using Parley.Core.Rendering.Text;

namespace Parley.Core.Rendering.Tools;

/// <summary>The tools of OpenAI's Codex: commands, patches, scripts that call other tools, plans and helpers.</summary>
internal static class CodexTools
{
    private const int MaxLine = 200;

    internal static IEnumerable<KeyValuePair<string, ToolView>> Views =>
    [
        new("exec_command", Shell),
        new("shell", Shell),
        new("shell_command", Shell),
        new("local_shell", Shell),
        new("write_stdin", new("shell", InputLine, (input, html) => Fields.Write(input, html))),
        new("exec", new("other", input => new(Code(input) is { } code ? Lines.OneLine(code, MaxLine) : null), ScriptBody)),
        new("apply_patch", new("edit", PatchLine, PatchBody)),
        new("view_image", new("file", input => new(Short(input, "path")), (input, html) => Fields.Write(input, html))),
        new("web_search", new("web", input => new(Short(input, "query") ?? Short(input, "url")), (input, html) => Fields.Write(input, html))),
        new("update_plan", new("plan", PlanLine, PlanBody)),
        new("spawn_agent", new("agent", input => new(null, Short(input, "message")), MessageBody)),
        new("send_input", new("agent", input => new(null, Short(input, "message")), MessageBody)),
    ];

    private static ToolView Shell => new("shell", input => new(Command(input) is { } command ? Lines.OneLine(command, MaxLine) : null, Short(input, "justification")), ShellBody);

    private static string? Short(JsonElement input, string name) => input.String(name) is { } text ? Lines.OneLine(text, MaxLine) : null;

    // A text, or the words of it; a shell that is only there to run a script is left out.
    private static string? Command(JsonElement input)
    {
        if ((input.String("cmd") ?? input.String("command")) is { } text)
            return text;
        if (input.Member("command") is not { ValueKind: JsonValueKind.Array } array)
            return null;
        string[] words = [.. array.EnumerateArray().Select(word => word.Text())];
        return words is [_, "-lc" or "-c", var script] ? script : string.Join(' ', words);
    }

    private static void ShellBody(JsonElement input, HtmlWriter html)
    {
        if (Command(input) is { } command)
            CodeHtml.Write(command, "bash", html);
        Fields.Write(input, html, "cmd", "command", "justification");
    }

    private static ToolLine InputLine(JsonElement input) =>
        new(Short(input, "chars"), input.Integer("session_id") is { } session ? string.Create(CultureInfo.InvariantCulture, $"to command {session}") : null);

    private static string? Code(JsonElement input) => input.String("input") ?? input.String("code");

    private static void ScriptBody(JsonElement input, HtmlWriter html)
    {
        if (Code(input) is { } code)
            CodeHtml.Write(code, "javascript", html);
        Fields.Write(input, html, "input", "code");
    }

    private static IReadOnlyList<FilePatch> Patch(JsonElement input) => input.String("input") is { } patch ? FilePatch.Read(patch) : [];

    private static ToolLine PatchLine(JsonElement input)
    {
        IReadOnlyList<FilePatch> files = Patch(input);
        if (files.Count == 0)
            return new(null);
        int added = 0, removed = 0;
        foreach ((string before, string after) in files.SelectMany(file => file.Pieces))
        {
            (int plus, int minus) = DiffHtml.Count(before, after);
            (added, removed) = (added + plus, removed + minus);
        }
        string? note = files.Count == 1 ? files[0].Note : string.Create(CultureInfo.InvariantCulture, $"and {files.Count - 1} more");
        return new(Lines.OneLine(files[0].Path, MaxLine), note, added, removed);
    }

    private static void PatchBody(JsonElement input, HtmlWriter html)
    {
        IReadOnlyList<FilePatch> files = Patch(input);
        foreach (FilePatch file in files)
        {
            if (html.IsFull)
                return;
            if (files.Count > 1)
                html.Markup("<p class=\"quiet\">"u8).Marked(Lines.OneLine($"{file.Path} {(file.Note is { } note ? $"({note})" : "")}", MaxLine)).Markup("</p>"u8);
            foreach ((string before, string after) in file.Pieces)
                DiffHtml.Write(before, after, Languages.OfFile(file.Path), html);
        }
        if (files.Count > 0)
            Fields.Write(input, html, "input");
        else
            Fields.Write(input, html);
    }

    private static ToolLine PlanLine(JsonElement input)
    {
        JsonElement[] steps = [.. input.Objects("plan")];
        return new(null, string.Create(CultureInfo.InvariantCulture, $"{steps.Count(step => step.String("status") == "completed")} of {steps.Length} done"));
    }

    private static void PlanBody(JsonElement input, HtmlWriter html)
    {
        if (input.String("explanation") is { } explanation)
            MarkdownHtml.Write(explanation, html);
        PlanTools.WriteSteps(input.Objects("plan"), "step", html);
        Fields.Write(input, html, "plan", "explanation");
    }

    private static void MessageBody(JsonElement input, HtmlWriter html)
    {
        if (input.String("message") is { } message)
            MarkdownHtml.Write(message, html);
        Fields.Write(input, html, "message");
    }
}
