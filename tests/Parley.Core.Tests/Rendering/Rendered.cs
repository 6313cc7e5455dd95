using System.Buffers;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Rendering;

/// <summary>Entries made of blocks, and what a browser makes of their fragments.</summary>
internal static class Rendered
{
    private static readonly HtmlParser Strict = new(new HtmlParserOptions { IsStrictMode = true });

    internal static Entry Entry(Role role, params object[] blocks) => new() { Role = role, Blocks = JsonSerializer.SerializeToUtf8Bytes(blocks) };

    internal static Entry Answer(string text) => Entry(Role.Assistant, new { type = "text", text }) with { Model = "claude-opus-4-8" };

    internal static Entry Prompt(string text) => Entry(Role.User, new { type = "text", text });

    internal static Entry Call(string name, object input, string id = "t1") => Entry(Role.Assistant, new { type = "tool_use", id, name, input });

    internal static Entry Result(object content, bool error = false, string id = "t1") =>
        Entry(Role.User, new { type = "tool_result", tool_use_id = id, content, is_error = error });

    /// <summary>The fragment of the last entry, after those before it were rendered.</summary>
    internal static string Html(params Entry[] entries)
    {
        var renderer = new EntryRenderer();
        var html = new ArrayBufferWriter<byte>();
        for (int i = 0; i < entries.Length; i++)
        {
            html.ResetWrittenCount();
            renderer.Render(entries[i], i + 1, html);
        }
        return Encoding.UTF8.GetString(html.WrittenSpan);
    }

    /// <summary>The article of the last entry, parsed by a parser that refuses every error.</summary>
    internal static IElement Article(params Entry[] entries) => Parse(Html(entries));

    internal static IElement Parse(string fragment)
    {
        IHtmlDocument page = Strict.ParseDocument($"<!doctype html><html><head><title>t</title></head><body>{fragment}</body></html>");
        return Assert.Single(page.Body!.Children);
    }

    internal static IElement One(this IElement root, string selector) => Assert.Single(root.QuerySelectorAll(selector));
}
