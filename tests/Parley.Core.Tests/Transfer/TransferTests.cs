using Parley.Core.Tests.Transcripts;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>A session from one side to the other.</summary>
public sealed class TransferTests
{
    [Fact]
    public async Task A_session_arrives_as_it_was_sent()
    {
        using var staging = new Scratch();
        var session = new SomeSession("s1", ("session.jsonl", SomeSession.Lines(20_000)), ("subagents/agent-a1.jsonl", SomeSession.Lines(3)), ("tool-results/empty.txt", []));
        await using Line line = await Line.OpenAsync();
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, session).RunAsync();
        var receiving = new ReceivingSide(line.Receiver);

        Assert.Equal(session.Offered, Assert.Single(await receiving.OfferAsync()));
        Assert.Equal("What was said in s1", await receiving.PreviewAsync("s1"));
        ReceivedSession received = await receiving.FetchAsync("s1", staging.Folder);
        await receiving.FinishAsync();
        SendOutcome outcome = await sending;

        Assert.Equal(["s1"], outcome.Delivered);
        Assert.True(outcome.Complete);
        Assert.Equal(new SessionOrigin("/home/ada", "/home/ada/engine"), received.Origin);
        Assert.Equal(session.Files.Select(f => f.Name), received.Files);
        foreach ((string name, byte[] content) in session.Files)
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(received.Folder, name)));
    }

    [Fact]
    public async Task Both_sides_see_one_verification()
    {
        await using Line line = await Line.OpenAsync();
        Assert.Matches(@"^\d{4} \d{4} \d{4} \d{4}$", line.Sender.Verification);
        Assert.Equal(line.Sender.Verification, line.Receiver.Verification);
    }

    [Fact]
    public async Task Both_sides_are_told_of_a_wrong_passphrase()
    {
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        Task<TransferChannel> opening = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => Line.OpenAsync(receiver, TransferRole.Receiver, Passphrase.Parse("another")));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => opening);
    }
}
