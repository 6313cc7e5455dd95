using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>Files that no client wrote, or that a crash left: the conversation in them is still read, and nothing throws.</summary>
public sealed class HostileTranscriptTests : IDisposable
{
    private static readonly string[] Conversation = [Lines.User("a", null, "one"), Lines.Answer("b", "a", "two"), Lines.User("c", "b", "three")];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_torn_last_line_is_left_out_and_is_not_counted_as_lost()
    {
        WriteText(Text(Conversation) + Lines.Answer("d", "c", "torn")[..80]);
        ExpectConversation();
        Assert.Equal(0, TranscriptReader.Open(_scratch.Transcript).Info.LostLines);
    }

    [Fact]
    public void A_last_line_without_a_line_feed_is_read()
    {
        WriteText(Text(Conversation).TrimEnd('\n'));
        ExpectConversation();
    }

    [Fact]
    public void Objects_that_were_glued_together_are_all_read()
    {
        WriteText(string.Concat(Conversation));
        ExpectConversation();
    }

    [Fact]
    public void An_object_that_was_glued_to_a_torn_one_is_read()
    {
        WriteText(Conversation[0] + "\n" + Lines.Answer("x", "a", "torn")[..60] + Conversation[1] + "\n" + Conversation[2] + "\n");
        ExpectConversation();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{\"type\":\"user\"}")]
    [InlineData("{\"type\":\"user\",\"message\":{\"content\":\"no uuid\"}}")]
    [InlineData("{\"uuid\":5,\"type\":{},\"message\":[]}")]
    [InlineData("{\"type\":\"last-prompt\",\"leafUuid\":7}")]
    [InlineData("{\"type\":\"ai-title\",\"aiTitle\":{\"a\":1}}")]
    [InlineData("not JSON at all")]
    [InlineData("\0\0\0\0")]
    [InlineData("")]
    public void A_line_that_is_no_part_of_a_conversation_disturbs_nothing(string line)
    {
        _scratch.Write(Conversation[0], line, Conversation[1], line, Conversation[2], line);
        ExpectConversation();
    }

    [Theory]
    [InlineData("\r\n", "")]
    [InlineData("\n", "\uFEFF")]
    [InlineData("\n", "\0\0\0")]
    [InlineData(" \t\r\n\n\n", "\n")]
    public void Other_line_ends_a_byte_order_mark_and_zeros_are_passed_over(string lineEnd, string before)
    {
        WriteText(before + string.Join(lineEnd, Conversation) + lineEnd);
        ExpectConversation();
    }

