using System.Text;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Messages;
using Xunit;
using static Parley.Core.Tests.Transfer.HostileSender;

namespace Parley.Core.Tests.Transfer;

/// <summary>Random bytes and messages that were almost right: each side goes on or ends by name, and nothing is written outside of the staging folder.</summary>
public sealed class FuzzTests
{
    private static readonly byte[] Content = "{\"a line\":1}\n"u8.ToArray();

    private static readonly string[] Said =
    [
        Offer,
        Session(("session.jsonl", Content.Length), ("subagents/agent-a1.jsonl", 0)),
        FileStart("session.jsonl"),
        Digest(Content),
        FileStart("subagents/agent-a1.jsonl"),
        Digest([]),
    ];

    [Fact]
    public async Task Bytes_in_place_of_frames()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
            var noise = new byte[random.Next(2000)];
            random.NextBytes(noise);
            if (noise.Length > 4 && seed % 2 == 0)
                (noise[0], noise[1]) = (0, 0);
            await sender.WriteAsync(noise);
            sender.CompleteWriting();
            await using TransferChannel channel = Line.Channel(receiver, TransferRole.Receiver);
            await Assert.ThrowsAsync<TransferException>(() => new ReceivingSide(channel).OfferAsync());
        }
    }

    [Fact]
    public async Task Bytes_in_place_of_a_handshake()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            (DuplexStream sender, DuplexStream receiver) = DuplexStream.Pair();
            var noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            if (seed % 2 == 0)
                noise[0] = (byte)random.Next(7);
            await sender.WriteAsync(noise);
            sender.CompleteWriting();
            await Assert.ThrowsAnyAsync<TransferException>(() => Line.OpenAsync(receiver, TransferRole.Receiver, Line.Secret));
        }
    }

    [Fact]
    public void Messages_that_were_almost_right()
    {
        byte[][] right = [.. Said.Append("{\"type\":\"choose\",\"id\":\"s1\",\"have\":[{\"name\":\"a\",\"length\":1,\"sha256\":\"AAAA\"}]}").Select(Encoding.UTF8.GetBytes)];
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            using Frame frame = Filled(Mutated(right[random.Next(right.Length)], random));
            try
            {
                Consider(TransferChannel.Read(frame));
            }
            catch (TransferException)
            {
            }
        }
    }

    [Fact]
    public async Task Senders_that_are_almost_right()
    {
        int whole = 0, refused = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            await using var sender = new HostileSender();
            int mutated = random.Next(Said.Length);
            for (int i = 0; i < Said.Length; i++)
            {
                byte[] json = Encoding.UTF8.GetBytes(Said[i]);
                await sender.SayAsync(i == mutated ? Mutated(json, random) : json);
                if (i == 2)
                    await sender.SayAsync(FrameKind.Chunk, Content);
            }
            await sender.Channel.DisposeAsync();
            try
            {
                ReceivedSession received = await sender.FetchAsync();
                Assert.All(received.Files, file => Assert.True(File.Exists(SafePath.Below(received.Folder, file))));
                whole++;
            }
            catch (TransferException)
            {
                refused++;
            }
            sender.AssertNothingOutside();
        }
        Assert.True(whole > 0 && refused > 100, $"{whole} whole, {refused} refused");
    }

    [Fact]
    public async Task Receivers_that_are_almost_right()
    {
        var session = new SomeSession("s1", ("session.jsonl", Content));
        string[] asked = ["{\"type\":\"preview\",\"id\":\"s1\"}", "{\"type\":\"choose\",\"id\":\"s1\",\"have\":[{\"name\":\"session.jsonl\",\"length\":5,\"sha256\":\"AAAA\"}]}", "{\"type\":\"whole\",\"id\":\"s1\"}", "{\"type\":\"goodbye\"}"];
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            await using Line line = Line.Ready();
            int mutated = random.Next(asked.Length);
            for (int i = 0; i < asked.Length; i++)
            {
                byte[] json = Encoding.UTF8.GetBytes(asked[i]);
                using Frame frame = Filled(i == mutated ? Mutated(json, random) : json);
                await line.Receiver.SendAsync(frame, default);
            }
            await line.Receiver.DisposeAsync();
            try
            {
                Assert.All((await SomeSession.Sending(line.Sender, session).RunAsync()).Delivered, id => Assert.Equal("s1", id));
            }
            catch (TransferException)
            {
            }
        }
    }

    // What either side would do with it before anything else.
    private static void Consider(TransferMessage message)
    {
        if (message is OfferMessage offer)
            OfferPages.Add([], offer);
        if (message is SessionMessage session)
            Announcement.Check(session);
    }

    private static Frame Filled(byte[] content)
    {
        var frame = Frame.For(content.Length);
        content.CopyTo(frame.Room);
        frame.Fill(FrameKind.Message, content.Length);
        return frame;
    }

    private static byte[] Mutated(byte[] json, Random random)
    {
        List<byte> bytes = [.. json];
        for (int times = random.Next(1, 3); times > 0 && bytes.Count > 1; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(20, bytes.Count - at + 1)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.Slice(at, random.Next(0, bytes.Count - at)));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }
        return [.. bytes];
    }

    private static readonly string[] Tokens = ["null", "{}", "[]", "-1", "9223372036854775808", "1e999", "\"\\ud800\"", "..", "../", ",", "\"", "}", "\0", "\"type\":\"goodbye\",", "\"id\":\"x\","];
}
