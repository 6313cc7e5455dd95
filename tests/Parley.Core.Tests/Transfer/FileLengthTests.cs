using Parley.Core.Tests.Transcripts;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>Files arrive whole whatever their length, around the places where chunks, samples and frames of them end.</summary>
public sealed class FileLengthTests
{
    [Fact]
    public async Task A_file_of_any_length_arrives_whole()
    {
        int[] edges = [1, 8 * 1024, 16 * 1024, 20_000, 24 * 1024, 32 * 1024, 64 * 1024, TransferLimits.ChunkBytes, TransferLimits.ChunkBytes + 20_000];
        using var staging = new Scratch();
        byte[] text = SomeSession.Lines(40_000);
        var session = new SomeSession("s1", [.. edges.SelectMany(edge => new[] { edge - 1, edge, edge + 1 }).Select(n => ($"f{n}.txt", text[..n]))]);
        await using Line line = await Line.OpenAsync();
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, session).RunAsync(null, TestContext.Current.CancellationToken);
        var receiving = new ReceivingSide(line.Receiver);
        await receiving.OfferAsync(TestContext.Current.CancellationToken);

        ReceivedSession received = await receiving.FetchAsync("s1", staging.Folder, null, TestContext.Current.CancellationToken);
        await receiving.FinishAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["s1"], (await sending).Delivered);
        foreach ((string name, byte[] content) in session.Files)
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(received.Folder, name), TestContext.Current.CancellationToken));
    }
}
