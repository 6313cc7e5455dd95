using System.Globalization;
using System.Text.Json;
using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering.Tools;

/// <summary>Files that are read, written and edited.</summary>
internal static class FileTools
{
    private const int MaxPath = 200;

    internal static IEnumerable<KeyValuePair<string, ToolView>> Views =>
    [
        new("Read", new("file", ReadLine, (input, html) => Fields.Write(input, html)) { Result = ResultKind.NumberedFile }),
        new("NotebookRead", new("file", ReadLine, (input, html) => Fields.Write(input, html))),
        new("LS", new("file", input => new(Path(input)), (input, html) => Fields.Write(input, html))),
        new("Write", new("edit", WriteLine, WriteBody)),
        new("Edit", new("edit", EditLine, EditBody)),
        new("MultiEdit", new("edit", MultiEditLine, MultiEditBody)),
        new("NotebookEdit", new("edit", input => new(Path(input), input.String("edit_mode")), NotebookBody)),
    ];

    /// <summary>The path that a file tool is about.</summary>
    internal static string? Path(JsonElement input) =>
        (input.String("file_path") ?? input.String("notebook_path") ?? input.String("path")) is { } path ? Lines.OneLine(path, MaxPath) : null;

    private static string? Language(JsonElement input) => Path(input) is { } path ? Languages.OfFile(path) : null;

    private static ToolLine ReadLine(JsonElement input)
    {
        long? offset = input.Integer("offset"), limit = input.Integer("limit");
        string? range = (offset, limit) switch
        {
            ( >= 0 and < int.MaxValue, >= 0 and < int.MaxValue) => string.Create(CultureInfo.InvariantCulture, $"lines {offset}–{offset + limit - 1}"),
            ( >= 0, null) => string.Create(CultureInfo.InvariantCulture, $"from line {offset}"),
            (null, >= 0) => string.Create(CultureInfo.InvariantCulture, $"first {limit} lines"),
            _ => input.String("pages") is { } pages ? "pages " + Lines.OneLine(pages, MaxPath) : null,
        };
        return new(Path(input), range);
    }

    private static ToolLine WriteLine(JsonElement input) =>
        new(Path(input), null, input.String("content") is { } content ? Lines.Count(content) : null);

    private static void WriteBody(JsonElement input, HtmlWriter html)
    {
        if (input.String("content") is { } content)
            CodeHtml.Write(content, Language(input), html);
        Fields.Write(input, html, "content", "file_path");
    }

    private static ToolLine EditLine(JsonElement input)
    {
        if (Change(input) is not var (before, after))
            return new(Path(input));
        (int added, int removed) = DiffHtml.Count(before, after);
        return new(Path(input), input.IsTrue("replace_all") ? "everywhere" : null, added, removed);
    }

    private static void EditBody(JsonElement input, HtmlWriter html)
    {
        if (Change(input) is var (before, after))
        {
            DiffHtml.Write(before, after, Language(input), html);
            Fields.Write(input, html, "old_string", "new_string", "file_path", "replace_all");
        }
        else
        {
            Fields.Write(input, html);
        }
    }

    private static ToolLine MultiEditLine(JsonElement input)
    {
        int added = 0, removed = 0;
        foreach ((string before, string after) in Changes(input))
        {
            (int plus, int minus) = DiffHtml.Count(before, after);
            (added, removed) = (added + plus, removed + minus);
        }
        return new(Path(input), null, added, removed);
    }

    private static void MultiEditBody(JsonElement input, HtmlWriter html)
    {
        foreach ((string before, string after) in Changes(input))
        {
            if (html.IsFull)
                return;
            DiffHtml.Write(before, after, Language(input), html);
        }
        Fields.Write(input, html, "edits", "file_path");
    }

    private static void NotebookBody(JsonElement input, HtmlWriter html)
    {
        if (input.String("new_source") is { } source)
            CodeHtml.Write(source, input.String("cell_type") == "markdown" ? "markdown" : "python", html);
        Fields.Write(input, html, "new_source", "notebook_path");
    }

    private static IEnumerable<(string Before, string After)> Changes(JsonElement input) =>
        input.Objects("edits").Select(Change).OfType<(string, string)>();

    private static (string Before, string After)? Change(JsonElement edit) =>
        edit.String("old_string") is { } before && edit.String("new_string") is { } after ? (before, after) : null;
}
