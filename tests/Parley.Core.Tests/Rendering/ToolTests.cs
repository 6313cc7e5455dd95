using AngleSharp.Dom;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class ToolTests
{
    private const string Patch =
        """
        *** Begin Patch
        *** Add File: src/cart.py
        +def total(items):
        +    return 0
        *** Update File: a.cs
        *** Move to: b.cs
        @@ class A
         keep();
        -int a = 1;
        +int a = 2;
        @@
        -gone();
        *** Delete File: old.txt
        *** End Patch
        """;

    public static TheoryData<string, object, string> Lines => new()
    {
        { "Bash", new { command = "npm test\n&& ls", description = "Run the tests" }, "Bash npm test && ls Run the tests" },
        { "Read", new { file_path = "src/a.py", offset = 8, limit = 5 }, "Read src/a.py lines 8–12" },
        { "Write", new { file_path = "a.md", content = "one\ntwo\n" }, "Write a.md +2" },
        { "Grep", new { pattern = "x\\(", path = "src" }, "Grep x\\( in src" },
        { "WebFetch", new { url = "https://example.org/", prompt = "?" }, "WebFetch https://example.org/" },
        { "TodoWrite", new { todos = new[] { new { content = "a", status = "completed" }, new { content = "b", status = "pending" } } }, "TodoWrite 1 of 2 done" },
        { "TaskUpdate", new { taskId = "3", status = "in_progress" }, "TaskUpdate #3 in progress" },
        { "Agent", new { description = "Look around", subagent_type = "Explore", prompt = "p" }, "Agent Look around · Explore" },
        { "mcp__github__get_issue", new { number = 7, title = "broken" }, "github · get_issue broken" },
        { "NoSuchTool", new { a = 1 }, "NoSuchTool" },
        { "exec_command", new { cmd = "npm test", workdir = "/srv" }, "exec_command npm test" },
        { "shell", new { command = new[] { "bash", "-lc", "npm test" } }, "shell npm test" },
        { "shell", new { command = new[] { "ls", "-l" } }, "shell ls -l" },
        { "write_stdin", new { chars = "y", session_id = 7 }, "write_stdin y to command 7" },
        { "exec", new { input = "text(await tools.exec_command({cmd: \"ls\"}));" }, "exec text(await tools.exec_command({cmd: \"ls\"}));" },
        { "apply_patch", new { input = Patch }, "apply_patch src/cart.py and 2 more +3 −2" },
        { "apply_patch", new { input = "no patch" }, "apply_patch" },
        { "update_plan", new { plan = new[] { new { step = "a", status = "completed" }, new { step = "b", status = "pending" } } }, "update_plan 1 of 2 done" },
        { "web_search", new { type = "search", query = "acme" }, "web_search acme" },
        { "spawn_agent", new { message = "Look around" }, "spawn_agent Look around" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_call_says_on_one_line_what_it_does(string tool, object input, string line)
    {
        IElement summary = Article(Call(tool, input)).One(".tool > summary");

        Assert.Equal(line, string.Join(' ', summary.Children.Select(c => c.TextContent)));
    }

    [Fact]
    public void An_edit_is_a_diff_with_the_words_that_changed()
    {
        IElement call = Article(Call("Edit", new { file_path = "a.cs", old_string = "int a = 1;\nkeep();", new_string = "int a = 2;\nkeep();\nadded();" })).One(".tool");

        Assert.Equal("+2 −1", call.One(".counts").TextContent);
        Assert.Equal("int a = 1;\n", call.One("del").TextContent);
        Assert.Equal(["1", "2"], call.QuerySelectorAll("mark").Select(m => m.TextContent));
        Assert.Equal(["int a = 2;\n", "added();\n"], call.QuerySelectorAll("ins").Select(i => i.TextContent));
        Assert.Equal("csharp", call.One("pre").GetAttribute("data-lang"));
    }

    [Fact]
    public void A_patch_is_a_diff_for_each_place_under_its_files_name()
    {
        IElement call = Article(Call("apply_patch", new { input = Patch })).One(".tool");

        Assert.Equal(["src/cart.py (new)", "a.cs (moved to b.cs)", "old.txt (deleted)"], call.QuerySelectorAll("p.quiet").Select(p => p.TextContent.TrimEnd()));
        Assert.Equal(["python", "csharp", "csharp"], call.QuerySelectorAll(".diff pre, pre.diff, .code pre").Select(pre => pre.GetAttribute("data-lang")));
        Assert.Equal(["int a = 1;\n", "gone();\n"], call.QuerySelectorAll("del").Select(d => d.TextContent));
        Assert.Equal(["1", "2"], call.QuerySelectorAll("mark").Select(m => m.TextContent));
    }

    [Fact]
    public void Several_edits_are_several_diffs()
    {
        var edits = new[] { new { old_string = "a", new_string = "b" }, new { old_string = "c", new_string = "d" } };

        IElement call = Article(Call("MultiEdit", new { file_path = "x.txt", edits })).One(".tool");

        Assert.Equal("+2 −2", call.One(".counts").TextContent);
        Assert.Equal(2, call.QuerySelectorAll(".diff").Length);
    }

    [Fact]
    public void Long_unchanged_stretches_of_a_diff_are_counted()
    {
        string middle = string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i}\n"));

        IElement call = Article(Call("Edit", new { file_path = "x", old_string = "a\n" + middle + "b", new_string = "A\n" + middle + "B" })).One(".diff");

        Assert.Equal("34 unchanged lines\n", call.One(".gap").TextContent);
        Assert.Equal("42", call.QuerySelectorAll("ins")[1].GetAttribute("data-n"));
    }

    [Fact]
    public void A_plan_is_Markdown_and_open()
    {
        IElement call = Article(Call("ExitPlanMode", new { plan = "# Plan\n\n1. **Decimal**" })).One(".tool");

        Assert.True(call.HasAttribute("open"));
        Assert.Equal("Decimal", call.One("strong").TextContent);
    }

    [Fact]
    public void A_question_lists_its_options()
    {
        var questions = new[] { new { question = "Which?", options = new[] { new { label = "Half up", description = "classic" } } } };

        IElement call = Article(Call("AskUserQuestion", new { questions })).One(".question");

        Assert.Equal("Which?", call.One(".ask").TextContent);
        Assert.Equal("Half up classic", call.One("li").TextContent);
    }

    [Fact]
    public void Every_member_of_an_unknown_tools_input_is_shown()
    {
        IElement fields = Article(Call("Custom", new { name = "x", many = new[] { 1, 2 }, text = "two\nlines" })).One(".fields");

        Assert.Equal(["name", "many", "text"], fields.QuerySelectorAll("dt").Select(t => t.TextContent));
        Assert.Contains("[\n  1,\n  2\n]", fields.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("{\"file_path\":5,\"old_string\":{},\"new_string\":[],\"edits\":7,\"todos\":{},\"questions\":[1,{\"options\":\"x\"}],\"command\":null}")]
    public void Known_tools_take_input_of_any_shape(string input)
    {
        string[] tools = ["Bash", "Read", "Write", "Edit", "MultiEdit", "Grep", "TodoWrite", "AskUserQuestion", "ExitPlanMode", "WebFetch", "Agent", "TaskUpdate", "X"];
        foreach (string tool in tools)
            Article(Call(tool, System.Text.Json.JsonDocument.Parse(input).RootElement)).One(".tool");
    }

    [Fact]
    public void A_short_result_stands_on_one_line_under_its_call()
    {
        IElement result = Article(Call("Bash", new { command = "echo 1" }), Result("1")).One("div.result");

        Assert.Equal("1", result.One(".preview").TextContent);
        Assert.Empty(result.QuerySelectorAll("pre"));
    }

    [Fact]
    public void Results_of_parallel_calls_carry_their_calls_name()
    {
        object[] calls = [new { type = "tool_use", id = "a", name = "Read", input = new { file_path = "x.py" } }, new { type = "tool_use", id = "b", name = "Bash", input = new { command = "ls" } }];

        IElement article = Article(Entry(Core.Sessions.Role.Assistant, calls), Result("no such file", error: true, id: "a"));

        Assert.Equal("Result of Read x.py", article.One(".from").TextContent);
    }

    [Fact]
    public void A_file_that_was_read_keeps_its_own_line_numbers()
    {
        IElement pre = Article(Call("Read", new { file_path = "src/cart.py" }), Result("     8\tdef a():\n     9\t    pass\n")).One("pre");

        Assert.Equal("python", pre.GetAttribute("data-lang"));
        Assert.Equal(["8", "9"], pre.QuerySelectorAll(".l").Select(l => l.GetAttribute("data-n")));
        Assert.Equal("def a():\n    pass\n", pre.TextContent);
    }

    [Fact]
    public void Errors_are_marked_and_unwrapped()
    {
        IElement result = Article(Call("Read", new { }), Result("<tool_use_error>File not found</tool_use_error>", error: true)).One(".result.error");

        Assert.EndsWith("File not found", result.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_person_declined_says_why()
    {
        string said = "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, the user said:\nnever here";

        Assert.EndsWith("Declined: never here", Article(Result(said, error: true)).One(".declined").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_of_JSON_is_shown_as_JSON()
    {
        IElement pre = Article(Result("{\n  \"a\": 1\n}")).One("pre");

        Assert.Equal("json", pre.GetAttribute("data-lang"));
    }
}
