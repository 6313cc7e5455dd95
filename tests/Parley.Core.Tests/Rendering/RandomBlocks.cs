using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Core.Sessions;

namespace Parley.Core.Tests.Rendering;

/// <summary>Makes entries whose blocks are nearly right: known types and tools, with members of any kind and texts that try to break out.</summary>
internal sealed class RandomBlocks(int seed)
{
    private static readonly string[] Types = ["text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "tool_result", "image", "event", "unsupported", "strange", ""];

    private static readonly string[] Tools =
    [
        "Bash", "Read", "Write", "Edit", "MultiEdit", "NotebookEdit", "Grep", "Glob", "WebFetch", "WebSearch", "TodoWrite", "TaskCreate", "TaskUpdate", "AskUserQuestion",
        "ExitPlanMode", "Agent", "Task", "Skill", "mcp__a__b", "mcp____", "<img src=x onerror=alert(1)>",
    ];

    private static readonly string[] Members =
    [
        "text", "thinking", "name", "input", "id", "tool_use_id", "content", "is_error", "source", "event", "summary", "reason", "command", "file_path", "old_string", "new_string",
        "edits", "todos", "questions", "options", "label", "plan", "prompt", "url", "pattern", "data", "media_type", "status", "offset", "limit", "\"><svg onload=x>",
    ];

    private static readonly string[] Pieces =
    [
        "<script>alert(1)</script>", "\"", "'", "<!--", "-->", "]]>", "</article>", "</code></pre>", "javascript:alert(1)", "[x](javascript:1)", "![i](x)", "| a | b |\n|-|-|\n| c | d |",
        "\n", "```js\n", "\n```\n", "**b**", "`c`", "<command-name>/x</command-name>", "<bash-input>", "</bash-input>", "[REDACTED:x]", "[truncated: 1 bytes removed]", "\e[31m", "\e]8;;x\a",
        "https://example.org/", "<https://a.b>", "&lt;", "&#0;", "&amp;amp;", "\u2028", "\0", "\ud83d", "😀", "# h", "- [ ] t", "> q", "    code", "1\tline\n", "{\"a\":[1]}", "<base>", "word ", "a\tb",
    ];

    private readonly Random _random = new(seed);

    internal Entry Entry() => new()
    {
        Role = (Role)_random.Next(3),
        Author = _random.Next(4) == 0 ? Text() : null,
        Model = _random.Next(3) == 0 ? Text() : null,
        Thread = _random.Next(5) == 0 ? Text() : null,
        Timestamp = _random.Next(2) == 0 ? DateTimeOffset.UnixEpoch : null,
        Blocks = JsonSerializer.SerializeToUtf8Bytes(new JsonArray([.. Enumerable.Range(0, _random.Next(5)).Select(_ => Block())])),
    };

    private JsonObject Block()
    {
        JsonObject block = Object(3);
        block["type"] = Pick(Types);
        if (_random.Next(2) == 0)
            block["name"] = Pick(Tools);
        return block;
    }

    private JsonObject Object(int depth)
    {
        var members = new JsonObject();
        for (int i = _random.Next(7); i > 0; i--)
            members[Pick(Members)] = Value(depth - 1);
        return members;
    }

    private JsonNode? Value(int depth) => _random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 => _random.Next(-5, 50),
        3 or 4 => Text(),
        5 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth - 1))]),
        _ => Object(depth),
    };

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(7)).Select(_ => Pick(Pieces)));

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
