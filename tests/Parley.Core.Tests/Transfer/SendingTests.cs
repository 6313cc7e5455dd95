using Parley.Core.Tests.Transcripts;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Messages;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>What the sender's side makes of its own sessions, and of receivers.</summary>
public sealed class SendingTests : IDisposable
{
    private static readonly SomeSession Good = new("good", ("session.jsonl", SomeSession.Lines(3)));

    private readonly Scratch _staging = new();

    [Fact]
    public async Task A_large_offer_comes_in_pages()
    {
        OfferedSession[] offer = [.. Enumerable.Range(0, TransferLimits.SessionsPerOffer + 5).Select(i => new OfferedSession
        {
            Id = $"s{i}", Agent = "codex", Summary = $"Session {i} \ud83d\udc1f", Project = "engine", Branch = "main", Messages = i, Modified = DateTimeOffset.UnixEpoch.AddSeconds(i), IsSidechain = i % 2 == 0, Bytes = i,
        })];
        await using Line line = Line.Ready();
        _ = Sending(line, offer).RunAsync();
        Assert.Equal(offer.Take(TransferLimits.SessionsPerOffer), await new ReceivingSide(line.Receiver).OfferAsync());
    }

    [Fact]
    public async Task A_session_that_every_receiver_would_refuse_is_not_offered()
    {
        await using Line line = Line.Ready();
        _ = Sending(line, [Good.Offered with { Id = "my session (copy)" }, Good.Offered, Good.Offered with { Id = "large", Bytes = TransferLimits.BytesPerSession + 1 }]).RunAsync();
        Assert.Equal(Good.Offered, Assert.Single(await new ReceivingSide(line.Receiver).OfferAsync()));
    }

    [Fact]
    public async Task An_offer_of_nothing_is_one()
    {
        await using Line line = Line.Ready();
        _ = Sending(line, []).RunAsync();
        Assert.Empty(await new ReceivingSide(line.Receiver).OfferAsync());
    }

    [Fact]
    public async Task Long_texts_are_shortened_to_what_is_taken()
    {
        await using Line line = Line.Ready();
        string longText = string.Concat(Enumerable.Repeat("\ud83d\udc1f", TransferLimits.TextCharacters));
        _ = Sending(line, [Good.Offered with { Summary = longText, Project = longText, Branch = "x" + longText }], preview: (_, _) => Task.FromResult(new string('\u20ac', TransferLimits.PreviewBytes))).RunAsync();
        var receiving = new ReceivingSide(line.Receiver);
        OfferedSession offered = Assert.Single(await receiving.OfferAsync());
        Assert.Equal(TransferLimits.TextCharacters, offered.Summary.Length);
        Assert.Equal(TransferLimits.TextCharacters - 1, offered.Branch!.Length);
        Assert.Equal(TransferLimits.PreviewBytes / 3, (await receiving.PreviewAsync("good")).Length);
    }

    [Fact]
    public async Task A_session_that_went_away_leaves_the_others()
    {
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = Sending(line, [Good.Offered, Good.Offered with { Id = "gone" }], pack: (id, _) => id == "good" ? Task.FromResult(Good.Pack()) : throw new FileNotFoundException()).RunAsync();
        await FetchUnavailableAsync(line, "gone", sending);
    }

    [Fact]
    public async Task A_file_that_shrinks_under_way_leaves_the_others()
    {
        PackedSession shrinking = new SomeSession("gone", ("session.jsonl", SomeSession.Lines(50_000))).Pack();
        shrinking = shrinking with { Files = [shrinking.Files[0] with { Length = shrinking.Files[0].Length + 1 }] };
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = Sending(line, [Good.Offered, Good.Offered with { Id = "gone" }], pack: (id, _) => Task.FromResult(id == "good" ? Good.Pack() : shrinking)).RunAsync();
        await FetchUnavailableAsync(line, "gone", sending);
    }

    [Fact]
    public async Task A_file_that_grows_under_way_goes_out_as_it_was()
    {
        PackedSession growing = Good.Pack();
        byte[] grown = [.. Good.Files[0].Content, .. "more"u8];
        growing = growing with { Files = [growing.Files[0] with { Open = () => new MemoryStream(grown) }] };
        await using Line line = Line.Ready();
        _ = Sending(line, [Good.Offered], pack: (_, _) => Task.FromResult(growing)).RunAsync();
        ReceivedSession received = await new ReceivingSide(line.Receiver).FetchAsync("good", _staging.Folder);
        Assert.Equal(Good.Files[0].Content, await File.ReadAllBytesAsync(Path.Combine(received.Folder, "session.jsonl")));
    }

