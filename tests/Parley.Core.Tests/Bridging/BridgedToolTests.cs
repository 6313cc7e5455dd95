using System.Text.Json;
using Parley.Core.Bridging;
using Xunit;

namespace Parley.Core.Tests.Bridging;

/// <summary>Which tools ask first, what a model calls them, and how much of them is taken.</summary>
public sealed class BridgedToolTests
{
    [Theory]
    [InlineData("get_issue")]
    [InlineData("searchIssues")]
    [InlineData("list-comments")]
    [InlineData("read_text_file")]
    [InlineData("addresses")]
    [InlineData("settings")]
    public void What_only_reads_runs_unasked(string name) => Assert.False(Reading(name).AsksFirst);

    [Theory]
    [InlineData("create_issue")]
    [InlineData("issueDelete")]
    [InlineData("DELETE")]
    [InlineData("send-message")]
    [InlineData("issues.update")]
    [InlineData("get_and_set")]
    public void A_name_that_says_otherwise_outweighs_what_a_server_claims(string name) => Assert.True(Reading(name).AsksFirst);

    [Fact]
    public void What_says_nothing_or_contradicts_itself_asks_first()
    {
        Assert.True((Reading("get") with { IsReadOnly = false }).AsksFirst);
        Assert.True((Reading("get") with { IsDestructive = true }).AsksFirst);
    }

    [Fact]
    public void A_server_can_t_take_back_that_a_tool_asks_but_can_make_it_ask()
    {
        BridgedTool[] writing = [Reading("get") with { IsReadOnly = false }], reading = [Reading("get"), Reading("other")];

        Assert.Equal([true, false], BridgedTool.Renew(writing, reading).Select(tool => tool.AsksFirst));
        Assert.Equal([true, false], BridgedTool.Renew(BridgedTool.Renew(writing, reading), reading).Select(tool => tool.AsksFirst));
        Assert.Equal([true], BridgedTool.Renew(reading, writing).Select(tool => tool.AsksFirst));
    }

    [Theory]
    [InlineData("linear", "get_issue", "mcp__linear__get_issue")]
    [InlineData("my server", "a.b/c", "mcp__my_server__a_b_c")]
    [InlineData("ärger", "löschen", "mcp___rger__l_schen")]
    public void Names_are_ones_that_a_model_can_call(string server, string tool, string name) => Assert.Equal(name, Reading(tool).NameFor(server));

    [Fact]
    public void Long_names_stay_apart()
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(i => Reading(new string('x', 100) + i).NameFor("linear"))];

        Assert.All(names, name => Assert.Equal(BridgeLimits.NameCharacters, name.Length));
        Assert.Equal(3, names.Distinct().Count());
    }

    [Fact]
    public void A_server_with_too_many_or_too_large_tools_lends_some_of_them()
    {
        Assert.Equal(BridgeLimits.Tools, BridgedTool.Bounded(Enumerable.Range(0, 500).Select(i => Reading($"get{i}"))).Count());
        Assert.Equal(["a", "b"], BridgedTool.Bounded([Reading("a"), Reading("a"), Reading(""), Reading(new string('x', 200)), Reading("b")]).Select(tool => tool.Name));
        JsonElement large = JsonSerializer.SerializeToElement(new { type = "object", description = new string('x', BridgeLimits.ToolsBytes / 4) });
        Assert.Equal(3, BridgedTool.Bounded(Enumerable.Range(0, 9).Select(i => Reading($"get{i}") with { InputSchema = large })).Count());
        Assert.Equal(BridgeLimits.DescriptionCharacters + 1, BridgedTool.Bounded([Reading("a") with { Description = new string('y', 10_000) }]).Single().Description.Length);
    }

    [Fact]
    public void Tools_and_messages_are_read_as_they_were_written()
    {
        Assert.Equal([true], BridgedTool.Read(BridgedTool.Write([Reading("get") with { HasAsked = true }])).Select(tool => tool.AsksFirst));
        Assert.Empty(BridgedTool.Read("[]"));
        var call = new BridgeMessage { Type = BridgeMessage.Call, Id = 7, Session = "s", Server = "linear", Tool = "get", Input = JsonElement.Parse("""{"a":[1]}""") };
        Assert.Equal("""{"type":"CALL","session":"s","server":"linear","id":7,"tool":"get","input":{"a":[1]}}""", System.Text.Encoding.UTF8.GetString(call.ToUtf8()));
        Assert.Equal("""{"a":[1]}""", BridgeMessage.Read(call.ToUtf8())!.Input!.Value.GetRawText());
        Assert.Equal("CALL", call.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"type":"LEND","sessions":[null]}""")]
    [InlineData("""{"type":"OPENED","tools":[{"name":null}]}""")]
    [InlineData("""{"type":"OPENED","tools":[null]}""")]
    [InlineData("""{"type":"OPENED","tools":[{"name":"a","description":"b"}]}""")]
    [InlineData("""{"type":"USE","servers":[null]}""")]
    [InlineData("""{"type":"CALL","id":"x"}""")]
    public void What_is_no_message_is_none(string json) => Assert.Null(BridgeMessage.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    private static BridgedTool Reading(string name) => new(name, "Reads.", JsonElement.Parse("""{"type":"object"}"""), IsReadOnly: true);
}
