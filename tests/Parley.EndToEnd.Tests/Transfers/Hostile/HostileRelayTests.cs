using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>
/// A relay that is not what it should be: whatever it does, nothing is installed that the sender did not send, both commands say what happened, and
/// it reads nothing. One sender serves all of these, and serves the next one after each.
/// </summary>
public sealed class HostileRelayTests : IClassFixture<HostileRelayTests.Offer>, IDisposable
{
    private const string Changed = "What arrived is not what the other side sent next", CutOff = "The connection ended before the transfer did";

    private readonly Offer _offer;
    private readonly Home _receiver = new();

    public HostileRelayTests(Offer offer)
    {
        _offer = offer;
        _receiver.Environment["PARLEY_PASSPHRASE"] = offer.Pair.Passphrase;
        offer.Relay.Lead = room => room;
    }

    private Interception Between => _offer.Relay.Between;

    [Theory]
    [InlineData(0, "the offer")]
    [InlineData(1, "what the session consists of")]
    [InlineData(4, "a piece of a file")]
    public Task A_changed_bit_is_noticed(int frame, string what) => RefusedAsync(Changed, what, At(frame, bytes =>
    {
        bytes[^1] ^= 1;
        return [bytes];
    }));

    [Fact]
    public Task A_length_that_was_made_longer_is_noticed() => RefusedAsync(Changed, "a piece of a file", At(4, bytes =>
    {
        bytes[3]++;
        return [bytes];
    }));

    [Fact]
    public Task A_length_that_none_has_is_noticed() => RefusedAsync("announces a length that none has", "a piece of a file", At(4, bytes =>
    {
        bytes[1] = 0xFF;
        return [bytes];
    }));

    [Fact]
    public Task A_dropped_frame_is_noticed() => RefusedAsync(Changed, "a piece of a file", At(4, _ => []));

    [Fact]
    public Task A_repeated_frame_is_noticed() => RefusedAsync(Changed, "a piece of a file", At(4, bytes => [bytes, bytes]));

    [Fact]
    public Task A_frame_of_the_relays_own_is_noticed() => RefusedAsync(
        Changed, "a piece of a file", At(4, bytes => [[.. bytes[..4], .. RandomNumberGenerator.GetBytes(bytes.Length - 4)], bytes]));

