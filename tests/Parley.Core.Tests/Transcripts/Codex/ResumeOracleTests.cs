using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts.Codex;

/// <summary>Codex's sessions as Parley reads them, against what the client itself sent to the API when it resumed them.</summary>
public sealed class ResumeOracleTests
{
    private const string Compacted = "codex-06-compaction";

    public static TheoryData<string> Sessions => [.. Corpus.CodexNames.Where(name => name != Compacted)];

    [Theory]
    [MemberData(nameof(Sessions))]
    public void A_reader_sees_what_the_client_tells_the_model(string name)
    {
        IReadOnlyList<SaidToCodex> seen = SaidToCodex.InOracle(Corpus.Oracle(name));
        IReadOnlyList<SaidToCodex> read = SaidToCodex.In(TranscriptReader.Open(Corpus.CodexSession(name)));
        Assert.NotEmpty(seen);
        Assert.Equal(seen.Count, read.Count);
        Assert.All(read.Zip(seen), pair => Assert.True(pair.First.Is(pair.Second), $"{pair.First} is not {pair.Second}"));
    }

    [Fact]
    public void What_a_compaction_took_out_of_the_models_sight_a_reader_still_sees()
    {
        IReadOnlyList<SaidToCodex> seen = SaidToCodex.InOracle(Corpus.Oracle(Compacted));
        IReadOnlyList<SaidToCodex> read = SaidToCodex.In(TranscriptReader.Open(Corpus.CodexSession(Compacted)));
        Assert.Equal(6, read.Count);
        Assert.Equal(3, read.Count(seen.Contains) - 1);
        Assert.Contains(seen[^1], read);
    }
}
