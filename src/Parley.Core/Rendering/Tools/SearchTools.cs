using System.Text.Json;
using Parley.Core.Rendering.Text;

namespace Parley.Core.Rendering.Tools;

/// <summary>Files and the web, searched and fetched.</summary>
internal static class SearchTools
{
    private const int MaxLine = 200;

    internal static IEnumerable<KeyValuePair<string, ToolView>> Views =>
    [
        new("Grep", new("search", input => new(Short(input, "pattern"), InPath(input)), AllFields)),
        new("Glob", new("search", input => new(Short(input, "pattern"), InPath(input)), AllFields)),
        new("ToolSearch", new("search", input => new(Short(input, "query")), AllFields)),
        new("WebFetch", new("web", input => new(Short(input, "url")), FetchBody) { Result = ResultKind.Markdown }),
        new("WebSearch", new("web", input => new(Short(input, "query")), AllFields) { Result = ResultKind.Markdown }),
    ];

    private static string? Short(JsonElement input, string name) => input.String(name) is { } text ? Lines.OneLine(text, MaxLine) : null;

    private static string? InPath(JsonElement input) =>
        (Short(input, "path") ?? Short(input, "glob")) is { } path ? "in " + path : null;

    private static void AllFields(JsonElement input, HtmlWriter html) => Fields.Write(input, html);

    private static void FetchBody(JsonElement input, HtmlWriter html)
    {
        if (input.String("url") is { } url && Links.IsAllowed(url))
        {
            html.Markup("<p>"u8);
            Links.Open(url, html);
            html.Text(url).Markup("</a></p>"u8);
            Fields.Write(input, html, "url");
        }
        else
        {
            Fields.Write(input, html);
        }
    }
}
