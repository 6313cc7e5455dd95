using System.Text;
using Parley.Core.Headless;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Headless;

/// <summary>What a client without a terminal says, as entries of a session.</summary>
public sealed class ClientOutputTests
{
    [Fact]
    public void A_message_is_one_entry_with_all_its_blocks_and_what_it_took()
    {
        List<Entry> entries = Entries(
            """{"type":"assistant","message":{"id":"m1","model":"claude-x","content":[{"type":"text","text":"Let me look."}]},"parent_tool_use_id":null}""",
            """{"type":"assistant","message":{"id":"m1","model":"claude-x","content":[{"type":"tool_use","id":"t1","name":"Read","input":{}}]},"parent_tool_use_id":null}""",
            """{"type":"stream_event","event":{"type":"message_delta","usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":7}},"parent_tool_use_id":null}""");

        Entry entry = Assert.Single(entries);
        Assert.Equal((Role.Assistant, "claude-x", new Usage(15, 7)), (entry.Role, entry.Model, entry.Usage!.Value));
        Assert.Equal("""[{"type":"text","text":"Let me look."},{"type":"tool_use","id":"t1","name":"Read","input":{}}]""", Text(entry));
    }

    [Fact]
    public void Results_that_come_before_their_message_is_whole_stand_after_it()
    {
        List<Entry> entries = Entries(
            """{"type":"assistant","message":{"id":"m1","model":"claude-x","content":[{"type":"tool_use","id":"t1","name":"Read","input":{}}]},"parent_tool_use_id":null}""",
            """{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"two"}]},"parent_tool_use_id":null}""",
            """{"type":"stream_event","event":{"type":"message_delta","usage":{"input_tokens":1,"output_tokens":2}},"parent_tool_use_id":null}""");

        Assert.Equal([Role.Assistant, Role.User], entries.Select(entry => entry.Role));
    }

    [Fact]
    public void What_a_subagent_says_carries_the_call_that_started_it()
    {
        Entry entry = Assert.Single(Entries(
            """{"type":"assistant","message":{"id":"m2","model":"claude-x","content":[{"type":"text","text":"sub"}]},"parent_tool_use_id":"t1"}"""));

        Assert.Equal("t1", entry.Thread);
    }

    [Fact]
    public void An_interrupted_answer_is_kept_as_far_as_it_came()
    {
        List<Entry> entries = Entries(
            """{"type":"assistant","message":{"id":"m1","model":"claude-x","content":[{"type":"text","text":"word word"}]},"parent_tool_use_id":null}""",
            """{"type":"user","message":{"role":"user","content":[{"type":"text","text":"[Request interrupted by user]"}]},"parent_tool_use_id":null}""",
            """{"type":"result","subtype":"error_during_execution","is_error":true,"total_cost_usd":0.5}""");

        Assert.Equal("""[{"type":"text","text":"word word"}]""", Text(Assert.Single(entries)));
    }

    [Fact]
    public void A_question_carries_exactly_the_input_that_would_run()
    {
        var asked = Assert.IsType<PermissionAsked>(Read(
            """{"type":"control_request","request_id":"r1","request":{"subtype":"can_use_tool","tool_name":"Bash","display_name":"Harmless","input":{"command":"touch  x"},"description":"make"}}"""));

        Assert.Equal(("r1", "Bash", """{"command":"touch  x"}"""), (asked.RequestId, asked.Tool, Encoding.UTF8.GetString(asked.Input.Span)));
        Assert.Equal(
            """{"type":"control_response","response":{"subtype":"success","request_id":"r1","response":{"behavior":"allow","updatedInput":{"command":"touch  x"}}}}""" + "\n",
            Encoding.UTF8.GetString(ClientInput.Allow(asked)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"type":"assistant"}""")]
    [InlineData("""{"type":"assistant","message":{"id":7,"content":"x"}}""")]
    [InlineData("""{"type":"stream_event","event":{"type":"content_block_delta","delta":7}}""")]
    [InlineData("""{"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","tool_name":"Bash","input":"ls"}}""")]
    [InlineData("""{"type":"system","subtype":"from the future"}""")]
    public void A_line_that_says_nothing_is_passed_over(string line) => Assert.Null(Read(line));

    private static ClientEvent? Read(string line) => ClientOutput.Read(Encoding.UTF8.GetBytes(line));

    private static List<Entry> Entries(params string[] lines)
    {
        var assembly = new AnswerAssembly(TimeProvider.System);
        return [.. lines.Select(Read).OfType<ClientEvent>().SelectMany(assembly.Take)];
    }

    private static string Text(Entry entry) => Encoding.UTF8.GetString(entry.Blocks.Span);
}
