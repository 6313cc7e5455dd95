using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>What the reader tells of a session beside its entries.</summary>
public sealed class TranscriptInfoTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_session_of_the_corpus_is_described()
    {
        TranscriptInfo info = TranscriptReader.Open(Corpus.Session("01-plain-chat")).Info;
        Assert.Equal("claude-code", info.Agent);
        Assert.Equal("6ba7c413-6fbf-449b-b692-93d391f9e033", info.SessionId);
        Assert.Equal("Ask about the cart module", info.Title);
        Assert.Equal("hi, what is in the cart module? [[c01a]]", info.FirstPrompt);
        Assert.Equal("/home/jane.doe/work/acme-shop", info.WorkingDirectory);
        Assert.Equal("acme-shop", info.Project);
        Assert.Equal("main", info.Branch);
        Assert.Equal("claude-opus-4-8", info.Model);
        Assert.Equal("2026-11-20T16:29:08", info.Created?.ToString("s"));
        Assert.Equal(6, info.EntryCount);
        Assert.Equal(3 * 20, info.Usage.Output);
        Assert.False(info.IsSidechain);
    }

    [Fact]
    public void The_title_that_a_person_gave_wins() =>
        Assert.Equal("cart tour", TranscriptReader.Open(Corpus.Session("19-slash-commands")).Info.Title);

    [Fact]
    public void The_last_title_counts()
    {
        _scratch.Write(
            """{"type":"custom-title","customTitle":"old"}""", """{"type":"ai-title","aiTitle":"by the agent"}""",
            """{"type":"custom-title","customTitle":"new \ud83d\ude00"}""", Lines.User("a", null, "one"));
        Assert.Equal("new 😀", TranscriptReader.Open(_scratch.Transcript).Info.Title);
    }

    [Fact]
    public void A_session_that_moved_is_where_it_moved_to() =>
        Assert.Equal("/srv/lab/p12", TranscriptReader.Open(Corpus.Session("30-cd-relocated")).Info.WorkingDirectory);

    [Fact]
    public void The_first_prompt_is_what_a_person_typed_and_not_a_command() =>
        Assert.Equal("work slowly [[c19slow]]", TranscriptReader.Open(Corpus.Session("19-slash-commands")).Info.FirstPrompt);

    [Fact]
    public void A_long_first_prompt_is_cut_between_characters()
    {
        _scratch.Write(Lines.User("a", null, "x" + string.Concat(Enumerable.Repeat("😀", 200))));
        string prompt = TranscriptReader.Open(_scratch.Transcript).Info.FirstPrompt!;
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 99)), prompt);
    }

    [Fact]
    public void What_no_model_wrote_has_no_model()
    {
        TranscriptInfo info = TranscriptReader.Open(Corpus.Session("18-api-errors")).Info;
        Assert.Equal("claude-opus-4-8", info.Model);
        Assert.DoesNotContain(TranscriptReader.Open(Corpus.Session("18-api-errors")).Entries(), entry => entry.Model == "<synthetic>");
    }

    [Fact]
    public void Subagents_tokens_and_entries_are_counted()
    {
        Transcript transcript = TranscriptReader.Open(Corpus.Session("09-subagents"));
        Assert.Equal(28, transcript.Info.EntryCount);
        Assert.Equal(transcript.Entries().Sum(entry => entry.Usage?.Output ?? 0), transcript.Info.Usage.Output);
    }
}