    [Fact]
    public async Task Frames_in_another_order_are_noticed()
    {
        byte[]? held = null;
        await RefusedAsync(Changed, "two pieces of a file", passing =>
        {
            if (passing.Is(fromSender: true, 4))
            {
                held = passing.Bytes;
                return new(new Onward());
            }
            return passing.Is(fromSender: true, 5) ? new(new Onward(passing.Bytes, held!)) : Interception.Honest(passing);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public Task A_frame_that_is_cut_off_is_noticed(int frame) => RefusedAsync(CutOff, $"frame {frame}", passing =>
        passing.Is(fromSender: true, frame) ? new(new Onward(passing.Bytes[..(passing.Bytes.Length / 2)]) { IsLast = true }) : Interception.Honest(passing));

    [Fact]
    public Task An_end_that_comes_too_early_is_no_end() => RefusedAsync(CutOff, "all but the beginning", passing =>
        passing.Is(fromSender: true, 3) ? new(new Onward(passing.Bytes) { IsLast = true }) : Interception.Honest(passing));

    [Fact]
    public async Task What_passed_before_is_worth_nothing_later()
    {
        var recorded = new List<byte[]>();
        await RefusedAsync(CutOff, "the last pieces", passing =>
        {
            if (passing is { FromSender: true, IsFrame: true })
                recorded.Add(passing.Bytes);
            return passing.Is(fromSender: true, 5) ? new(new Onward() { IsLast = true }) : Interception.Honest(passing);
        });

        await RefusedAsync(Changed, "everything", passing =>
            passing is { FromSender: true, IsFrame: true } ? new(new Onward(recorded[passing.Number])) : Interception.Honest(passing));
    }

    [Fact]
    public async Task What_the_receiver_said_is_not_taken_for_the_senders()
    {
        var own = new TaskCompletionSource<byte[]>();
        await RefusedAsync(Changed, "the receiver's own choice", async passing =>
        {
            if (passing.Is(fromSender: false, 0))
                own.SetResult(passing.Bytes);
            return new Onward(passing.Is(fromSender: true, 1) ? await own.Task : passing.Bytes);
        });
    }

    [Fact]
    public async Task A_receiver_is_not_led_to_itself()
    {
        var own = new TaskCompletionSource<byte[]>();
        await RefusedAsync("Both sides", "the receiver's own hello", async passing =>
        {
            if (passing is { IsFrame: false, FromSender: false, Number: 0 })
                own.SetResult(passing.Bytes);
            return new Onward(passing is { IsFrame: false, FromSender: true, Number: 0 } ? await own.Task : passing.Bytes);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_the_receiver_says_can_t_be_changed_either(int frame)
    {
        using SendProcess sender = await SendProcess.StartAsync(_offer.Pair.Sender, _offer.Session.Id, "--relay", _offer.Relay.Address);
        _offer.Relay.Lead = _ => Room(sender);
        Result result = await ReceiveAsync(passing =>
        {
            if (passing.Is(fromSender: false, frame))
                passing.Bytes[^1] ^= 1;
            return Interception.Honest(passing);
        });

        JsonElement gone = await sender.UntilAsync("disconnected");
        Assert.Contains(Changed, gone.GetProperty("reason").GetString(), StringComparison.Ordinal);
        // The second frame says that the session arrived whole: the receiver has it then, and the sender does not know.
        if (frame == 0)
            AssertNothingInstalled(result);
        else
            AssertInstalled();
    }

    [Fact]
    public async Task A_relay_that_only_dawdles_changes_nothing()
    {
        Result result = await ReceiveAsync(async passing =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
            return new Onward([.. passing.Bytes.Chunk(Math.Max(7, passing.Bytes.Length / 3))]);
        });

        result.Succeeded();
        AssertInstalled();
    }

    [Fact]
    public async Task A_relay_that_plays_the_sender_learns_nothing_and_gives_nothing()
    {
        using var other = new Pair();
        other.Sender.Environment["PARLEY_PASSPHRASE"] = $"a guess {Guid.NewGuid()}";
        var theirs = new LongSession(other, prompts: 1);
        using SendProcess impostor = await SendProcess.StartAsync(other.Sender, theirs.Id, "--relay", _offer.Relay.Address);
        _offer.Relay.Lead = _ => Room(impostor);

        Result result = await ReceiveAsync(Interception.Honest);

        AssertNothingInstalled(result);
        Assert.Contains("Wrong passphrase", result.Error, StringComparison.Ordinal);
        await impostor.UntilAsync("wrongPassphrase");
    }

    [Fact]
    public async Task All_that_passes_is_random_to_it()
    {
        (await ReceiveAsync(Interception.Honest)).Succeeded();

        AssertInstalled();
        Assert.True(Between.HasSeen("CREATE_ROOM"));
        Assert.DoesNotContain(_offer.Session.Secrets.Concat([_offer.Pair.Passphrase, _offer.Pair.Sender.Project, _receiver.Project]), Between.HasSeen);
        byte[] seen = Between.Seen();
        var compressed = new MemoryStream();
        using (var zip = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(seen.AsSpan(seen.Length / 2));
        Assert.InRange(compressed.Length, seen.Length / 2 * 0.99, double.MaxValue);
    }

    public void Dispose() => _receiver.Dispose();

    private async Task RefusedAsync(string message, string what, Func<Passing, ValueTask<Onward>> act)
    {
        Result result = await ReceiveAsync(act);

        AssertNothingInstalled(result);
        Assert.True(result.Error.Contains(message, StringComparison.Ordinal), $"{what}: {result.Error}");
    }

    private async Task<Result> ReceiveAsync(Func<Passing, ValueTask<Onward>> act)
    {
        Between.Act = act;
        return await _receiver.RunAsync("receive", "--relay", _offer.Relay.Address, "--room", Room(_offer.Sender), "--all", "--json");
    }

    private void AssertNothingInstalled(Result result)
    {
        Assert.Equal(1, result.ExitCode);
        if (result.Out != "")
            Assert.Empty(JsonElement.Parse(result.Out).GetProperty("installed").EnumerateArray());
        Assert.Empty(Directory.GetFileSystemEntries(_receiver.Sessions));
    }

    private static string Room(SendProcess sender) => sender.Ready.GetProperty("room").GetString()!;

    private void AssertInstalled() => Assert.True(_offer.Session.IsIn(File.ReadAllText(Path.Combine(_receiver.Sessions, $"{_offer.Session.Id}.jsonl"))));

    /// <summary>Does something to one frame of the sender's.</summary>
    private static Func<Passing, ValueTask<Onward>> At(int frame, Func<byte[], byte[][]> change) => passing =>
        passing.Is(fromSender: true, frame) ? new(new Onward(change(passing.Bytes))) : Interception.Honest(passing);

    /// <summary>A sender that waits in a room of a hostile relay, and in the end what the relay has seen.</summary>
    public sealed class Offer : IAsyncLifetime
    {
        public Pair Pair { get; } = new();

        public HostileRelay Relay { get; private set; } = null!;

        public LongSession Session { get; private set; } = null!;

        public SendProcess Sender { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Relay = await HostileRelay.StartAsync();
            Session = new LongSession(Pair);
            Sender = await SendProcess.StartAsync(Pair.Sender, Session.Id, "--relay", Relay.Address, "--keep-open", "30");
        }

        public async ValueTask DisposeAsync()
        {
            Sender.Dispose();
            await Relay.DisposeAsync();
            Pair.Dispose();
        }
    }
}
