using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Parley.Core.Transfer;
using Parley.Server.Relay;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Relay;

/// <summary>What makers and joiners who mean harm can do to the relay and to each other: be sent away.</summary>
public sealed class HostileVisitorTests(HostileVisitorTests.OpenServer fixture) : IClassFixture<HostileVisitorTests.OpenServer>
{
    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":null}")]
    [InlineData("{\"type\":7}")]
    [InlineData("{\"type\":\"LIST_ROOMS\"}")]
    [InlineData("{\"type\":\"ROOM_CREATED\",\"room\":\"222222\",\"ticket\":\"x\"}")]
    [InlineData("{\"type\":\"PEER_JOINED\"}")]
    [InlineData("{\"type\":\"WRONG_GUESS\"}")]
    [InlineData("{\"type\":\"create_room\"}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":[\"222222\"]}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"CREATE_ROOM\"}{\"type\":\"CREATE_ROOM\"}")]
    public async Task What_is_no_first_message_is_refused(string text)
    {
        await using RelayClient client = await RelayClient.ConnectAsync(Server);
        await client.SayAsync(text);

        await client.SentAwayAsync("BAD_MESSAGE");
    }

    [Theory]
    [InlineData("{\"type\":\"JOIN_ROOM\"}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":null}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":\"*\"}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":\"%\"}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":\"......\"}")]
    [InlineData("{\"type\":\"JOIN_ROOM\",\"room\":\"2222222222222222222222222222222222\"}")]
    [InlineData("{\"type\":\"CREATE_ROOM\",\"ticket\":\"\"}")]
    [InlineData("{\"type\":\"CREATE_ROOM\",\"room\":\"\"}")]
    public async Task No_pattern_stands_for_a_code(string text)
    {
        (RelayClient maker, _) = await RelayClient.CreateAsync(Server);
        await using RelayClient client = await RelayClient.ConnectAsync(Server);
        await client.SayAsync(text);

        await client.SentAwayAsync("NO_ROOM");
        await maker.DisposeAsync();
    }

    [Fact]
    public async Task Rooms_are_listed_nowhere()
    {
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(Server);
        foreach (string path in (string[])["/relay", "/relay/", "/relay/rooms", $"/relay/{room.Room}", $"/relay?room={room.Room}", "/api/relay", "/metrics", "/openapi/v1.json"])
        {
            using HttpResponseMessage answer = await Server.Owner.GetAsync(path);
            Assert.DoesNotContain(room.Room!, await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        }
        await maker.DisposeAsync();
    }

    [Fact]
    public async Task Binary_frames_before_anybody_has_joined_are_refused()
    {
        (RelayClient maker, _) = await RelayClient.CreateAsync(Server);
        await using RelayClient nobody = await RelayClient.ConnectAsync(Server);
        await maker.SendAsync([1, 2, 3]);
        await nobody.SendAsync([1, 2, 3]);

        await maker.SentAwayAsync("BAD_MESSAGE");
        await nobody.SentAwayAsync("BAD_MESSAGE");
    }

    [Fact]
    public async Task Text_that_is_no_UTF8_ends_the_socket_and_its_peer_is_told()
    {
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        await receiver.SendAsync([0xFF, 0xFE], WebSocketMessageType.Text);

        await sender.LeftAloneAsync();
    }

    [Fact]
    public async Task A_text_message_has_its_limit_whole_or_in_pieces()
    {
        string longest = $$"""{"type":"CREATE_ROOM","more":"{{new string('x', RelayMessage.MaxBytes - 32)}}"}""";
        Assert.Equal(RelayMessage.MaxBytes, longest.Length);
        await using RelayClient just = await RelayClient.ConnectAsync(Server), over = await RelayClient.ConnectAsync(Server), pieces = await RelayClient.ConnectAsync(Server);
        await just.SayAsync(longest);
        await over.SendAsync(new byte[4_000_000], WebSocketMessageType.Text);
        for (int i = 0; i <= RelayMessage.MaxBytes; i += 64)
            await pieces.SendAsync(new byte[64], WebSocketMessageType.Text, isWhole: false);

        await just.HearAsync(RelayMessage.RoomCreated);
        await over.SentAwayAsync("BAD_MESSAGE");
        await pieces.SentAwayAsync("BAD_MESSAGE");
    }

    [Fact]
    public async Task A_second_first_message_is_refused_and_its_peer_told()
    {
        (RelayClient sender, RelayClient receiver, RelayMessage room) = await RelayClient.PairAsync(Server);
        await receiver.SayAsync($$"""{"type":"JOIN_ROOM","room":"{{room.Room}}"}""");

        await receiver.SentAwayAsync("BAD_MESSAGE");
        await sender.LeftAloneAsync();
    }

    [Fact]
    public async Task Nobody_is_joined_with_a_maker_that_is_being_sent_away()
    {
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(Server);
        await maker.SayAsync("nonsense");
        await maker.HearAsync(RelayMessage.Error);

        // It does not answer the close, and so it is still there.
        await (await RelayClient.AskToJoinAsync(Server, room.Room!)).SentAwayAsync("ROOM_FULL");
        await maker.DisposeAsync();
    }

    [Fact]
    public async Task Who_goes_on_sending_behind_the_last_words_is_cut_off()
    {
        await using RelayClient client = await RelayClient.ConnectAsync(Server);
        await client.SayAsync("nonsense");
        byte[] more = new byte[1 << 20];

        await Assert.ThrowsAnyAsync<WebSocketException>(async () =>
        {
            for (int i = 0; i < 16 * RelayOptions.UnheardBytes / more.Length; i++)
                await client.SendAsync(more);
        });
    }

    [Fact]
    public async Task Joiners_that_vanish_at_once_leave_the_room_to_others()
    {
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(Server);
        for (int i = 0; i < 50; i++)
        {
            (await RelayClient.AskToJoinAsync(Server, room.Room!)).Socket.Abort();
            await maker.HearAsync(RelayMessage.PeerJoined);
            await maker.LeftAloneAsync();
            maker = await RelayClient.ConnectAsync(Server);
            await maker.SayAsync($$"""{"type":"CREATE_ROOM","room":"{{room.Room}}","ticket":"{{room.Ticket}}"}""");
            await maker.HearAsync(RelayMessage.RoomCreated);
        }

        await using RelayClient receiver = await RelayClient.JoinAsync(Server, room.Room!);
        await maker.HearAsync(RelayMessage.PeerJoined);
    }

    [Fact]
    public async Task A_flood_of_joiners_gets_one_place_and_disturbs_nobody()
    {
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(Server);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            RelayClient joiner = await RelayClient.AskToJoinAsync(Server, room.Room!);
            byte[] answer = new byte[RelayMessage.MaxBytes];
            WebSocketReceiveResult result = await joiner.Socket.ReceiveAsync(answer, RelayClient.Patience);
            return RelayMessage.Read(answer.AsSpan(0, result.Count))!.ToString();
        }));

        Assert.Equal(["ERROR ROOM_FULL", "ROOM_JOINED"], answers.Distinct().Order());
        Assert.Single(answers, a => a == "ROOM_JOINED");
        await sender.SendAsync([1, 2, 3]);
        Assert.Equal([1, 2, 3], await receiver.BytesAsync(3));
        await maker.DisposeAsync();
    }

    [Fact]
    public async Task Half_open_and_broken_upgrades_leave_nothing_behind()
    {
        foreach (string request in (string[])[
            "GET /relay HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
            "GET /relay HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n",
            "GET /relay HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n\u00ff\u00ff\u00ff\u00ff"])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, new Uri(Server.Address).Port);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        }

        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        await sender.SendAsync([1]);
        await receiver.BytesAsync(1);
    }

    [Fact]
    public async Task Garbage_never_gets_more_than_a_refusal()
    {
        var random = new Random(20260226);
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        for (int i = 0; i < 300; i++)
        {
            await using RelayClient client = await RelayClient.ConnectAsync(Server);
            await client.SendAsync(Mutated(random), random.Next(4) == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text);
            await client.SayAsync("x");
            byte[] answer = new byte[RelayMessage.MaxBytes];
            WebSocketReceiveResult result = await client.Socket.ReceiveAsync(answer, RelayClient.Patience);
            Assert.Contains(RelayMessage.Read(answer.AsSpan(0, result.Count))?.Type, (string[])[RelayMessage.Error, RelayMessage.RoomCreated]);
        }

        await sender.SendAsync([1, 2, 3]);
        Assert.Equal([1, 2, 3], await receiver.BytesAsync(3));
    }

    private static byte[] Mutated(Random random)
    {
        string[] seeds = ["""{"type":"CREATE_ROOM"}""", """{"type":"JOIN_ROOM","room":"7K3MPX"}""", """{"type":"CREATE_ROOM","room":"7K3MPX","ticket":"00"}"""];
        byte[] bytes = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);
        for (int i = random.Next(4); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(128);
        return bytes[..random.Next(bytes.Length + 1)];
    }

    /// <summary>A server that lets one address do all this.</summary>
    public sealed class OpenServer : IAsyncLifetime
    {
        public RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(new Sqlite(), new()
        {
            ["PARLEY_RELAY_MISSES_PER_ADDRESS"] = "0",
            ["PARLEY_RELAY_SOCKETS_PER_ADDRESS"] = "0",
            ["PARLEY_RELAY_ROOMS_PER_ADDRESS"] = "0",
        });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
