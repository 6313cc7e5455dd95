using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>A session goes from one machine to another through a server's relay.</summary>
public sealed class RelayedHandoverTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Pair _pair = new();

    [Fact]
    public async Task A_session_goes_through_the_relay()
    {
        Written session = _pair.New().Title("From afar").Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id, "--relay", server.Address);
        string room = sender.Ready.GetProperty("room").GetString()!;
        Assert.Equal($"parley receive --relay {server.Address} --room {room}", sender.Ready.GetProperty("command").GetString());
        JsonElement report = JsonDocument.Parse((await ReceiveAsync(room, "--all", "--json")).Succeeded()).RootElement;
        Assert.Equal(session.Id, report.GetProperty("installed")[0].GetProperty("sessionId").GetString());
        Assert.Equal("From afar", Assert.Single(await _pair.ReceivedAsync()).GetProperty("title").GetString());
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_relay_is_the_configured_server_where_none_is_named()
    {
        _pair.Sender.Environment["SHARE_SERVER_URL"] = _pair.Receiver.Environment["SHARE_SERVER_URL"] = server.Address;
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, "--relay", _pair.New().Prompt("x").Answer("y").Save().Id);
        Assert.Equal(server.Address, sender.Ready.GetProperty("relay").GetString());
        (await _pair.Receiver.RunAsync("receive", "--relay", "--room", sender.Ready.GetProperty("room").GetString()!.ToLowerInvariant(), "--all")).Succeeded();
    }

    [Fact]
    public async Task Several_receivers_come_to_one_room()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id, "--relay", server.Address, "--keep-open", "5");
        string room = sender.Ready.GetProperty("room").GetString()!;
        (await ReceiveAsync(room, "--list")).Succeeded();
        (await ReceiveAsync(room, "--all")).Succeeded();
        Assert.Equal(130, (await sender.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task A_wrong_passphrase_through_the_relay_is_told_to_both_sides()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id, "--relay", server.Address);
        string room = sender.Ready.GetProperty("room").GetString()!;
        _pair.Receiver.Environment["PARLEY_PASSPHRASE"] = "not the one";
        Result result = await ReceiveAsync(room, "--all");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Wrong passphrase", result.Error);
        Assert.Equal("relay", (await sender.UntilAsync("wrongPassphrase")).GetProperty("from").GetString());
        _pair.Receiver.Environment["PARLEY_PASSPHRASE"] = _pair.Passphrase;
        (await ReceiveAsync(room, "--all")).Succeeded();
    }

    [Fact]
    public async Task A_room_that_is_not_there_says_what_to_do()
    {
        Result result = await ReceiveAsync("ZZZZZZ", "--all");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("there is no room with this code", result.Error);
    }

    public void Dispose() => _pair.Dispose();

    private Task<Result> ReceiveAsync(string room, params string[] arguments) =>
        _pair.Receiver.RunAsync(["receive", "--relay", server.Address, "--room", room, .. arguments]);
}
