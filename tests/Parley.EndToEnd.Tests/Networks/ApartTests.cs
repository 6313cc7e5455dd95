using System.Diagnostics;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Transfers;
using Xunit;

namespace Parley.EndToEnd.Tests.Networks;

/// <summary>The sender and the receiver are on networks of their own, which multicast does not leave; a third machine is on both.</summary>
public sealed class ApartTests : IAsyncLifetime
{
    private const string SenderAddress = "10.21.6.1", ReceiverAddress = "10.21.7.1", BetweenForSender = "10.21.6.254", BetweenForReceiver = "10.21.7.254";

    private readonly Pair _pair = new();
    private readonly Home _server = new();
    private readonly List<Machine> _machines = [];

    private Machine Between => _machines[2];

    public async ValueTask InitializeAsync()
    {
        for (int i = 0; i < 3; i++)
            _machines.Add(await Machine.StartAsync());
        (_pair.Sender.Machine, _pair.Receiver.Machine, _server.Machine) = (_machines[0], _machines[1], _machines[2]);
        await JoinAsync(_machines[0], "eth0", SenderAddress, BetweenForSender);
        await JoinAsync(_machines[1], "eth1", ReceiverAddress, BetweenForReceiver);
    }

    [Fact]
    public async Task With_its_address_a_sender_is_reached_where_it_is_not_found()
    {
        await Between.RunAsync("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, NewSession(), "--bind", "0.0.0.0");
        string address = $"{SenderAddress}:{sender.Ready.GetProperty("port").GetInt32()}";
        Assert.Contains(address, sender.Ready.GetProperty("addresses").EnumerateArray().Select(text => text.GetString()));

        (await _pair.Receiver.RunAsync("receive", "--to", address, "--all")).Succeeded();

        Assert.Single(await _pair.ReceivedAsync());
        Assert.Equal(ReceiverAddress, (await sender.UntilAsync("connected")).GetProperty("from").GetString());
    }

    [Fact]
    public async Task A_sender_on_both_networks_has_on_each_the_address_of_that_network()
    {
        _pair.Sender.Machine = Between;
        await _machines[0].StartAvahiAsync();
        using var browse = new AvahiBrowse(_machines[0]);
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, NewSession(), "--bind", "::");

        Assert.Equal(BetweenForSender, (await browse.SeesAsync("=", sender.Ready.GetProperty("service").GetString()!, "IPv4"))[7]);
        (await _pair.Receiver.RunAsync("receive", "--all")).Succeeded();

        Assert.Equal(ReceiverAddress, (await sender.UntilAsync("connected")).GetProperty("from").GetString());
    }

    [Fact]
    public async Task Without_any_way_to_each_other_they_meet_at_a_relay()
    {
        using Process server = await ServeAsync();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, NewSession(), "--relay", $"http://{BetweenForSender}:3000");
        string room = sender.Ready.GetProperty("room").GetString()!;

        (await _pair.Receiver.RunAsync("receive", "--relay", $"http://{BetweenForReceiver}:3000", "--room", room, "--all")).Succeeded();

        Assert.Single(await _pair.ReceivedAsync());
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task An_address_that_nothing_leads_to_is_told_with_the_way_over_a_relay()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, NewSession(), "--bind", "0.0.0.0");

        Result result = await _pair.Receiver.RunAsync("receive", "--to", $"{SenderAddress}:{sender.Ready.GetProperty("port").GetInt32()}", "--all");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("--relay", result.Error);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Machine machine in _machines)
            await machine.DisposeAsync();
        _pair.Dispose();
        _server.Dispose();
    }

    private async Task JoinAsync(Machine machine, string cable, string address, string between)
    {
        await Machine.ConnectAsync(machine, Between, cable);
        await machine.AddAddressAsync($"{address}/24", cable);
        await Between.AddAddressAsync($"{between}/24", cable);
        await machine.RunAsync("ip", "route", "add", "default", "via", between);
    }

    private string NewSession() => _pair.New().Title("From afar").Prompt("x").Answer("y").Save().Id;

    private async Task<Process> ServeAsync()
    {
        _server.Environment["PARLEY_BIND"] = "0.0.0.0";
        Process server = _server.Start("serve", "--port", "3000");
        _ = server.StandardError.ReadToEndAsync();
        Assert.NotNull(await server.StandardOutput.ReadLineAsync());
        return server;
    }
}
