using System.Text;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Sessions;

public sealed class SelectionTests
{
    [Fact]
    public void Nothing_is_left_out_unless_asked()
    {
        Entry entry = Entry("""[{"type":"thinking","thinking":"hm"},{"type":"tool_result","tool_use_id":"t1","content":"out"}]""");

        Assert.Same(entry, new Selection().Apply(entry));
    }

    [Fact]
    public void A_tool_result_that_is_left_out_keeps_the_id_of_its_call()
    {
        Entry entry = Entry("""[{"type":"text","text":"hi"},{"type":"tool_result","content":[{"type":"text","text":"out"}],"tool_use_id":"t1","is_error":true}]""");

        Entry? selected = new Selection { ToolResults = false }.Apply(entry);

        Assert.Equal("""[{"type":"text","text":"hi"},{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"[left out by the author]"}]}]""", Text(selected));
    }

    [Fact]
    public void Results_of_tools_that_the_server_ran_are_left_out_as_well()
    {
        Entry entry = Entry("""[{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","title":"found"}]}]""");

        Assert.DoesNotContain("found", Text(new Selection { ToolResults = false }.Apply(entry)), StringComparison.Ordinal);
    }

    [Fact]
    public void Thinking_that_is_left_out_is_absent()
    {
        Entry entry = Entry("""[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"hi"}]""");

        Assert.Equal("""[{"type":"text","text":"hi"}]""", Text(new Selection { Thinking = false }.Apply(entry)));
    }

    [Fact]
    public void An_entry_of_nothing_but_thinking_goes_as_a_whole() =>
        Assert.Null(new Selection { Thinking = false }.Apply(Entry("""[{"type":"thinking","thinking":"hm"}]""")));

    [Fact]
    public void Entries_before_the_chosen_one_and_single_ones_are_left_out()
    {
        Entry[] entries = [.. Enumerable.Range(1, 5).Select(i => Entry($$"""[{"type":"text","text":"{{i}}"}]"""))];

        IEnumerable<Entry> selected = new Selection { From = 2, LeftOut = new HashSet<int> { 4 } }.Apply(entries);

        Assert.Equal([entries[1], entries[2], entries[4]], selected);
    }

    private static Entry Entry(string blocks) => new() { Role = Role.User, Blocks = Encoding.UTF8.GetBytes(blocks) };

    private static string Text(Entry? entry) => Encoding.UTF8.GetString(entry!.Blocks.Span);
}
