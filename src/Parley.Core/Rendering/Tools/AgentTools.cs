using System.Text.Json;
using Parley.Core.Rendering.Text;

namespace Parley.Core.Rendering.Tools;

/// <summary>Subagents and skills.</summary>
internal static class AgentTools
{
    private const int MaxLine = 200;

    internal static IEnumerable<KeyValuePair<string, ToolView>> Views =>
    [
        new("Agent", Agent),
        new("Task", Agent),
        new("Skill", new("agent", input => new(Short(input, "skill") ?? Short(input, "command")), (input, html) => Fields.Write(input, html))),
        new("SlashCommand", new("agent", input => new(Short(input, "command")), (input, html) => Fields.Write(input, html))),
    ];

    private static ToolView Agent => new("agent", Line, Body)
    {
        Result = ResultKind.Markdown,
    };

    private static ToolLine Line(JsonElement input) =>
        new(null, string.Join(" · ", new[] { Short(input, "description"), Short(input, "subagent_type") }.Where(s => !string.IsNullOrEmpty(s))));

    private static string? Short(JsonElement input, string name) => input.String(name) is { } text ? Lines.OneLine(text, MaxLine) : null;

    private static void Body(JsonElement input, HtmlWriter html)
    {
        if (input.String("prompt") is { } prompt)
            MarkdownHtml.Write(prompt, html);
        Fields.Write(input, html, "prompt", "description", "subagent_type");
    }
}
