using System.Collections.Frozen;

namespace Parley.Core.Rendering.Tools;

/// <summary>The tools that have a view of their own; every other one is shown by its input's fields.</summary>
internal static class ToolViews
{
    private static readonly FrozenDictionary<string, ToolView> Known = new[]
        { ShellTools.Views, FileTools.Views, SearchTools.Views, PlanTools.Views, AgentTools.Views, CodexTools.Views }
        .SelectMany(views => views).ToFrozenDictionary();

    private static readonly ToolView Other = new("other", Fields.Line, (input, html) => Fields.Write(input, html));

    private static readonly ToolView Mcp = Other with { Kind = "mcp" };

    internal static ToolView Of(string tool) =>
        Known.TryGetValue(tool, out ToolView? view) ? view : tool.StartsWith("mcp__", StringComparison.Ordinal) ? Mcp : Other;

    /// <summary>The name on the badge: <c>mcp__github__get_issue</c> is <c>github · get_issue</c>.</summary>
    internal static string DisplayName(string tool)
    {
        const int MaxLength = 80;
        string name = Lines.OneLine(tool, MaxLength);
        if (name.Length == 0)
            return "tool";
        string[] parts = name.Split("__", 3);
        return parts is ["mcp", { Length: > 0 } server, { Length: > 0 } call] ? $"{server} · {call}" : name;
    }
}
