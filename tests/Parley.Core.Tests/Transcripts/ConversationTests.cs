using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>Which lines of a transcript belong to the conversation, and in which order.</summary>
public sealed class ConversationTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_last_leaf_in_the_file_is_the_end_of_the_conversation_whatever_the_times_say()
    {
        Expect(
            ["user start", "user second"],
            Lines.Raw("user", "a", null, """{"content":"start"}"""),
            Lines.Raw("user", "b", "a", """{"content":"first"}""", ",\"timestamp\":\"2030-01-01T00:00:00.000Z\""),
            Lines.Raw("user", "c", "a", """{"content":"second"}""", ",\"timestamp\":\"2020-01-01T00:00:00.000Z\""));
    }

    [Fact]
    public void The_leaf_that_the_client_named_last_wins_over_the_file_s_order() =>
        Expect(
            ["user start", "user first"],
            Lines.User("a", null, "start"), Lines.User("b", "a", "first"), Lines.User("c", "a", "second"), Lines.LastPrompt("c"), Lines.LastPrompt("b"));

    [Fact]
    public void A_named_leaf_is_extended_to_its_newest_descendant() =>
        Expect(
            ["user start", "user first", "assistant answer"],
            Lines.LastPrompt("b"), Lines.User("a", null, "start"), Lines.User("b", "a", "first"), Lines.Answer("d", "b", "answer"), Lines.User("c", "a", "second"));

    [Fact]
    public void A_named_leaf_that_is_not_in_the_file_is_ignored() =>
        Expect(["user start", "user more"], Lines.User("a", null, "start"), Lines.User("b", "a", "more"), Lines.LastPrompt("nowhere"));

    [Fact]
    public void The_last_version_of_a_repeated_line_counts() =>
        Expect(["user start", "user corrected"], Lines.User("a", null, "start"), Lines.User("b", "a", "wrong"), Lines.User("b", "a", "corrected"));

    [Fact]
    public void Parallel_calls_and_their_results_are_shown_though_the_path_passes_them_by() =>
        Expect(
            ["user go", "assistant [t1] [t2] [t3]", "user (t1)", "user (t3)", "user (t2)", "assistant done"],
            Lines.User("a", null, "go"),
            Lines.Call("b1", "a", "t1", "m"), Lines.Call("b2", "b1", "t2", "m"), Lines.Call("b3", "b2", "t3", "m"),
            Lines.Result("r1", "b1", "t1"), Lines.Result("r3", "b3", "t3"), Lines.Result("r2", "b2", "t2"),
            Lines.Answer("c", "r2", "done"));

    [Fact]
    public void Calls_that_are_still_running_are_shown() =>
        Expect(
            ["user go", "assistant [t1] [t2]", "user (t1)"],
            Lines.User("a", null, "go"), Lines.Call("b1", "a", "t1", "m"), Lines.Call("b2", "b1", "t2", "m"), Lines.Result("r1", "b1", "t1"));

    [Fact]
    public void A_call_that_died_with_the_client_is_not_shown_once_the_conversation_goes_on() =>
        Expect(
            ["user go", "assistant about to", "user again"],
            Lines.User("a", null, "go"), Lines.Answer("b1", "a", "about to", "m"), Lines.Call("b2", "b1", "t1", "m"), Lines.User("c", "b1", "again"));

    [Fact]
    public void Lines_that_use_a_message_id_again_after_a_prompt_are_another_answer() =>
        Expect(
            ["user one", "assistant first", "user two", "assistant second"],
            Lines.User("a", null, "one"), Lines.Answer("b", "a", "first", "m"), Lines.User("c", "b", "two"), Lines.Answer("d", "c", "second", "m"));

    [Fact]
    public void Lines_in_any_order_give_the_same_conversation() =>
        Expect(
            ["user one", "assistant first second", "user two"],
            Lines.LastPrompt("d"), Lines.User("d", "c", "two"), Lines.Answer("c", "b", "second", "m"), Lines.Answer("b", "a", "first", "m"), Lines.User("a", null, "one"));

    [Fact]
    public void A_compaction_keeps_what_was_before_it_and_stands_before_what_it_preserved() =>
        Expect(
            ["user old", "assistant reply", "event compacted in short", "user kept", "user new"],
            Lines.User("a", null, "old"), Lines.Answer("b", "a", "reply"), Lines.User("c", "b", "kept"),
            Lines.Boundary("x", "c", "c"), Lines.Summary("s", "x", "in short"), Lines.User("d", "s", "new"));

    [Fact]
    public void A_pending_prompt_that_compaction_wrote_again_is_shown_once_and_leads_no_circle() =>
        Expect(
            ["user old", "assistant reply", "event compacted in short", "user pending", "assistant answer"],
            Lines.User("a", null, "old"), Lines.Answer("b", "a", "reply"), Lines.User("p", "b", "pending"),
            Lines.Boundary("x", "p"), Lines.Summary("s", "x", "in short"), Lines.User("p", "s", "pending"), Lines.Answer("c", "p", "answer"));

    [Fact]
    public void Several_compactions_are_shown_each_in_its_place() =>
        Expect(
            ["user one", "event compacted first", "user two", "event compacted second", "user three"],
            Lines.User("a", null, "one"), Lines.Boundary("x", "a"), Lines.Summary("s", "x", "first"), Lines.User("b", "s", "two"),
            Lines.Boundary("y", "b"), Lines.Summary("t", "y", "second"), Lines.User("c", "t", "three"));

    [Fact]
    public void A_compaction_whose_predecessor_is_lost_goes_on_at_the_line_before_it() =>
        Expect(
            ["user one", "event compacted in short", "user two"],
            Lines.User("a", null, "one"), Lines.Boundary("x", "lost"), Lines.Summary("s", "x", "in short"), Lines.User("b", "s", "two"));

    [Fact]
    public void A_line_whose_parent_is_lost_goes_on_at_the_line_before_it() =>
        Expect(["user one", "assistant two"], Lines.User("a", null, "one"), Lines.Answer("b", "lost", "two"));

    [Fact]
    public void A_subagent_s_lines_in_the_main_file_are_not_the_conversation()
    {
        string sidechain = Lines.User("s", null, "beside").Replace("\"isSidechain\":false", "\"isSidechain\":true", StringComparison.Ordinal);
        Expect(["user one"], Lines.User("a", null, "one"), sidechain);
    }

    [Fact]
    public void A_subagent_s_file_can_be_read_by_itself()
    {
        Expect(["user beside"], Lines.User("s", null, "beside").Replace("\"isSidechain\":false", "\"isSidechain\":true", StringComparison.Ordinal));
        Assert.True(TranscriptReader.Open(_scratch.Transcript).Info.IsSidechain);
    }

    [Fact]
    public void A_prompt_that_was_queued_stands_where_the_model_got_it() =>
        Expect(
            ["user one", "user queued", "assistant two"],
            Lines.User("a", null, "one"),
            """{"parentUuid":"a","type":"attachment","attachment":{"type":"queued_command","prompt":"queued","origin":{"kind":"human"}},"uuid":"q"}""",
            """{"parentUuid":"q","type":"attachment","attachment":{"type":"queued_command","prompt":"<task-notification>x"},"uuid":"n"}""",
            Lines.Answer("b", "n", "two"));

    [Fact]
    public void What_the_client_writes_when_it_resumes_is_not_shown_and_what_a_person_says_in_the_same_words_is()
    {
        const string noResponse = """{"id":"x","model":"<synthetic>","content":[{"type":"text","text":"No response requested."}]}""";
        Expect(
            ["user one", "user Continue from where you left off.", "assistant No response requested."],
            Lines.User("a", null, "one"), Lines.User("b", "a", "Continue from where you left off."), Lines.Raw("assistant", "c", "b", noResponse),
            Lines.User("d", "c", "Continue from where you left off."), Lines.Answer("e", "d", "No response requested."));
    }

    [Fact]
    public void Tokens_of_a_message_are_counted_once_at_their_highest()
    {
        _scratch.Write(
            Lines.User("a", null, "one"),
            Lines.Raw("assistant", "b", "a", """{"id":"m","content":[{"type":"text","text":"x"}],"usage":{"input_tokens":3,"output_tokens":1}}"""),
            Lines.Raw("assistant", "c", "b", """{"id":"m","content":[{"type":"text","text":"y"}],"usage":{"input_tokens":3,"cache_read_input_tokens":40,"cache_creation_input_tokens":5,"output_tokens":7}}"""),
            Lines.Raw("assistant", "d", "c", """{"id":"m","content":[{"type":"text","text":"z"}],"usage":{"input_tokens":3,"output_tokens":2}}"""));
        Assert.Equal(new Usage(48, 7), TranscriptReader.Open(_scratch.Transcript).Info.Usage);
    }

    private void Expect(string[] shown, params string[] lines)
    {
        _scratch.Write(lines);
        Assert.Equal(shown, _scratch.Shown());
        Assert.Equal(shown.Length, TranscriptReader.Open(_scratch.Transcript).Info.EntryCount);
    }
}
