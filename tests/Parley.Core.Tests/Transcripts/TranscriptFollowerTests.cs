using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>A transcript that is followed while it grows.</summary>
public sealed class TranscriptFollowerTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Sessions => [.. Corpus.Names];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Whatever_the_pieces_a_session_comes_in_the_end_is_what_a_reader_gives(string name)
    {
        var random = new Random(name.Sum(c => c));
        for (int round = 0; round < 3; round++)
        {
            using var scratch = new Scratch();
            var growth = new Growing(Corpus.Session(name), scratch);
            using var followed = new Followed(scratch.Transcript);
            while (growth.Grow(random))
                followed.Poll();
            followed.AssertIsWhatAReaderGives(scratch.Transcript);
            Assert.Empty(followed.Poll());
        }
    }

    [Fact]
    public void After_every_line_of_any_conversation_the_entries_are_what_a_reader_gives()
    {
        for (int round = 0; round < 60; round++)
        {
            var conversation = new AnyConversation(new Random(round));
            _scratch.Write();
            using var followed = new Followed(_scratch.Transcript);
            for (int i = 0; i < 40; i++)
            {
                Append(conversation.NextLine() + "\n");
                followed.Poll();
                followed.AssertIsWhatAReaderGives(_scratch.Transcript);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Another_follower_goes_on_where_one_was_left(string name)
    {
        var random = new Random(name.Length);
        var growth = new Growing(Corpus.Session(name), _scratch);
        Followed? followed = new(_scratch.Transcript);
        while (growth.Grow(random))
        {
            followed.Poll();
            if (random.Next(4) == 0)
                followed = followed.Another();
        }
        followed.Poll();
        followed.AssertIsWhatAReaderGives(_scratch.Transcript);
    }

    [Fact]
    public void A_linear_conversation_is_never_rewound()
    {
        foreach (string name in new[] { "01-plain-chat", "02-tool-use", "03-parallel", "05-thinking", "07-long-520-turns", "09-subagents", "23-mcp" })
        {
            using var scratch = new Scratch();
            var growth = new Growing(Corpus.Session(name), scratch, pieces: 200);
            using var followed = new Followed(scratch.Transcript);
            var random = new Random(1);
            while (growth.Grow(random))
                followed.Poll();
            Assert.Equal((name, 0), (name, followed.Rewound));
        }
    }

    [Fact]
    public void A_prompt_that_goes_on_from_an_earlier_one_rewinds_what_was_between()
    {
        _scratch.Write(Lines.User("a", null, "start"), Lines.Answer("b", "a", "one"), Lines.User("c", "b", "wrong"), Lines.Answer("d", "c", "two"));
        using var followed = new Followed(_scratch.Transcript);
        Assert.Equal(Enumerable.Range(1, 4).Select(TranscriptChange.Appended), followed.Poll());
        Append(Lines.User("e", "b", "right") + "\n");
        Assert.Equal([TranscriptChange.Rewound(3, 4), TranscriptChange.Appended(5)], followed.Poll());
        Assert.Equal(["user start", "assistant one", "user right"], followed.Described());
        Assert.Equal("user wrong", Scratch.Describe(followed.Follower.Read(3)!));
        Assert.True(followed.Follower.IsRewound(3));
    }

    [Fact]
    public void An_answer_that_grows_is_corrected()
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Answer("b", "a", "first", "m"));
        using var followed = new Followed(_scratch.Transcript);
        followed.Poll();
        Append(Lines.Call("c", "b", "t1", "m") + "\n");
        Assert.Equal([TranscriptChange.Corrected(2)], followed.Poll());
        Assert.Equal(["user go", "assistant first [t1]"], followed.Described());
    }

    [Fact]
    public void A_rewound_answer_of_several_lines_can_still_be_read_whole()
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Answer("b", "a", "first", "m"), Lines.Call("c", "b", "t1", "m"), Lines.Result("r", "c", "t1"));
        using var followed = new Followed(_scratch.Transcript);
        followed.Poll();
        Append(Lines.User("e", null, "anew") + "\n");
        followed.Poll();
        Assert.Equal("assistant first [t1]", Scratch.Describe(followed.Follower.Read(2)!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2 * 1024 * 1024)]
    public void A_torn_line_waits_for_its_end(int longer)
    {
        string line = Lines.User("a", null, "whole" + new string('x', longer)) + "\n";
        using var followed = new Followed(_scratch.Transcript);
        foreach (string piece in new[] { line[..10], line[10..^2], line[^2..^1] })
        {
            Append(piece);
            Assert.Empty(followed.Poll());
        }
        Append("\n");
        Assert.Equal([TranscriptChange.Appended(1)], followed.Poll());
    }

    [Fact]
    public void A_transcript_that_is_not_there_yet_is_waited_for()
    {
        using var followed = new Followed(_scratch.Transcript);
        Assert.Empty(followed.Poll());
        _scratch.Write(Lines.User("a", null, "hello"));
        Assert.Equal([TranscriptChange.Appended(1)], followed.Poll());
    }

    [Fact]
    public void A_transcript_that_was_written_anew_rewinds_what_is_no_longer_in_it()
    {
        string[] lines = [Lines.User("a", null, "one"), Lines.Answer("b", "a", "two"), Lines.User("c", "b", "three")];
        _scratch.Write(lines);
        using var followed = new Followed(_scratch.Transcript);
        followed.Poll();
        _scratch.Write([.. lines[..2], Lines.User("x", "b", "other, and longer than what was there before")]);
        followed.Poll();
        Assert.Equal(["user one", "assistant two", "user other, and longer than what was there before"], followed.Described());
        Assert.Equal(1, followed.Rewound);
        _scratch.Write(lines[0]);
        followed.Poll();
        Assert.Equal(["user one"], followed.Described());
    }

    [Fact]
    public void A_transcript_that_moves_to_another_project_is_followed_there()
    {
        string from = Path.Combine(_scratch.Folder, "projects", "-srv-one", "s.jsonl"), to = Path.Combine(_scratch.Folder, "projects", "-srv-two", "s.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(from)!);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.WriteAllText(from, Lines.User("a", null, "here") + "\n");
        using var followed = new Followed(from);
        followed.Poll();
        File.Move(from, to);
        File.AppendAllText(to, Lines.Answer("b", "a", "there") + "\n");
        Assert.Equal([TranscriptChange.Appended(2)], followed.Poll());
        Assert.Equal(to, followed.Follower.Path);
    }

    [Fact]
    public void Another_session_s_file_of_the_same_name_is_not_taken_for_one_that_moved()
    {
        string from = Path.Combine(_scratch.Folder, "projects", "-srv-one", "s.jsonl"), other = Path.Combine(_scratch.Folder, "projects", "-srv-two", "s.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(from)!);
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        File.WriteAllText(from, Lines.User("a", null, "here") + "\n");
        File.WriteAllText(other, Lines.User("x", null, "hers") + "\n");
        using var followed = new Followed(from);
        followed.Poll();
        File.Delete(from);
        Assert.Empty(followed.Poll());
    }

    [Fact]
    public void A_subagent_s_entries_come_while_it_works()
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Call("b", "a", "t1"));
        using var followed = new Followed(_scratch.Transcript);
        followed.Poll();
        string agent = _scratch.WriteSidecar("subagents/agent-x.jsonl", Sidechain(Lines.User("d", null, "look")));
        _scratch.WriteSidecar("subagents/agent-x.meta.json", """{"toolUseId":"t1"}""");
        Assert.Equal([TranscriptChange.Appended(3)], followed.Poll());
        File.AppendAllText(agent, Sidechain(Lines.Answer("e", "d", "seen")));
        Append(Lines.Result("c", "b", "t1") + "\n");
        Assert.Equal([TranscriptChange.Appended(4), TranscriptChange.Appended(5)], followed.Poll());
        Assert.Equal(["user go", "assistant [t1]", "t1: user look", "t1: assistant seen", "user (t1)"], followed.Described());
    }

    [Fact]
    public void A_rewound_call_takes_its_subagent_s_entries_with_it()
    {
        _scratch.Write(Lines.User("a", null, "go"), Lines.Call("b", "a", "t1"));
        _scratch.WriteSidecar("subagents/agent-x.jsonl", Sidechain(Lines.User("d", null, "look")));
        _scratch.WriteSidecar("subagents/agent-x.meta.json", """{"toolUseId":"t1"}""");
        using var followed = new Followed(_scratch.Transcript);
        followed.Poll();
        Append(Lines.User("e", null, "anew") + "\n");
        Assert.Equal([TranscriptChange.Rewound(1, 3), TranscriptChange.Appended(4)], followed.Poll());
    }

    [Fact]
    public void An_output_that_comes_later_corrects_its_entry()
    {
        string preview = "<persisted-output>\nOutput too large (1KB). Full output saved to: /x/abc.txt\n\nPreview (first 2KB):\nthe\n...\n</persisted-output>";
        _scratch.Write(Lines.Call("a", null, "t"), Lines.Result("b", "a", "t", preview));
        using var followed = new Followed(_scratch.Transcript);
        followed.Poll();
        _scratch.WriteSidecar("tool-results/abc.txt", "the whole");
        Assert.Equal([TranscriptChange.Corrected(2)], followed.Poll());
        Assert.Empty(followed.Poll());
        Assert.Contains("the whole", Blocks.Text(followed.Follower.Read(2)!));
    }

    private static string Sidechain(string line) => line.Replace("\"isSidechain\":false", "\"isSidechain\":true", StringComparison.Ordinal) + "\n";

    private void Append(string text) => File.AppendAllText(_scratch.Transcript, text);
}
