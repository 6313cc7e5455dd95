using System.Text.Json;
using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering.Tools;

/// <summary>Commands that are run in a shell.</summary>
internal static class ShellTools
{
    private const int MaxLine = 200;

    internal static IEnumerable<KeyValuePair<string, ToolView>> Views =>
    [
        new("Bash", new("shell", input => Line(input), (input, html) => Body(input, "bash", html))),
        new("PowerShell", new("shell", input => Line(input), (input, html) => Body(input, "powershell", html))),
        new("BashOutput", new("shell", input => new(input.String("bash_id"), "output so far"), (input, html) => Fields.Write(input, html))),
        new("KillShell", new("shell", input => new(input.String("shell_id"), "stopped"), (input, html) => Fields.Write(input, html))),
    ];

    private static ToolLine Line(JsonElement input) =>
        new(input.String("command") is { } command ? Lines.OneLine(command, MaxLine) : null,
            input.String("description") is { } description ? Lines.OneLine(description, MaxLine) : null);

    private static void Body(JsonElement input, string language, HtmlWriter html)
    {
        if (input.String("command") is { } command)
            CodeHtml.Write(command, language, html);
        Fields.Write(input, html, "command", "description");
    }
}
