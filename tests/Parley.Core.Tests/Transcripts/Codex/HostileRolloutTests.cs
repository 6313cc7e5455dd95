using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts.Codex;

/// <summary>Rollouts that no client wrote, or that a crash left, or that a later client may write.</summary>
public sealed class HostileRolloutTests : IDisposable
{
    private const string Meta = """{"timestamp":"2026-11-21T01:00:00.000Z","type":"session_meta","payload":{"id":"01a1fb93-3873-7131-8004-000000000001","cwd":"/srv/shop"}}""";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_torn_last_line_is_left_out_and_is_not_counted_as_lost()
    {
        _scratch.WriteBytes(Encoding.UTF8.GetBytes($"{Meta}\n{Prompt("one")}\n{Prompt("torn")[..60]}"));
        Assert.Equal(["user one"], _scratch.Shown());
        Assert.Equal(0, TranscriptReader.Open(_scratch.Transcript).Info.LostLines);
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("[]")]
    [InlineData("\0\0\0\0")]
    public void A_line_that_is_no_object_keeps_its_place_and_is_counted(string line)
    {
        _scratch.Write(Meta, Prompt("one"), line, Prompt("two"));
        Assert.Equal(["user one", "event unsupported", "user two"], _scratch.Shown());
        Assert.Equal(1, TranscriptReader.Open(_scratch.Transcript).Info.LostLines);
    }