    [Fact]
    public async Task A_name_that_no_receiver_takes_is_not_sent()
    {
        await using Line line = Line.Ready();
        var unfit = new SomeSession("gone", ("caf\u00e9.txt", []));
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, Good, unfit).RunAsync();
        await FetchUnavailableAsync(line, "gone", sending);
    }

    [Fact]
    public async Task Only_what_is_offered_is_packed()
    {
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = Sending(line, [Good.Offered], pack: (_, _) => throw new InvalidOperationException("asked for")).RunAsync();
        await line.Receiver.ReceiveMessageAsync(default);
        await line.Receiver.SendAsync(new ChooseMessage("../other", []), default);
        Assert.IsType<UnavailableMessage>(await line.Receiver.ReceiveMessageAsync(default));
        await line.Receiver.SendAsync(new PreviewMessage("other"), default);
        Assert.IsType<UnavailableMessage>(await line.Receiver.ReceiveMessageAsync(default));
        await line.Receiver.SendAsync(new GoodbyeMessage(), default);
        Assert.True((await sending).Complete);
    }

    [Fact]
    public async Task A_receiver_that_was_sent_nothing_can_have_nothing_whole()
    {
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, Good).RunAsync();
        await line.Receiver.ReceiveMessageAsync(default);
        await line.Receiver.SendAsync(new WholeMessage("good"), default);
        Assert.Equal(TransferFailure.Unexpected, (await Assert.ThrowsAsync<TransferException>(() => sending)).Failure);
        Assert.Equal(TransferFailure.EndedByOther, (await Assert.ThrowsAsync<TransferException>(() => line.Receiver.ReceiveMessageAsync(default))).Failure);
    }

    [Theory]
    [InlineData("{\"type\":\"choose\",\"id\":\"good\",\"have\":[null]}")]
    [InlineData("{\"type\":\"choose\",\"id\":\"good\",\"have\":[{\"name\":\"session.jsonl\",\"length\":-1,\"sha256\":\"\"}]}")]
    [InlineData("{\"type\":\"choose\",\"id\":\"good\",\"have\":[{\"name\":\"session.jsonl\",\"length\":5,\"sha256\":\"AAAA\"},{\"name\":\"session.jsonl\",\"length\":5,\"sha256\":\"AAAA\"}]}")]
    [InlineData("{\"type\":\"choose\",\"id\":\"good\",\"have\":[{\"name\":\"\",\"length\":9223372036854775807,\"sha256\":\"AAAA\"}]}")]
    public async Task Parts_that_a_receiver_makes_up_get_it_the_whole_file_or_an_error(string choice)
    {
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, Good).RunAsync();
        await line.Receiver.ReceiveMessageAsync(default);
        using (var frame = Parley.Core.Transfer.Frames.Frame.For(choice.Length))
        {
            System.Text.Encoding.ASCII.GetBytes(choice, frame.Room.Span);
            frame.Fill(Parley.Core.Transfer.Frames.FrameKind.Message, choice.Length);
            await line.Receiver.SendAsync(frame, default);
        }
        await line.Receiver.SendAsync(new GoodbyeMessage(), default);
        if (choice.Contains("null", StringComparison.Ordinal))
            Assert.Equal(TransferFailure.Malformed, (await Assert.ThrowsAsync<TransferException>(() => sending)).Failure);
        else
            Assert.True((await sending).Complete);
    }

    [Fact]
    public async Task What_is_packed_is_let_go()
    {
        var temporary = new Temporary();
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = Sending(line, [Good.Offered], pack: (_, _) => Task.FromResult(Good.Pack() with { Temporary = temporary })).RunAsync();
        var receiving = new ReceivingSide(line.Receiver);
        await receiving.FetchAsync("good", _staging.Folder);
        await receiving.FinishAsync();
        await sending;
        Assert.True(temporary.Gone);
    }

    [Fact]
    public async Task Compression_is_left_out_where_it_does_not_pay()
    {
        var random = new byte[2_000_000];
        new Random(1).NextBytes(random);
        Assert.InRange(await BytesSentAsync(random), random.Length, random.Length * 1.01);
        byte[] lines = SomeSession.Lines(50_000);
        Assert.InRange(await BytesSentAsync(lines), 1, lines.Length / 4.0);
    }

    private async Task<long> BytesSentAsync(byte[] content)
    {
        var session = new SomeSession($"s{content.Length}", ("session.jsonl", content));
        var meddler = new Meddler((_, piece) => [piece]);
        await using Line line = Line.Ready(meddler.Join());
        _ = SomeSession.Sending(line.Sender, session).RunAsync();
        await new ReceivingSide(line.Receiver).FetchAsync(session.Id, _staging.Folder);
        return meddler.Heard.Sum(piece => piece.Length);
    }

    private async Task FetchUnavailableAsync(Line line, string id, Task<SendOutcome> sending)
    {
        var receiving = new ReceivingSide(line.Receiver);
        var failure = await Assert.ThrowsAsync<TransferException>(() => receiving.FetchAsync(id, _staging.Folder));
        Assert.Equal(TransferFailure.Unavailable, failure.Failure);
        await receiving.FetchAsync("good", _staging.Folder);
        await receiving.FinishAsync();
        Assert.Equal(["good"], (await sending).Delivered);
    }

    private static SendingSide Sending(
        Line line, IReadOnlyList<OfferedSession> offer, Func<string, CancellationToken, Task<PackedSession>>? pack = null, Func<string, CancellationToken, Task<string>>? preview = null) =>
        new(line.Sender, offer, pack ?? ((_, _) => Task.FromResult(Good.Pack())), preview ?? ((_, _) => Task.FromResult("")));

    public void Dispose() => _staging.Dispose();

    private sealed class Temporary : IDisposable
    {
        public bool Gone { get; private set; }

        public void Dispose() => Gone = true;
    }
}
