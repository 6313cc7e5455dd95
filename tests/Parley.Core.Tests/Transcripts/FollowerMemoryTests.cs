using System.Text;
using Parley.Core.Transcripts;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>What following a long conversation costs. Alone, since the process's memory tells it.</summary>
[Collection(Alone.Name)]
public sealed class FollowerMemoryTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_long_conversation_takes_a_few_hundred_bytes_an_entry_and_a_poll_no_longer_than_a_short_one()
    {
        const int entries = 100_000, batch = 500;
        using var file = new StreamWriter(_scratch.Transcript, append: false, new UTF8Encoding(false));
        using var follower = TranscriptFollower.Open(_scratch.Transcript);
        long before = GC.GetTotalMemory(forceFullCollection: true), allocated = 0;
        for (int i = 0; i < entries; i++)
        {
            string? parent = i == 0 ? null : $"u{i - 1}";
            file.WriteLine(i % 2 == 0 ? Lines.User($"u{i}", parent, "go on") : Lines.Answer($"u{i}", parent, "I do"));
            if (i % batch != batch - 1)
                continue;
            file.Flush();
            long start = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(batch, follower.Poll().Count);
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }
        Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / entries, 0, 250);
        Assert.InRange(allocated / batch, 0, 1_000);
    }
}