    [Theory]
    [InlineData("""{"type":"hologram","payload":{"depth":3}}""")]
    [InlineData("""{"type":"response_item","payload":{"type":"hologram"}}""")]
    [InlineData("""{"type":"response_item"}""")]
    [InlineData("""{"payload":{}}""")]
    [InlineData("{}")]
    public void A_line_of_an_unknown_form_is_kept_as_unsupported(string line)
    {
        _scratch.Write(Meta, Prompt("one"), line);
        Assert.Equal(["user one", "event unsupported"], _scratch.Shown());
        Assert.Contains(line, Blocks.Text(TranscriptReader.Open(_scratch.Transcript).Entries().Last()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"event_msg","payload":{"type":"hologram"}}""")]
    [InlineData("""{"type":"event_msg","payload":null}""")]
    [InlineData("""{"type":"world_state","payload":[]}""")]
    [InlineData("""{"type":"turn_context","payload":{"model":7,"cwd":{}}}""")]
    [InlineData("""{"type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":-1}}""")]
    [InlineData("""{"type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":99999999999999999999}}""")]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":"many"}}}""")]
    [InlineData("""{"type":"response_item","payload":{"type":"message","role":"developer","content":[{"type":"input_text","text":"obey"}]}}""")]
    [InlineData("""{"type":"response_item","payload":{"type":"message","role":"user","content":"text"}}""")]
    [InlineData("""{"type":"response_item","payload":{"type":"message","role":"user","content":[7,null,{}]}}""")]
    [InlineData("""{"type":"response_item","payload":{"type":"reasoning","summary":[],"encrypted_content":"gAAA"}}""")]
    public void What_is_not_for_a_person_is_not_shown(string line)
    {
        _scratch.Write(Meta, Prompt("one"), line);
        Assert.Equal("user one", _scratch.Shown()[0]);
        Assert.DoesNotContain("obey", string.Concat(_scratch.Shown()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<environment_context>\\n  <cwd>/srv</cwd>\\n</environment_context>")]
    [InlineData("\\u003cenvironment_context\\u003e</environment_context>")]
    [InlineData("<user_instructions>\\n\\nBe kind.\\n\\n</user_instructions>")]
    [InlineData("# AGENTS.md instructions for /srv\\n\\n<INSTRUCTIONS>")]
    public void What_earlier_clients_told_the_model_in_the_persons_name_is_not_shown(string text)
    {
        _scratch.Write(Meta, Prompt(text), Prompt("one"));
        Assert.Equal(["user one"], _scratch.Shown());
        Assert.Equal("one", TranscriptReader.Open(_scratch.Transcript).Info.FirstPrompt);
    }

    [Fact]
    public void Turns_that_were_rolled_back_are_gone()
    {
        _scratch.Write(Meta, Prompt("one"), Answer("1"), Prompt("two"), Answer("2"), Prompt("three"), RolledBack(2), Prompt("four"));
        Assert.Equal(["user one", "assistant 1", "user four"], _scratch.Shown());
    }

    [Fact]
    public void More_turns_rolled_back_than_there_are_leave_nothing()
    {
        _scratch.Write(Meta, Prompt("one"), Answer("1"), RolledBack(5), Prompt("two"));
        Assert.Equal(["user two"], _scratch.Shown());
        Assert.Equal("two", TranscriptReader.Open(_scratch.Transcript).Info.FirstPrompt);
    }

    [Fact]
    public void A_line_that_is_nested_too_deeply_is_unsupported_in_its_place()
    {
        string deep = new string('[', 10_000) + new string(']', 10_000);
        _scratch.Write(Meta, Prompt("one"), Item($$$"""{"type":"function_call","call_id":"c","arguments":{{{deep}}}}"""), Prompt("two"));
        Assert.Equal(["user one", "event", "user two"], _scratch.Shown().Select(shown => shown.Replace("assistant unsupported", "event", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_rollout_that_goes_on_from_itself_ends_somewhere()
    {
        string path = Path.Combine(_scratch.Folder, "rollout-2026-11-21T01-00-00-01a1fb93-3873-7131-8004-000000000001.jsonl");
        File.WriteAllLines(path, [Meta.Replace("\"cwd\"", """ "history_base":{"thread_id":"01a1fb93-3873-7131-8004-000000000001","end_byte_offset":10},"cwd" """, StringComparison.Ordinal), Prompt("one")]);
        Assert.Equal(2, TranscriptReader.Open(path).Info.EntryCount);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_replaced()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{Meta}\n{Prompt("caf#")}\n");
        bytes.AsSpan().Replace((byte)'#', (byte)0xE9);
        _scratch.WriteBytes(bytes);
        Assert.Equal(["user caf\uFFFD"], _scratch.Shown());
    }

    [Fact]
    public void A_line_of_200_MB_is_left_out_and_the_conversation_goes_on_behind_it()
    {
        byte[] line = Encoding.UTF8.GetBytes(Prompt("HERE"));
        int middle = line.AsSpan().IndexOf("HERE"u8);
        using (FileStream file = File.Create(_scratch.Transcript))
        {
            file.Write(Encoding.UTF8.GetBytes($"{Meta}\n{Prompt("one")}\n"));
            file.Write(line.AsSpan(0, middle));
            file.Seek(200_000_000, SeekOrigin.Current); // a hole, which takes no space on the disk
            file.Write(line.AsSpan(middle));
            file.Write(Encoding.UTF8.GetBytes($"\n{Prompt("two")}\n"));
        }
        Assert.Equal(["user one", "event unsupported", "user two"], _scratch.Shown());
    }

    [Fact]
    public void Nothing_that_is_done_to_a_real_rollout_throws_or_makes_a_block_that_is_no_JSON()
    {
        var random = new Random(26_11);
        foreach (string name in Corpus.CodexNames)
        {
            byte[] real = File.ReadAllBytes(Corpus.CodexSession(name));
            for (int round = 0; round < 12; round++)
            {
                byte[] bytes = [.. real];
                for (int change = random.Next(1, 40); change > 0; change--)
                    Change(bytes, random);
                _scratch.WriteBytes(bytes[..random.Next(bytes.Length / 2, bytes.Length)]);
                ExpectReadable();
            }
        }
    }

    // Behind the first line, by which the file is known.
    private static void Change(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.AsSpan().IndexOf((byte)'\n'), bytes.Length);
        bytes[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => "{}[]\",:\\\n"u8[random.Next(9)], _ => (byte)(bytes[at] ^ 1) };
    }

    private void ExpectReadable()
    {
        Transcript transcript = TranscriptReader.Open(_scratch.Transcript);
        int count = 0;
        foreach (Entry entry in transcript.Entries())
        {
            count++;
            Assert.True(Utf8.IsValid(entry.Blocks.Span));
            Assert.Equal(JsonValueKind.Array, JsonElement.Parse(entry.Blocks.Span, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth }).ValueKind);
        }
        Assert.Equal(transcript.Info.EntryCount, count);
    }

    private static string Prompt(string text) => Item($$"""{"type":"message","role":"user","content":[{"type":"input_text","text":"{{text}}"}]}""");

    private static string Answer(string text) => Item($$"""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"{{text}}"}]}""");

    private static string Item(string payload) => $$"""{"timestamp":"2026-11-21T01:00:00.000Z","type":"response_item","payload":{{payload}}}""";

    private static string RolledBack(int turns) => $$$"""{"type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":{{{turns}}}}}""";
}
