using System.Text;
using System.Text.Json;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Redaction;

public sealed class TruncationTests
{
    [Fact]
    public void A_result_of_exactly_the_limit_stays_whole() => Assert.Equal(Truncation.MaxBytes, Truncate(new string('a', Truncation.MaxBytes)).Length);

    [Fact]
    public void A_longer_result_keeps_its_beginning_and_its_end()
    {
        string text = new string('a', 500) + new string('b', 10_000) + new string('c', 500);

        Assert.Equal($"{new string('a', 500)}[truncated: 10000 bytes removed]{new string('c', 500)}", Truncate(text));
    }

    [Fact]
    public void Bytes_are_counted_in_utf8() =>
        Assert.Contains($"[truncated: {(4_000 - 1_000) * 3} bytes removed]", Truncate(new string('€', 4_000)), StringComparison.Ordinal);

    [Fact]
    public void A_surrogate_pair_is_never_split()
    {
        string text = new string('a', 499) + string.Concat(Enumerable.Repeat("😀", 6_000)) + new string('c', 499);

        string truncated = Truncate(text);

        Assert.StartsWith(new string('a', 499) + "[truncated", truncated, StringComparison.Ordinal);
        Assert.EndsWith("removed]" + new string('c', 499), truncated, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"*"}]}]""")]
    [InlineData("""[{"content":[{"text":"*","type":"text"}],"type":"tool_result"}]""")]
    [InlineData("""[{"type":"text","text":"before"},{"type":"tool_result","content":"*","is_error":true}]""")]
    public void Every_form_of_a_tool_result_is_truncated(string blocks)
    {
        Entry entry = Truncation.Truncate(Entry(blocks.Replace("*", new string('x', 20_000), StringComparison.Ordinal)));

        Assert.Contains("[truncated: 19000 bytes removed]", Encoding.UTF8.GetString(entry.Blocks.Span), StringComparison.Ordinal);
        using JsonDocument _ = JsonDocument.Parse(entry.Blocks);
    }

    [Theory]
    [InlineData("""[{"type":"text","text":"*"}]""")]
    [InlineData("""[{"type":"tool_use","id":"t","name":"Write","input":{"content":"*"}}]""")]
    public void Nothing_but_tool_results_is_truncated(string blocks)
    {
        Entry entry = Entry(blocks.Replace("*", new string('x', 20_000), StringComparison.Ordinal) + " ");

        Assert.Same(entry, Truncation.Truncate(entry));
    }

    private static string Truncate(string text)
    {
        Entry entry = Truncation.Truncate(Entry($$"""[{"type":"tool_result","tool_use_id":"t","content":{{JsonSerializer.Serialize(text)}}}]"""));
        using JsonDocument blocks = JsonDocument.Parse(entry.Blocks);
        return blocks.RootElement[0].GetProperty("content").GetString()!;
    }

    private static Entry Entry(string blocks) => new() { Role = Role.User, Blocks = Encoding.UTF8.GetBytes(blocks) };
}
