using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>What stands beside a transcript: subagents' transcripts and outputs that were too large for it.</summary>
public sealed class SidecarTests : IDisposable
{
    // The limit of an output that is taken whole.
    private const int MaxOutputBytes = 16 * 1024 * 1024;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_subagent_s_entries_stand_between_its_call_and_the_result()
    {
        string[] threads = [.. TranscriptReader.Open(Corpus.Session("09-subagents")).Entries().Select(entry => entry.Thread ?? "-")];
        Assert.Equal(
            ["-", "toolu_fake00041_1", "-", "toolu_fake00045_1", "toolu_fake00045_2", "-", "toolu_fake00050_1", "-"],
            threads.Where((thread, i) => i == 0 || threads[i - 1] != thread));
    }

    [Fact]
    public void A_subagent_s_own_subagent_stands_within_it()
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Call("b", "a", "t1"), Lines.Result("c", "b", "t1"));
        WriteAgent("outer", "t1", Lines.User("d", null, "outer"), Lines.Call("e", "d", "t2"), Lines.Result("f", "e", "t2"));
        WriteAgent("inner", "t2", Lines.User("g", null, "inner"));
        Assert.Equal(["user go", "assistant [t1]", "t1: user outer", "t1: assistant [t2]", "t2: user inner", "t1: user (t2)", "user (t1)"], _scratch.Shown());
        Assert.Equal(7, TranscriptReader.Open(_scratch.Transcript).Info.EntryCount);
    }

    [Fact]
    public void Subagents_that_start_each_other_are_shown_once()
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Call("b", "a", "t1"));
        WriteAgent("x", "t1", Lines.Call("d", null, "t2"));
        WriteAgent("y", "t2", Lines.Call("e", null, "t1"), Lines.Call("f", "e", "t2"));
        Assert.Equal(["user go", "assistant [t1]", "t1: assistant [t2]", "t2: assistant [t1]", "t2: assistant [t2]"], _scratch.Shown());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[1]")]
    [InlineData("{\"toolUseId\":5}")]
    [InlineData("{\"toolUseId\":\"another\"}")]
    public void A_subagent_that_nobody_called_is_left_out(string meta)
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Call("b", "a", "t1"));
        WriteAgent("x", "t1", Lines.User("d", null, "outer"));
        _scratch.WriteSidecar("subagents/agent-x.meta.json", meta);
        Assert.Equal(["user go", "assistant [t1]"], _scratch.Shown());
    }

    [Fact]
    public void A_large_output_replaces_its_preview()
    {
        _scratch.WriteSidecar("tool-results/abc.txt", "the whole \"output\"\n\u001b[1m😀");
        Assert.Equal("the whole \"output\"\n\u001b[1m😀", ContentOf(Preview("/home/someone/.claude/projects/p/session/tool-results/abc.txt")));
    }

    [Fact]
    public void Blocks_of_a_large_output_replace_its_preview_on_one_line()
    {
        _scratch.WriteSidecar("tool-results/abc.json", "[\n  {\n    \"type\": \"text\",\r\n    \"text\": \"a\\nb\"\n  }\n]");
        WritePreview(Preview("/x/abc.json"));
        Assert.EndsWith("""[    {        "type": "text",    "text": "a\nb"  }]}]""".Replace(" ", ""), Blocks.Text(Entries()[1]).Replace(" ", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_output_above_the_limit_the_beginning_and_the_end_are_kept()
    {
        string whole = "BEGIN" + new string('x', MaxOutputBytes) + "END";
        _scratch.WriteSidecar("tool-results/abc.txt", whole);
        string content = ContentOf(Preview("/x/abc.txt"));
        Assert.StartsWith("BEGINxxx", content, StringComparison.Ordinal);
        Assert.Contains("[8 bytes of this output are left out here]", content, StringComparison.Ordinal);
        Assert.EndsWith("xxxEND", content, StringComparison.Ordinal);
        Assert.True(content.Length < MaxOutputBytes + 100);
    }

    [Theory]
    [InlineData("/x/missing.txt")]
    [InlineData("../../outside.txt")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("/etc/")]
    [InlineData("C:\\x\\..")]
    [InlineData("/x/.hidden")]
    [InlineData("/x/a\\u0000b")]
    [InlineData("/x/link.txt")]
    [InlineData("/x/folder")]
    public void A_path_that_leads_out_of_the_session_or_nowhere_leaves_the_preview(string path)
    {
        string outside = Path.Combine(_scratch.Folder, "outside.txt");
        File.WriteAllText(outside, "outside");
        _scratch.WriteSidecar("tool-results/.hidden", "hidden");
        _scratch.WriteSidecar("tool-results/folder/x", "in a folder");
        File.CreateSymbolicLink(Path.Combine(_scratch.Folder, "session", "tool-results", "link.txt"), outside);
        Assert.StartsWith("<persisted-output>", ContentOf(Preview(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_beside_the_transcript_that_is_a_link_is_not_followed()
    {
        string outside = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "elsewhere")).FullName;
        Directory.CreateDirectory(Path.Combine(outside, "tool-results"));
        File.WriteAllText(Path.Combine(outside, "tool-results", "abc.txt"), "outside");
        Directory.CreateSymbolicLink(Path.Combine(_scratch.Folder, "session"), outside);
        Assert.StartsWith("<persisted-output>", ContentOf(Preview("/x/abc.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_blocks_of_the_same_line_stay_as_they_are()
    {
        _scratch.WriteSidecar("tool-results/abc.txt", "whole");
        string preview = JsonSerializer.Serialize(Preview("/x/abc.txt"));
        _scratch.Write(Lines.Raw(
            "user",
            "a",
            null,
            $$"""{"content":[{"type":"text","text":"before"},{"content":{{preview}},"type":"tool_result","tool_use_id":"t"} , {"type":"tool_result","tool_use_id":"u","content":"x"}]}"""));
        Assert.Equal(
            """[{"type":"text","text":"before"},{"content":"whole","type":"tool_result","tool_use_id":"t"} , {"type":"tool_result","tool_use_id":"u","content":"x"}]""",
            Blocks.Text(Entries()[0]));
    }

    private static string Preview(string path) =>
        $"<persisted-output>\nOutput too large (1KB). Full output saved to: {path}\n\nPreview (first 2KB):\nthe\n...\n</persisted-output>";

    private void WriteAgent(string name, string toolCall, params string[] lines)
    {
        _scratch.WriteSidecar($"subagents/agent-{name}.jsonl", string.Concat(lines.Select(line => line.Replace("\"isSidechain\":false", "\"isSidechain\":true", StringComparison.Ordinal) + "\n")));
        _scratch.WriteSidecar($"subagents/agent-{name}.meta.json", $$"""{"agentType":"x","toolUseId":"{{toolCall}}"}""");
    }

    private void WritePreview(string preview) => _scratch.Write(Lines.Call("a", null, "t"), Lines.Result("b", "a", "t", preview));

    private string ContentOf(string preview)
    {
        WritePreview(preview);
        using var blocks = JsonDocument.Parse(Entries()[1].Blocks);
        return blocks.RootElement[0].GetProperty("content").GetString()!;
    }

    // Entries that own their blocks.
    private List<Entry> Entries() =>
        [.. TranscriptReader.Open(_scratch.Transcript).Entries().Select(entry => entry with { Blocks = entry.Blocks.ToArray() })];
}
