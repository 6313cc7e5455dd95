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
}
