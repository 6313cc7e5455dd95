using Parley.Core.Tests.Transcripts;
using Parley.Core.Transfer;
using Parley.Server.Tests.Fixtures;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>What somebody may try who carries the bytes and has no passphrase: the transfer ends by name, and never with a byte that was not sent.</summary>
public sealed class HostileRelayTests
{
    // Frames of the sender: offer, session, file, chunk, chunk, digest.
    private const int Frames = 6;
    private const int FirstChunk = 3;
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 7))];

    private static readonly SomeSession Session = new("s1", ("session.jsonl", Content));

    [Theory]
    [MemberData(nameof(Numbers))]
    public Task Drops_a_frame(int at) => FailsAsync((number, piece) => number == at ? [] : [piece], TransferFailure.Tampered, TransferFailure.TooSlow);

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Replays_a_frame(int at)
    {
        await using Line line = Line.Ready(new Meddler((number, piece) => number == at ? [piece, piece] : [piece]).Join());
        if (at < Frames - 1)
        {
            Assert.Equal(TransferFailure.Tampered, (await FetchFailsAsync(line)).Failure);
            return;
        }
        // What comes after the last frame is seen by whoever listens on.
        await ArrivesAsync(line, Session);
        Assert.Equal(TransferFailure.Tampered, (await Assert.ThrowsAsync<TransferException>(() => line.Receiver.ReceiveMessageAsync(default))).Failure);
    }

    [Fact]
    public async Task Reorders_frames()
    {
        byte[]? kept = null;
        await FailsAsync(
            (number, piece) =>
            {
                if (number == FirstChunk)
                {
                    kept = piece;
                    return [];
                }
                return number == FirstChunk + 1 ? [piece, kept!] : [piece];
            },
            TransferFailure.Tampered);
    }

    [Fact]
    public async Task Replays_a_frame_from_long_ago()
    {
        byte[]? first = null;
        await FailsAsync((number, piece) => number == FirstChunk ? [first!] : [first ??= piece], TransferFailure.Tampered);
    }

    [Fact]
    public async Task Substitutes_a_frame_of_another_transfer()
    {
        var earlier = new Meddler((_, piece) => [piece]);
        await TransferAsync(earlier);
        await using Line line = Line.Ready(new Meddler((number, piece) => [number == FirstChunk ? earlier.Heard[number] : piece]).Join(), "other keys");
        Assert.Equal(TransferFailure.Tampered, (await FetchFailsAsync(line)).Failure);
    }

    [Fact]
    public async Task Reflects_what_the_receiver_said()
    {
        // The receiver's own choice comes back to it as the announcement.
        (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
        TransferChannel channel = Line.Channel(receiver, TransferRole.Receiver);
        await channel.SendAsync(new Parley.Core.Transfer.Messages.GoodbyeMessage(), default);
        var said = new byte[4 + 256 + 16];
        await sender.ReadExactlyAsync(said);
        await sender.WriteAsync(said);
        var failure = await Assert.ThrowsAsync<TransferException>(() => new ReceivingSide(channel).OfferAsync());
        Assert.Equal(TransferFailure.Tampered, failure.Failure);
    }

    [Fact]
    public async Task Flips_any_bit()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            int at = random.Next(Frames);
            await FailsAsync(
                (number, piece) =>
                {
                    if (number == at)
                        piece[random.Next(2) == 0 ? random.Next(Math.Min(300, piece.Length)) : random.Next(piece.Length)] ^= (byte)(1 << random.Next(8));
                    return [piece];
                },
                TransferFailure.Tampered, TransferFailure.TooLong, TransferFailure.TooSlow);
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Cuts_the_line_within_a_frame(int at)
    {
        await using Line line = Line.Ready(new Meddler((_, piece) => [piece]) { CutsAt = at }.Join());
        Assert.Equal(TransferFailure.CutOff, (await FetchFailsAsync(line)).Failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(271)]
    [InlineData(0x7FFFFFFF)]
    [InlineData(-1)]
    public async Task Announces_a_length_that_no_frame_has(int length)
    {
        byte[] prefix = [(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        await FailsAsync((number, piece) => number == FirstChunk ? [prefix] : [piece], TransferFailure.TooLong);
    }

    [Fact]
    public async Task Delays_and_splits_what_it_carries()
    {
        var meddler = new Meddler((_, piece) => piece.Length > 1000 ? piece.Chunk(997) : piece.Chunk(7));
        await TransferAsync(meddler);
    }

    [Fact]
    public async Task Flips_any_bit_of_the_handshake()
    {
        // Hello, two rounds and the confirmation, from either side.
        for (int seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var meddler = new Meddler(
                (number, piece) =>
                {
                    if (number == seed / 2)
                        piece[4 + random.Next(piece.Length - 4)] ^= (byte)(1 << random.Next(8));
                    return [piece];
                },
                fromReceiver: seed % 2 == 0);
            (DuplexStream sender, DuplexStream receiver) = meddler.Join();
            Task<TransferChannel> one = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
            Task<TransferChannel> other = Task.Run(() => Line.OpenAsync(receiver, TransferRole.Receiver, Line.Secret));
            _ = one.ContinueWith(t => sender.Dispose(), TaskScheduler.Default);
            _ = other.ContinueWith(t => receiver.Dispose(), TaskScheduler.Default);
            await Assert.ThrowsAnyAsync<TransferException>(async () => await Task.WhenAll(one, other));
        }
    }

    [Fact]
    public async Task Claims_older_versions_on_both_sides()
    {
        // A later version of both would be talked down to this one; the hellos are part of what both sides confirm.
        var meddler = new Meddler((number, piece) =>
        {
            if (number == 0)
                piece[^1] = 9;
            return [piece];
        });
        (DuplexStream sender, DuplexStream receiver) = meddler.Join();
        Task<TransferChannel> one = Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => Line.OpenAsync(receiver, TransferRole.Receiver, Line.Secret));
        await Assert.ThrowsAsync<WrongPassphraseException>(() => one);
    }

    [Fact]
    public async Task Stands_between_two_handshakes()
    {
        // Without the passphrase it can shake hands with neither, whatever it puts in its place.
        (DuplexStream sender, DuplexStream nearSender) = DuplexStream.Pair();
        (DuplexStream nearReceiver, DuplexStream receiver) = DuplexStream.Pair();
        Passphrase guess = Passphrase.Parse("guess");
        Task[] all =
        [
            Task.Run(() => Line.OpenAsync(sender, TransferRole.Sender, Line.Secret)),
            Task.Run(() => Line.OpenAsync(nearSender, TransferRole.Receiver, guess)),
            Task.Run(() => Line.OpenAsync(nearReceiver, TransferRole.Sender, guess)),
            Task.Run(() => Line.OpenAsync(receiver, TransferRole.Receiver, Line.Secret)),
        ];
        foreach (Task handshake in all)
            await Assert.ThrowsAsync<WrongPassphraseException>(() => handshake);
    }

    [Fact]
    public async Task Reads_lengths_in_steps_only()
    {
        async Task<int[]> Seen(int length)
        {
            var meddler = new Meddler((_, piece) => [piece]);
            await TransferAsync(meddler, new SomeSession("s1", ("session.jsonl", new byte[length])));
            return [.. meddler.Heard.Select(piece => piece.Length)];
        }
        Assert.Equal(await Seen(1), await Seen(240));
    }

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Frames)];

    private static async Task FailsAsync(Func<int, byte[], IEnumerable<byte[]>> meddle, params TransferFailure[] expected)
    {
        var clock = new ManualClock();
        await using Line line = Line.Ready(new Meddler(meddle).Join(), time: clock);
        Task<TransferException> failing = FetchFailsAsync(line);
        while (expected.Contains(TransferFailure.TooSlow) && !failing.IsCompleted)
        {
            // Where no frame follows that would give it away, only time can tell.
            await Task.Yield();
            clock.Advance(TransferLimits.SilenceTime / 100);
        }
        Assert.Contains((await failing).Failure, expected);
    }

    private static async Task<TransferException> FetchFailsAsync(Line line)
    {
        using var staging = new Scratch();
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, Session).RunAsync();
        var failure = await Assert.ThrowsAsync<TransferException>(() => new ReceivingSide(line.Receiver).FetchAsync("s1", staging.Folder));
        await line.Receiver.DisposeAsync();
        await Task.WhenAny(sending);
        string file = Path.Combine(staging.Folder, "s1", "session.jsonl");
        if (File.Exists(file))
            Assert.Equal(Content.Take((int)new FileInfo(file).Length), await File.ReadAllBytesAsync(file));
        return failure;
    }

    private static async Task TransferAsync(Meddler meddler, SomeSession? session = null)
    {
        await using Line line = Line.Ready(meddler.Join());
        await ArrivesAsync(line, session ?? Session);
    }

    private static async Task ArrivesAsync(Line line, SomeSession session)
    {
        using var staging = new Scratch();
        _ = SomeSession.Sending(line.Sender, session).RunAsync();
        ReceivedSession received = await new ReceivingSide(line.Receiver).FetchAsync("s1", staging.Folder);
        Assert.Equal(session.Files[0].Content, await File.ReadAllBytesAsync(Path.Combine(received.Folder, "session.jsonl")));
    }
}
