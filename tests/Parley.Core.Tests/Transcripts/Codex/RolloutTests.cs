using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts.Codex;

/// <summary>What is read of the sessions that the real client wrote.</summary>
public sealed class RolloutTests
{
    [Fact]
    public void A_session_tells_its_facts()
    {
        TranscriptInfo info = TranscriptReader.Open(Corpus.CodexSession("codex-01-plain-chat")).Info;
        Assert.Equal("codex", info.Agent);
        Assert.Equal("01a1fb92-12eb-7611-abb1-867a8f57a57f", info.SessionId);
        Assert.Equal("hi, what is in the cart module? [[c01a]]", info.FirstPrompt);
        Assert.Equal("/home/jane.doe/acme-shop", info.WorkingDirectory);
        Assert.Equal("main", info.Branch);
        Assert.Equal("gpt-5.5", info.Model);
        Assert.Equal(6, info.EntryCount);
        Assert.Equal(new Usage(3006, 60), info.Usage);
        Assert.Null(info.Title);
        Assert.False(info.IsSidechain);
        Assert.False(info.CanBeFollowed);
    }

    [Fact]
    public void A_name_that_the_person_gave_is_the_title() =>
        Assert.Equal("cart tour", TranscriptReader.Open(Corpus.CodexSession("codex-05-rewind")).Info.Title);

    [Fact]
    public void An_answer_is_one_entry_with_its_reasoning_and_its_calls_and_the_results_are_the_next()
    {
        Entry[] entries = Read("codex-02-tool-use");
        Assert.Equal(
            ["thinking", "text", "tool_use"], Blocks(entries[1]).Select(block => block.GetProperty("type").GetString()));
        Assert.Equal(["tool_use", "tool_use"], Blocks(entries[5]).Select(block => block.GetProperty("type").GetString()));
        Assert.Equal(["tool_result", "tool_result"], Blocks(entries[6]).Select(block => block.GetProperty("type").GetString()));
        Assert.Equal(new Usage(1004, 60), entries[1].Usage);
    }

    [Fact]
    public void A_command_that_failed_says_its_exit_code()
    {
        JsonElement failed = Blocks(Read("codex-02-tool-use")[6])[0];
        Assert.Equal("Exit code 3\none\n", failed.GetProperty("content").GetString());
        Assert.True(failed.GetProperty("is_error").GetBoolean());
    }

    [Fact]
    public void Arguments_that_are_no_JSON_are_kept_as_they_came() =>
        Assert.Equal("{\"cmd\": \"unfinished", Blocks(Read("codex-02-tool-use")[13])[0].GetProperty("input").GetProperty("input").GetString());

    [Fact]
    public void A_script_that_failed_is_an_error()
    {
        JsonElement failed = Blocks(Read("codex-03-code-mode")[8])[0];
        Assert.True(failed.GetProperty("is_error").GetBoolean());
        Assert.StartsWith("Script error:", failed.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Interruptions_and_shell_commands_stand_in_their_places()
    {
        Assert.Equal(
            ["user hi, what is in the cart module? [[c01a]]", "assistant The cart module is `src/cart.py`. It has **one** function.",
             "user tell me a story [[c04slow]]", "event interrupted", "user wait a while [[c04sleep]]"],
            Shown("codex-04-interrupted").Take(5));
        Assert.Contains(
            """user <bash-input>echo "from &lt;the&gt; shell"; exit 2</bash-input><bash-stdout>Exit code 2""" + "\nfrom &lt;the&gt; shell\n</bash-stdout>",
            Shown("codex-04-interrupted"));
    }

    [Fact]
    public void A_session_that_was_taken_back_twice_is_read_from_three_files()
    {
        Assert.Equal(3, Directory.GetFiles(Corpus.Folder("codex-05-rewind"), "rollout-*.jsonl", SearchOption.AllDirectories).Length);
        Assert.Equal(
            ["hi, what is in the cart module? [[c01a]]", "a better question [[c01c]]", "the last question [[c01b]]"],
            Shown("codex-05-rewind").Where(shown => shown.StartsWith("user ", StringComparison.Ordinal)).Select(shown => shown[5..]));
    }

    [Fact]
    public void Compactions_stand_in_their_places_with_their_summaries()
    {
        const string compacted = "event compacted The user works on the Acme shop cart. The release is called *Nightingale*.";
        IReadOnlyList<string> shown = Shown("codex-06-compaction");
        Assert.Equal(2, shown.Count(line => line == compacted));
        Assert.DoesNotContain(shown, line => line.StartsWith("assistant The user works on", StringComparison.Ordinal));
        Assert.Equal(new Usage(1074, 20), Read("codex-06-compaction")[1].Usage);
    }

    [Fact]
    public void A_fork_whose_beginning_is_not_there_says_so()
    {
        using var scratch = new Scratch();
        File.Copy(Corpus.CodexSession("codex-07-fork"), scratch.Transcript);
        Assert.Equal(["event unsupported", "user and in Python? [[c01b]]"], scratch.Shown().Take(2));
    }

    [Fact]
    public void Turns_that_failed_say_why() =>
        Assert.Contains("assistant API Error: rate limit exceeded: Rate limit reached for gpt-5.5.", Shown("codex-08-errors"));

    [Fact]
    public void A_helpers_thread_is_a_sidechain()
    {
        string helper = Directory.GetFiles(Corpus.Folder("codex-11-subagent"), "rollout-*.jsonl", SearchOption.AllDirectories).Max(StringComparer.Ordinal)!;
        Assert.True(TranscriptReader.Open(helper).Info.IsSidechain);
        Assert.False(TranscriptReader.Open(Corpus.CodexSession("codex-11-subagent")).Info.IsSidechain);
    }

    [Fact]
    public void A_call_of_an_MCP_server_has_the_name_that_Claude_Code_would_give_it()
    {
        JsonElement call = Blocks(Read("codex-12-mcp")[1])[0];
        Assert.Equal("mcp__words__lookup", call.GetProperty("name").GetString());
        Assert.Equal("cart", call.GetProperty("input").GetProperty("word").GetString());
        Assert.Equal("cart: what a shopper pushes", Assert.Single(Blocks(Read("codex-12-mcp")[2])[0].GetProperty("content").EnumerateArray()).GetProperty("text").GetString());
    }

    private static Entry[] Read(string name) =>
        [.. TranscriptReader.Open(Corpus.CodexSession(name)).Entries().Select(entry => entry with { Blocks = entry.Blocks.ToArray() })];

    private static IReadOnlyList<string> Shown(string name) => [.. TranscriptReader.Open(Corpus.CodexSession(name)).Entries().Select(Scratch.Describe)];

    private static JsonElement[] Blocks(Entry entry) => [.. JsonElement.Parse(entry.Blocks.Span).EnumerateArray()];
}
