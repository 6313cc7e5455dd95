using System.Net;
using System.Text.RegularExpressions;
using Parley.Core.Transfer;
using Parley.Server.Relay;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Relay;

/// <summary>Each limit of the relay by its name, and what whoever reaches it hears.</summary>
public sealed class RelayLimitTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task One_address_has_so_many_rooms()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_ROOMS_PER_ADDRESS", "1");
        await using RelayClient first = (await RelayClient.CreateAsync(server, "203.0.113.1")).Sender;

        await (await AskForRoomAsync(server, "203.0.113.1")).SentAwayAsync("TOO_MANY");
        await (await RelayClient.CreateAsync(server, "203.0.113.2")).Sender.DisposeAsync();
        await (await RelayClient.CreateAsync(server, "2001:db8:1:1::1")).Sender.DisposeAsync();
        await (await AskForRoomAsync(server, "2001:db8:1:1:ffff::2")).SentAwayAsync("TOO_MANY");
    }

    [Fact]
    public async Task All_have_so_many_rooms()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_ROOMS", "2");
        await using RelayClient first = (await RelayClient.CreateAsync(server, "203.0.113.1")).Sender;
        await using RelayClient second = (await RelayClient.CreateAsync(server, "203.0.113.2")).Sender;

        await (await AskForRoomAsync(server, "203.0.113.3")).SentAwayAsync("TOO_MANY");
    }

    [Fact]
    public async Task A_room_that_nobody_is_in_counts_until_it_is_given_up()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_ROOMS", "1");
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(server);
        await maker.DisposeAsync();
        await SocketsAsync(server, 0);
        await (await AskForRoomAsync(server)).SentAwayAsync("TOO_MANY");
        RelayClient back = await ReturnAsync(server, room);
        await back.HearAsync(RelayMessage.RoomCreated);
        await back.DisposeAsync();
        await SocketsAsync(server, 0);

        server.Clock.Advance(RelayOptions.EmptyRoom);

        await (await ReturnAsync(server, room)).SentAwayAsync("NO_ROOM");
        await (await RelayClient.CreateAsync(server)).Sender.DisposeAsync();
    }

    [Fact]
    public async Task A_room_has_so_many_places()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_PLACES_PER_ROOM", "2");
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(server);
        await using RelayClient second = await ReturnAsync(server, room);
        await second.HearAsync(RelayMessage.RoomCreated);

        await (await ReturnAsync(server, room)).SentAwayAsync("TOO_MANY");
        await maker.DisposeAsync();
    }

    [Theory]
    [InlineData("PARLEY_RELAY_SOCKETS_PER_ADDRESS", "203.0.113.1", HttpStatusCode.TooManyRequests)]
    [InlineData("PARLEY_RELAY_SOCKETS", "203.0.113.2", HttpStatusCode.TooManyRequests)]
    public async Task There_are_so_many_sockets(string name, string from, HttpStatusCode refused)
    {
        await using RunningServer server = await StartAsync(name, "2");
        await using RelayClient one = await RelayClient.ConnectAsync(server, "203.0.113.1"), two = await RelayClient.ConnectAsync(server, "203.0.113.1");

        Assert.Equal(refused, await RelayClient.RefusalAsync(server, ("X-Forwarded-For", from)));

        await one.DisposeAsync();
        await SocketsAsync(server, 1);
        await (await RelayClient.CreateAsync(server, from)).Sender.DisposeAsync();
    }

    [Fact]
    public async Task Opening_sockets_counts_as_requests()
    {
        await using RunningServer server = await StartAsync("PARLEY_REQUESTS_PER_ADDRESS", "1");
        await using RelayClient one = await RelayClient.ConnectAsync(server, "203.0.113.1");

        Assert.Equal(HttpStatusCode.TooManyRequests, await RelayClient.RefusalAsync(server, ("X-Forwarded-For", "203.0.113.1")));
    }

    [Fact]
    public async Task Whoever_tries_codes_soon_waits_for_right_ones_as_well()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_MISSES_PER_ADDRESS", "3");
        (RelayClient maker, RelayMessage room) = await RelayClient.CreateAsync(server, "203.0.113.1");
        foreach (string code in (string[])["222222", "nonsense", ""])
            await (await RelayClient.AskToJoinAsync(server, code, "203.0.113.9")).SentAwayAsync("NO_ROOM");

        await (await RelayClient.AskToJoinAsync(server, "333333", "203.0.113.9")).SentAwayAsync("TOO_MANY");
        await (await RelayClient.AskToJoinAsync(server, room.Room!, "203.0.113.9")).SentAwayAsync("TOO_MANY");
        await (await ReturnAsync(server, room, "203.0.113.9")).SentAwayAsync("TOO_MANY");

        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await (await RelayClient.JoinAsync(server, room.Room!, "203.0.113.9")).DisposeAsync();
        await maker.DisposeAsync();
    }

    [Fact]
    public async Task Unknown_ended_and_burnt_rooms_have_one_answer()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_MISSES_PER_ADDRESS", "0");
        (RelayClient burnt, RelayClient guesser, RelayMessage burntRoom) = await RelayClient.PairAsync(server);
        for (int i = 0; i < RelayOptions.WrongGuesses; i++)
            await burnt.SayAsync("""{"type":"WRONG_GUESS"}""");
        await burnt.SendAsync([1]);
        await guesser.BytesAsync(1);
        (RelayClient ended, RelayMessage endedRoom) = await RelayClient.CreateAsync(server);
        await ended.DisposeAsync();
        await SocketsAsync(server, 2);
        server.Clock.Advance(RelayOptions.EmptyRoom);

        string[] answers = new string[3];
        foreach ((int i, string code) in ((string[])["222222", burntRoom.Room!, endedRoom.Room!]).Index())
        {
            await using RelayClient joiner = await RelayClient.AskToJoinAsync(server, code);
            answers[i] = (await joiner.HearAsync(RelayMessage.Error)) is { Code: "NO_ROOM" } error ? error.Message! : "";
        }

        Assert.Single(answers.Distinct());
        Assert.NotEmpty(answers[0]);
    }

    [Fact]
    public async Task So_much_passes_through_a_room_in_both_directions_together()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_BYTES_PER_ROOM", "1000");
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(server);
        await sender.SendAsync(new byte[600]);
        await receiver.BytesAsync(600);
        await receiver.SendAsync(new byte[400]);
        await sender.BytesAsync(400);

        await receiver.SendAsync([1]);

        await sender.SentAwayAsync("TOO_MUCH");
        await receiver.SentAwayAsync("TOO_MUCH");
    }

    [Fact]
    public async Task Two_between_whom_nothing_passes_are_parted()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_IDLE_MINUTES", "10");
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(server);
        (RelayClient waiting, RelayMessage room) = await RelayClient.CreateAsync(server);
        server.Clock.Advance(TimeSpan.FromMinutes(10) - Moment);
        await receiver.SendAsync([1]);
        await sender.BytesAsync(1);
        server.Clock.Advance(TimeSpan.FromMinutes(10) - Moment);
        await sender.SendAsync([]);
        await sender.SendAsync([2]);
        await receiver.BytesAsync(1);

        server.Clock.Advance(TimeSpan.FromMinutes(10));

        await sender.SentAwayAsync("IDLE");
        await receiver.SentAwayAsync("IDLE");
        await (await RelayClient.JoinAsync(server, room.Room!)).DisposeAsync();
        await waiting.DisposeAsync();
    }

    [Fact]
    public async Task Empty_frames_don_t_count_as_passing()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_IDLE_MINUTES", "10");
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(server);
        server.Clock.Advance(TimeSpan.FromMinutes(6));
        await sender.SendAsync([]);
        await sender.SayAsync("""{"type":"WRONG_GUESS"}""");

        server.Clock.Advance(TimeSpan.FromMinutes(4));

        await receiver.SentAwayAsync("IDLE");
    }

    [Fact]
    public async Task A_room_ends_after_its_time_whatever_happens_in_it()
    {
        await using RunningServer server = await StartAsync("PARLEY_RELAY_ROOM_MINUTES", "60");
        (RelayClient sender, RelayClient receiver, RelayMessage room) = await RelayClient.PairAsync(server);
        await using RelayClient waiting = await ReturnAsync(server, room);
        await waiting.HearAsync(RelayMessage.RoomCreated);
        for (int i = 0; i < 3; i++)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(15));
            await sender.SendAsync([1]);
            await receiver.BytesAsync(1);
        }

        server.Clock.Advance(TimeSpan.FromMinutes(15));

        foreach (RelayClient client in (RelayClient[])[sender, receiver, waiting])
            await client.SentAwayAsync("ROOM_OVER");
        await (await RelayClient.AskToJoinAsync(server, room.Room!)).SentAwayAsync("NO_ROOM");
    }

    [Fact]
    public async Task A_socket_that_does_not_say_what_it_wants_is_sent_away()
    {
        await using RunningServer server = await StartAsync();
        await using RelayClient silent = await RelayClient.ConnectAsync(server), slow = await RelayClient.ConnectAsync(server);
        await slow.SendAsync("{\"type\":\"CREATE"u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text, isWhole: false);
        (RelayClient waiting, RelayMessage room) = await RelayClient.CreateAsync(server);
        await SocketsAsync(server, 3);

        server.Clock.Advance(RelayOptions.FirstMessage);

        await silent.SentAwayAsync("TOO_SLOW");
        await slow.SentAwayAsync("TOO_SLOW");
        await (await RelayClient.JoinAsync(server, room.Room!)).DisposeAsync();
        await waiting.DisposeAsync();
    }

    [Fact]
    public async Task Who_does_not_read_its_last_words_is_given_up()
    {
        await using RunningServer server = await StartAsync();
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(server);
        await sender.DisposeAsync();
        await SocketsAsync(server, 1);

        await Eventually.TrueAsync(async () =>
        {
            // Its last words may not have been said yet when the clock moves first.
            server.Clock.Advance(RelayOptions.Farewell);
            return await SocketsNowAsync(server) == 0;
        });
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_stalled_reader_stalls_its_writer_and_loses_nothing()
    {
        const int PieceBytes = 1 << 20, Pieces = 100;
        await using RunningServer server = await StartAsync();
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(server);
        int sent = 0;
        Task sending = Task.Run(async () =>
        {
            for (; sent < Pieces; sent++)
                await sender.SendAsync([.. Enumerable.Repeat((byte)sent, PieceBytes)]);
        });
        int before = -1, calm = 0;
        await Eventually.TrueAsync(() =>
        {
            (calm, before) = (before == sent ? calm + 1 : 0, sent);
            return Task.FromResult(calm == 40);
        });

        // What the kernel holds of two connections, and a piece in the relay.
        Assert.InRange(sent, 1, 40);
        for (int i = 0; i < Pieces; i++)
            Assert.All((await receiver.BytesAsync(PieceBytes)).Chunk(4096), chunk => Assert.Equal((byte)i, chunk[0]));
        await sending;
    }

    [Fact]
    public async Task The_metrics_count_and_name_nobody()
    {
        await using RunningServer server = await StartAsync();
        (RelayClient sender, RelayClient receiver, RelayMessage room) = await RelayClient.PairAsync(server);
        await sender.SendAsync(new byte[1234]);
        await receiver.BytesAsync(1234);
        await (await RelayClient.AskToJoinAsync(server, "222222")).SentAwayAsync("NO_ROOM");
        await SocketsAsync(server, 2);

        string metrics = await server.Anyone.GetStringAsync("/metrics");

        Assert.All(
            ["relay_rooms 1", "relay_rooms_total 1", "relay_joins_total 1", "relay_bytes_total 1234", "relay_refusals_total{code=\"NO_ROOM\"} 1"],
            line => Assert.Contains($"parley_{line}\n", metrics, StringComparison.Ordinal));
        Assert.DoesNotContain(room.Room!, metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(room.Ticket!, metrics, StringComparison.Ordinal);
    }

    private static Task<RunningServer> StartAsync(string name = "PARLEY_RELAY", string value = "on") =>
        RunningServer.StartAsync(new Sqlite(), new() { ["PARLEY_TRUST_PROXY"] = "127.0.0.1", [name] = value });

    private static async Task<RelayClient> AskForRoomAsync(RunningServer server, string? from = null)
    {
        RelayClient maker = await RelayClient.ConnectAsync(server, from);
        await maker.SayAsync("""{"type":"CREATE_ROOM"}""");
        return maker;
    }

    private static async Task<RelayClient> ReturnAsync(RunningServer server, RelayMessage room, string? from = null)
    {
        RelayClient maker = await RelayClient.ConnectAsync(server, from);
        await maker.SayAsync($$"""{"type":"CREATE_ROOM","room":"{{room.Room}}","ticket":"{{room.Ticket}}"}""");
        return maker;
    }

    /// <summary>Waits until the relay has so many sockets.</summary>
    private static Task SocketsAsync(RunningServer server, int count) => Eventually.TrueAsync(async () => await SocketsNowAsync(server) == count);

    private static async Task<int> SocketsNowAsync(RunningServer server) =>
        int.Parse(Regex.Match(await server.Anyone.GetStringAsync("/metrics"), @"\nparley_relay_sockets (\d+)").Groups[1].ValueSpan);
}
