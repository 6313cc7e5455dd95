using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Parley.Core.Transfer;
using Parley.Server.Relay;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Relay;

/// <summary>What the relay's messages do, through real sockets.</summary>
public sealed class RelayTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task What_either_side_sends_reaches_the_other()
    {
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        byte[] there = RandomNumberGenerator.GetBytes(3_000_000), back = RandomNumberGenerator.GetBytes(70_000);

        Task sent = sender.SendAsync(there);
        Assert.Equal(there, await receiver.BytesAsync(there.Length));
        await sent;
        await receiver.SendAsync(back);
        Assert.Equal(back, await sender.BytesAsync(back.Length));
    }

    [Fact]
    public async Task A_code_is_six_characters_that_are_not_taken_for_others_in_either_case()
    {
        (RelayClient sender, RelayMessage room) = await RelayClient.CreateAsync(Server);

        Assert.Matches("^[2-9A-HJKMNP-TV-Z]{6}$", room.Room);
        await using RelayClient receiver = await RelayClient.AskToJoinAsync(Server, room.Room!.ToLowerInvariant());
        Assert.Equal(room.Room, (await receiver.HearAsync(RelayMessage.RoomJoined)).Room);
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task Who_leaves_is_missed_by_its_peer_behind_all_that_it_sent()
    {
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        await sender.SendAsync(new byte[500_000]);
        await sender.DisposeAsync();

        Assert.Equal(500_000, (await receiver.BytesAsync(500_000)).Length);
        await receiver.LeftAloneAsync();
    }

    [Fact]
    public async Task Who_vanishes_is_missed_as_well()
    {
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        receiver.Socket.Abort();

        await sender.LeftAloneAsync();
    }

    [Fact]
    public async Task A_room_serves_as_many_receivers_as_its_maker_has_places_in_it()
    {
        (RelayClient first, RelayClient one, RelayMessage room) = await RelayClient.PairAsync(Server);
        await (await RelayClient.AskToJoinAsync(Server, room.Room!)).SentAwayAsync("ROOM_FULL");

        await using RelayClient second = await RelayClient.ConnectAsync(Server);
        await second.SayAsync($$"""{"type":"CREATE_ROOM","room":"{{room.Room}}","ticket":"{{room.Ticket}}"}""");
        Assert.Equal(room, await second.HearAsync(RelayMessage.RoomCreated));
        await using RelayClient two = await RelayClient.JoinAsync(Server, room.Room!);
        await second.HearAsync(RelayMessage.PeerJoined);

        await first.SendAsync([1]);
        await second.SendAsync([2]);
        Assert.Equal([1], await one.BytesAsync(1));
        Assert.Equal([2], await two.BytesAsync(1));
    }

    [Fact]
    public async Task Nobody_takes_a_place_of_the_maker_without_the_ticket()
    {
        (RelayClient sender, RelayMessage room) = await RelayClient.CreateAsync(Server);
        foreach (string ticket in (string[])["", "\"ticket\":\"\",", "\"ticket\":null,", $"\"ticket\":\"{room.Ticket![1..]}\",", $"\"ticket\":\"{new string('0', 32)}\","])
        {
            await using RelayClient thief = await RelayClient.ConnectAsync(Server);
            await thief.SayAsync($$"""{"type":"CREATE_ROOM",{{ticket}}"room":"{{room.Room}}"}""");
            await thief.SentAwayAsync("NO_ROOM");
        }
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task A_room_burns_after_five_wrong_guesses_and_lets_nobody_join_any_more()
    {
        (RelayClient waiting, RelayMessage room) = await RelayClient.CreateAsync(Server);
        for (int guess = 1; guess <= RelayOptions.WrongGuesses; guess++)
        {
            await using RelayClient guesser = await RelayClient.JoinAsync(Server, room.Room!);
            await waiting.HearAsync(RelayMessage.PeerJoined);
            RelayClient next = await RelayClient.ConnectAsync(Server);
            await next.SayAsync($$"""{"type":"CREATE_ROOM","room":"{{room.Room}}","ticket":"{{room.Ticket}}"}""");
            await next.HearAsync(RelayMessage.RoomCreated);
            await waiting.SayAsync("""{"type":"WRONG_GUESS"}""");
            await waiting.DisposeAsync();
            await guesser.LeftAloneAsync();
            waiting = next;
        }

        await waiting.SentAwayAsync("ROOM_BURNT");
        await using RelayClient maker = await RelayClient.ConnectAsync(Server);
        await maker.SayAsync($$"""{"type":"CREATE_ROOM","room":"{{room.Room}}","ticket":"{{room.Ticket}}"}""");
        await maker.SentAwayAsync("ROOM_BURNT");
        await (await RelayClient.AskToJoinAsync(Server, room.Room!)).SentAwayAsync("NO_ROOM");
    }

    [Fact]
    public async Task A_wrong_guess_counts_when_the_guesser_has_gone_before_it_is_reported()
    {
        (RelayClient sender, RelayMessage room) = await RelayClient.CreateAsync(Server);
        for (int guess = 1; guess <= RelayOptions.WrongGuesses; guess++)
        {
            (await RelayClient.JoinAsync(Server, room.Room!)).Socket.Abort();
            await sender.HearAsync(RelayMessage.PeerJoined);
            await sender.HearAsync(RelayMessage.PeerDisconnected);
            await sender.SayAsync("""{"type":"WRONG_GUESS"}""");
            await sender.ClosedAsync();
            sender = await RelayClient.ConnectAsync(Server);
            await sender.SayAsync($$"""{"type":"CREATE_ROOM","room":"{{room.Room}}","ticket":"{{room.Ticket}}"}""");
            if (guess < RelayOptions.WrongGuesses)
                await sender.HearAsync(RelayMessage.RoomCreated);
        }

        await sender.SentAwayAsync("ROOM_BURNT");
    }

    [Fact]
    public async Task A_wrong_guess_ends_no_transfer_that_goes_on()
    {
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        for (int guess = 1; guess <= RelayOptions.WrongGuesses; guess++)
            await sender.SayAsync("""{"type":"WRONG_GUESS"}""");

        await sender.SendAsync([1, 2, 3]);

        Assert.Equal([1, 2, 3], await receiver.BytesAsync(3));
    }

    [Fact]
    public async Task Only_the_maker_reports_wrong_guesses()
    {
        (_, RelayClient receiver, _) = await RelayClient.PairAsync(Server);
        await receiver.SayAsync("""{"type":"WRONG_GUESS"}""");

        await receiver.SentAwayAsync("BAD_MESSAGE");
    }

    [Fact]
    public async Task The_server_takes_its_leave_of_rooms_when_it_ends()
    {
        RunningServer server = await RunningServer.StartAsync(new Sqlite());
        (RelayClient sender, RelayClient receiver, _) = await RelayClient.PairAsync(server);
        (RelayClient waiting, _) = await RelayClient.CreateAsync(server);

        Task stopped = server.DisposeAsync().AsTask();

        foreach (RelayClient client in (RelayClient[])[sender, receiver, waiting])
            await client.SentAwayAsync("SERVER_STOPS", WebSocketCloseStatus.EndpointUnavailable);
        await stopped;
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    public async Task A_page_of_another_site_gets_no_socket(string origin) =>
        Assert.Equal(HttpStatusCode.Forbidden, await RelayClient.RefusalAsync(Server, ("Origin", origin)));

    [Fact]
    public async Task A_relay_that_is_turned_off_says_so()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), new() { ["PARLEY_RELAY"] = "off" });

        using HttpResponseMessage answer = await server.Anyone.GetAsync("/relay");

        Assert.Contains("turned off", await answer.ProblemAsync(403), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await RelayClient.RefusalAsync(server));
    }

    [Fact]
    public async Task A_request_that_is_no_socket_is_told_so()
    {
        using HttpResponseMessage answer = await Server.Anyone.GetAsync("/relay");

        await answer.ProblemAsync(426);
        Assert.Equal("websocket", answer.Headers.Upgrade.ToString());
    }
}
