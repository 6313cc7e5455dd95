using System.Globalization;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.EndToEnd.Tests.Pages;

/// <summary>Entries for the pages to show.</summary>
internal static class Entries
{
    /// <summary>A picture of one pixel.</summary>
    internal const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    internal static Entry Of(Role role, params object[] blocks) =>
        new() { Role = role, Timestamp = new DateTimeOffset(2026, 2, 26, 18, 3, 0, TimeSpan.Zero), Blocks = JsonSerializer.SerializeToUtf8Bytes(blocks) };

    internal static Entry Prompt(string text) => Of(Role.User, Text(text));

    internal static Entry Answer(string text) => Of(Role.Assistant, Text(text)) with { Model = "claude-opus-4-8" };

    internal static object Text(string text) => new { type = "text", text };

    internal static object Call(string name, object input, string id = "t") => new { type = "tool_use", id, name, input };

    internal static object Result(string content, string id = "t", bool error = false) => new { type = "tool_result", tool_use_id = id, content, is_error = error };

    internal static object Image(string data = Png, string mediaType = "image/png") => new { type = "image", source = new { type = "base64", media_type = mediaType, data } };

    /// <summary>Prompts and answers in turn, each with its number in it.</summary>
    internal static IEnumerable<Entry> Conversation(int count) => Enumerable.Range(1, count).Select(i =>
    {
        string number = i.ToString(CultureInfo.InvariantCulture);
        return i % 2 == 1 ? Prompt($"Question number {number}") : Answer($"Answer **number** {number}\n\nwith a second paragraph");
    });

    /// <summary>One of everything that a page can show.</summary>
    internal static IEnumerable<Entry> OfEveryKind() =>
    [
        Prompt("Please fix `rounding` in https://example.org/cart\n```ts\nconst a: number = 1;\nexport default a;\n```"),
        Of(Role.User, Image()),
        Of(Role.Assistant, new { type = "thinking", thinking = "First **this**, then that." }, Text("# Heading\n\n| a | b |\n|---|--:|\n| 1 | [two](https://example.org) |\n\n- [x] done\n- [ ] not\n\n> quoted `code`\n\n```python\ndef a():\n    return 'text'  # comment\n```"),
            Call("Edit", new { file_path = "src/cart.py", old_string = "a = 1\nb = 2", new_string = "a = 2\nb = 2\nc = 3" }, "a"), Call("Bash", new { command = "npm test", description = "Run the tests" }, "b")),
        Of(Role.User, Result("The file src/cart.py has been updated.", "a"), Result("\e[31mred\e[0m \e[1;32mbold green\e[0m \e[48;5;208m orange \e[0m\n\e[2mdim\e[0m [truncated: 12345 bytes removed]\n[REDACTED:aws-key:1]", "b")),
        Of(Role.Assistant, Call("Read", new { file_path = "missing.txt" }, "c")),
        Of(Role.User, Result("<tool_use_error>File does not exist.\nLook elsewhere.</tool_use_error>", "c", error: true)),
        Of(Role.Assistant, Call("Read", new { file_path = "pixel.png" }, "d")),
        Of(Role.User, new { type = "tool_result", tool_use_id = "d", content = new[] { Image() } }),
        Of(Role.Assistant, Call("TodoWrite", new { todos = new[] { new { content = "one", status = "completed" }, new { content = "two", status = "in_progress" }, new { content = "three", status = "pending" } } }, "e")),
        Of(Role.Assistant, Call("AskUserQuestion", new { questions = new[] { new { question = "Which?", options = new[] { new { label = "A", description = "first" } } } } }, "f")),
        Of(Role.Assistant, Call("ExitPlanMode", new { plan = "# Plan\n\n1. Do it" }, "g"), Call("mcp__github__get_issue", new { number = 7, nested = new { a = new[] { 1, 2 } } }, "h")),
        Of(Role.User, Result("The user doesn't want to proceed with this tool use. To tell you how to proceed, the user said:\nnot now", "g", error: true), Result("{\"a\":\n1}", "h")),
        Of(Role.Assistant, Call("Task", new { description = "Look around", subagent_type = "Explore", prompt = "Find **it**" }, "i")),
        Prompt("Find it") with { Thread = "i" },
        Answer("Found it.") with { Thread = "i" },
        Of(Role.User, Result("It is in `src`.\n\nThere.", "i")),
        Of(Role.Event, new { type = "event", @event = "compacted", trigger = "auto", summary = "Until now: **much**." }),
        Prompt("<command-name>/model</command-name><command-args>opus</command-args>"),
        Prompt("<local-command-stdout>Set model to \e[1mOpus\e[22m</local-command-stdout>"),
        Prompt("[Request interrupted by user]"),
        Answer("API Error: 529 overloaded"),
        Of(Role.Assistant, new { type = "redacted_thinking", data = "x" }, new { type = "hologram" }, new { type = "unsupported", reason = "a torn line" }),
        Answer("Done. See [the file](src/cart.py) and ![a picture](https://example.org/x.png)."),
    ];
}
