using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>A transcript is read without holding its content.</summary>
public sealed class LargeTranscriptTests
{
    [Fact]
    public void Reading_a_large_transcript_allocates_a_fraction_of_its_size()
    {
        const long fileBytes = 40_000_000, allowedBytes = 8_000_000;
        using var scratch = new Scratch();
        LargeTranscript.Write(scratch.Transcript, fileBytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Transcript transcript = TranscriptReader.Open(scratch.Transcript);
        long blockBytes = 0;
        int count = 0;
        foreach (Entry entry in transcript.Entries())
        {
            blockBytes += entry.Blocks.Length;
            count++;
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, allowedBytes);
        Assert.Equal(transcript.Info.EntryCount, count);
        Assert.True(blockBytes > fileBytes / 4, $"{blockBytes} bytes of blocks were read");
    }
}