    [Fact]
    public void A_message_of_an_unknown_form_is_an_unsupported_block_in_its_place()
    {
        _scratch.Write(
            Conversation[0],
            Lines.Raw("user", "x1", "a", """{"content":42}"""),
            Lines.Raw("assistant", "x2", "x1", """{"content":["text"]}"""),
            Lines.Raw("user", "x3", "x2", "null"),
            Lines.Raw("hologram", "x4", "x3", """{"content":"new"}"""),
            Lines.Raw("user", "x5", "x4", """{"content":null}""", ",\"isCompactSummary\":true"),
            Lines.User("c", "x5", "three"));
        Assert.Equal(["user one", .. Enumerable.Repeat("event unsupported", 5), "user three"], _scratch.Shown());
        Assert.Contains("type 'hologram'", Blocks.Text(TranscriptReader.Open(_scratch.Transcript).Entries().ElementAt(4)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_block_is_kept_as_it_is()
    {
        const string block = """{"type":"hologram","depth":{"z":[1,2.50e+3,null]}}""";
        _scratch.Write(Lines.Raw("assistant", "a", null, $$"""{"id":"m","content":[{{block}}]}"""));
        Assert.Equal($"[{block}]", Blocks.Text(Assert.Single(TranscriptReader.Open(_scratch.Transcript).Entries())));
    }

    [Fact]
    public void A_line_that_is_not_JSON_keeps_its_place()
    {
        _scratch.Write(Conversation[0], Lines.Raw("user", "x", "a", """{"content":"a \q b"}"""), Lines.User("c", "x", "three"));
        Assert.Equal(["user one", "event unsupported", "user three"], _scratch.Shown());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("10")]
    [InlineData("-1.50")]
    [InlineData("1e5")]
    [InlineData("1.5E-30")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData(" [ 1 , { } ] ")]
    [InlineData("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Ff\"")]
    public void JSON_is_known_when_it_is_JSON(string value) =>
        Assert.Equal(["user t"], ShownWith(value));

    [Theory]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x1")]
    [InlineData("tru")]
    [InlineData("nulll")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("[1}")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"tab\there\"")]
    [InlineData("'single'")]
    [InlineData("{\"a\u0001\":1}")]
    public void What_is_nearly_JSON_is_not_shown_as_if_it_were(string value) =>
        Assert.Equal(["event unsupported"], ShownWith(value));

    [Fact]
    public void Content_nested_10_000_deep_is_unsupported_and_keeps_its_place()
    {
        string deep = new string('[', 10_000) + new string(']', 10_000);
        _scratch.Write(Conversation[0], Lines.Raw("user", "x", "a", $$"""{"content":[{"type":"t","x":{{deep}}}]}"""), Lines.User("c", "x", "three"));
        Assert.Equal(["user one", "event unsupported", "user three"], _scratch.Shown());
    }

    [Fact]
    public void Nesting_beside_the_content_is_no_matter()
    {
        string deep = new string('[', 10_000) + new string(']', 10_000);
        _scratch.Write(Conversation[0], Lines.Raw("assistant", "b", "a", """{"content":[{"type":"text","text":"two"}]}""", $",\"toolUseResult\":{deep}"), Conversation[2]);
        ExpectConversation();
    }

    [Fact]
    public void The_deepest_content_that_is_read_fits_into_an_entry()
    {
        string Nested(int depth) => Lines.Raw("user", "a", null, $$"""{"content":[{"type":"t","x":{{new string('[', depth)}}{{new string(']', depth)}}}]}""");
        int depth = JsonText.MaxDepth;
        do
            _scratch.Write(Nested(--depth));
        while (_scratch.Shown()[0] != "user t");
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        EntryJson.Write(json, TranscriptReader.Open(_scratch.Transcript).Entries().Single());
        Assert.Equal(Role.User, EntryJson.Read(json.WrittenMemory).Role);
        Assert.True(depth > 400);
    }

    [Fact]
    public void A_line_of_200_MB_is_left_out_and_the_conversation_goes_on_behind_it()
    {
        byte[] line = Encoding.UTF8.GetBytes(Lines.Raw("user", "x", "a", """{"content":"HERE"}"""));
        int middle = line.AsSpan().IndexOf("HERE"u8);
        using (FileStream file = File.Create(_scratch.Transcript))
        {
            file.Write(Encoding.UTF8.GetBytes(Conversation[0] + "\n"));
            file.Write(line.AsSpan(0, middle));
            // A hole in the file: zeros that take no space on the disk.
            file.Seek(200_000_000, SeekOrigin.Current);
            file.Write(line.AsSpan(middle));
            file.Write(Encoding.UTF8.GetBytes("\n" + Lines.User("c", "x", "three") + "\n"));
        }
        Assert.Equal(["user one", "event unsupported", "user three"], _scratch.Shown());
        Assert.Contains("longer than 32 MiB", Blocks.Text(TranscriptReader.Open(_scratch.Transcript).Entries().ElementAt(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_replaced()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Text([Lines.User("a", null, "caf#"), Lines.Answer("b", "a", "na#ve")]));
        bytes.AsSpan().Replace((byte)'#', (byte)0xE9);
        _scratch.WriteBytes(bytes);
        Assert.Equal(["user caf\uFFFD", "assistant na\uFFFDve"], _scratch.Shown());
        Assert.All(TranscriptReader.Open(_scratch.Transcript).Entries(), entry => Assert.True(Utf8.IsValid(entry.Blocks.Span)));
    }

    [Fact]
    public void A_lone_surrogate_stays_and_can_be_decoded()
    {
        _scratch.Write(Lines.Raw("user", "a", null, """{"content":"half \ud83d an emoji"}"""));
        Entry entry = TranscriptReader.Open(_scratch.Transcript).Entries().Single();
        Assert.Contains("""half \ud83d an""", Blocks.Text(entry), StringComparison.Ordinal);
        Assert.Equal("half \uFFFD an emoji", TranscriptReader.Open(_scratch.Transcript).Info.FirstPrompt);
    }

    [Fact]
    public void Lines_that_are_their_own_ancestors_are_shown_once()
    {
        _scratch.Write(Lines.User("a", "c", "one"), Lines.Answer("b", "a", "two"), Lines.User("c", "b", "three"));
        Assert.Equal(["assistant two", "user one", "user three"], _scratch.Shown().Order());
        _scratch.Write(Lines.User("a", "a", "alone"));
        Assert.Equal(["user alone"], _scratch.Shown());
    }

    [Fact]
    public void Ids_may_be_of_any_length()
    {
        string id = new('x', 1_000_000);
        _scratch.Write(Lines.User(id + "a", null, "one"), Lines.Answer(id + "b", id + "a", "two"), Lines.User(id + "c", id + "b", "three"));
        ExpectConversation();
    }

    [Fact]
    public void Escapes_in_ids_and_names_do_not_hide_the_tree()
    {
        _scratch.Write(Conversation[0], Conversation[1].Replace("\"uuid\":\"b\"", "\"uuid\":\"\\u0062\"", StringComparison.Ordinal), Conversation[2]);
        ExpectConversation();
    }

    [Theory]
    [InlineData("", 1_000_000)]
    [InlineData("{\"x\":1}", 1_000_000)]
    [InlineData("{\"x\":", 200_000)]
    [InlineData("{\"uuid\":\"u\",\"parentUuid\":\"u\"}", 200_000)]
    public void A_million_tiny_lines_are_read_in_passing(string line, int times)
    {
        WriteText(string.Concat(Enumerable.Repeat(line + "\n", times)) + Text(Conversation));
        ExpectConversation();
    }

    [Theory]
    [InlineData("{\"parentUuid\":")]
    [InlineData("{\"parentUuid\":\"")]
    [InlineData("[")]
    [InlineData("\\")]
    public void A_long_line_of_one_thing_again_and_again_is_read_in_passing(string thing)
    {
        WriteText(string.Concat(Enumerable.Repeat(thing, 4_000_000 / thing.Length)) + "\n" + Text(Conversation));
        ExpectConversation();
    }

    [Fact]
    public void Many_answers_under_one_id_are_read_in_passing()
    {
        IEnumerable<string> lines = Enumerable.Range(1, 20_000).Select(i => Lines.Call($"u{i}", i % 2 == 0 ? "u1" : $"u{i - 1}", "t", "m"));
        _scratch.Write([.. lines]);
        Assert.Single(_scratch.Shown());
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_ends_in_unsupported_blocks()
    {
        _scratch.Write(Conversation);
        Transcript transcript = TranscriptReader.Open(_scratch.Transcript);
        _scratch.Write(Conversation[0]);
        Assert.Equal(["user one", "assistant unsupported", "user unsupported"], transcript.Entries().Select(Scratch.Describe));
    }

    [Fact]
    public void A_file_that_becomes_another_one_while_it_is_read_still_gives_valid_JSON()
    {
        _scratch.Write(Conversation);
        Transcript transcript = TranscriptReader.Open(_scratch.Transcript);
        File.WriteAllText(_scratch.Transcript, new string('"', 4_000));
        File.SetLastWriteTimeUtc(_scratch.Transcript, DateTime.UnixEpoch);
        foreach (Entry entry in transcript.Entries())
            JsonDocument.Parse(entry.Blocks).Dispose();
    }

    [Fact]
    public void A_file_that_grows_while_it_is_read_gives_what_it_held_when_it_was_opened()
    {
        _scratch.Write(Conversation);
        using FileStream client = new(_scratch.Transcript, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        Transcript transcript = TranscriptReader.Open(_scratch.Transcript);
        client.Write(Encoding.UTF8.GetBytes(Lines.Answer("d", "c", "four") + "\n"));
        client.Flush();
        Assert.Equal(["user one", "assistant two", "user three"], transcript.Entries().Select(Scratch.Describe));
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_by_name()
    {
        WriteText("""{"timestamp":"2026-01-01T00:00:00Z","type":"session","cwd":"/srv"}""");
        Assert.Contains(_scratch.Transcript, Assert.Throws<UnknownTranscriptException>(() => TranscriptReader.Open(_scratch.Transcript)).Message, StringComparison.Ordinal);
        WriteText("");
        Assert.Throws<UnknownTranscriptException>(() => TranscriptReader.Open(_scratch.Transcript));
        Assert.Throws<FileNotFoundException>(() => TranscriptReader.Open(_scratch.Transcript + ".missing"));
    }

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private void WriteText(string text) => _scratch.WriteBytes(Encoding.UTF8.GetBytes(text));

    private IReadOnlyList<string> ShownWith(string value)
    {
        _scratch.Write(Lines.Raw("user", "a", null, $$"""{"content":[{"type":"t","x":{{value}}}]}"""));
        return _scratch.Shown();
    }

    private void ExpectConversation() => Assert.Equal(["user one", "assistant two", "user three"], _scratch.Shown());
}
