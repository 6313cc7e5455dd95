using System.Diagnostics;
using System.Runtime.InteropServices;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Transfers;
using Xunit;

namespace Parley.EndToEnd.Tests.Networks;

/// <summary>Discovery understands Avahi, and Avahi understands it. The receiver's machine has an Avahi, which shares the port with the command.</summary>
public sealed class AvahiTests : IAsyncLifetime
{
    private readonly Pair _pair = new();
    private TwoMachines _machines = null!;
    private string _session = "";

    public async ValueTask InitializeAsync()
    {
        _machines = await TwoMachines.StartAsync();
        await _machines.Second.StartAvahiAsync();
        (_pair.Sender.Machine, _pair.Receiver.Machine) = (_machines.First, _machines.Second);
        _session = _pair.New().Title("The tide tables").Prompt("x").Answer("y").Save().Id;
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Avahi_sees_a_sender_come_and_go(PosixSignal signal)
    {
        using var browse = new AvahiBrowse(_machines.Second);
        using SendProcess sender = await SendAsync();
        string service = sender.Ready.GetProperty("service").GetString()!, port = sender.Ready.GetProperty("port").GetRawText();

        string[] found = await browse.SeesAsync("=", service, "IPv4");
        Assert.StartsWith("claude-sessions-", service);
        Assert.Equal([TwoMachines.FirstAddress, port, "\"v=1\""], found[7..10]);
        // The host's name tells nothing either.
        Assert.Matches("^parley-[a-z]{12}\\.local$", found[6]);

        await sender.StopAsync(signal);
        await browse.SeesAsync("-", service, "IPv4");
        await browse.SeesAsync("-", service, "IPv6");
    }

    [Fact]
    public async Task Avahi_sees_a_sender_go_that_has_done_its_work()
    {
        using var browse = new AvahiBrowse(_machines.Second);
        using SendProcess sender = await SendAsync();
        string service = sender.Ready.GetProperty("service").GetString()!;
        await browse.SeesAsync("+", service, "IPv4");

        (await _pair.Receiver.RunAsync("receive", "--all")).Succeeded();

        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
        await browse.SeesAsync("-", service, "IPv4");
    }

    [Fact]
    public async Task A_sender_is_found_by_what_Avahi_publishes()
    {
        using SendProcess sender = await SendAsync();
        await _machines.First.StartAvahiAsync();
        using Process publish = await PublishAsync(_machines.First, "dots. spaces & ümläuts", sender.Ready.GetProperty("port").GetRawText());

        Result received = await _pair.Receiver.RunAsync("receive", "--to", "dots. spaces & ümläuts", "--list", "--json");

        Assert.Contains("The tide tables", received.Succeeded());
    }

    [Fact]
    public async Task Avahi_gives_way_to_a_name_that_a_sender_has()
    {
        using SendProcess sender = await SendAsync();
        string service = sender.Ready.GetProperty("service").GetString()!;

        using Process publish = _machines.Second.Start("avahi-publish", "-s", service, "_claude-sessions._tcp", "1", "v=1");

        Assert.Contains("collision", await publish.StandardError.ReadLineAsync() ?? "");
        publish.Kill();
    }

    [Fact]
    public async Task A_sender_gives_way_to_a_name_that_Avahi_has_on_a_link_that_comes_later()
    {
        await _machines.First.RunAsync("ip", "address", "flush", "dev", "eth0");
        using SendProcess sender = await SendAsync();
        string service = sender.Ready.GetProperty("service").GetString()!;
        using Process publish = await PublishAsync(_machines.Second, service, "1");
        using var browse = new AvahiBrowse(_machines.Second);

        await _machines.First.AddAddressAsync($"{TwoMachines.FirstAddress}/24");

        Assert.Equal(TwoMachines.FirstAddress, (await browse.SeesAsync("=", service + "-2", "IPv4"))[7]);
        publish.Kill();
    }

    [Fact]
    public async Task A_new_address_is_announced_and_an_old_one_forgotten()
    {
        using SendProcess sender = await SendAsync();
        string service = sender.Ready.GetProperty("service").GetString()!;
        using var browse = new AvahiBrowse(_machines.Second);
        Assert.Equal(TwoMachines.FirstAddress, (await browse.SeesAsync("=", service, "IPv4"))[7]);

        await _machines.First.RunAsync("ip", "address", "delete", $"{TwoMachines.FirstAddress}/24", "dev", "eth0");
        await _machines.First.AddAddressAsync("10.21.5.77/24");

        await Eventually.TrueAsync(async () =>
            (await _machines.Second.RunAsync("avahi-browse", "--resolve", "--parsable", "--terminate", "_claude-sessions._tcp")).Contains("10.21.5.77", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _machines.DisposeAsync();
        _pair.Dispose();
    }

    private Task<SendProcess> SendAsync() => SendProcess.StartAsync(_pair.Sender, _session, "--bind", "::");

    private static async Task<Process> PublishAsync(Machine machine, string name, string port)
    {
        Process publish = machine.Start("avahi-publish", "-s", name, "_claude-sessions._tcp", port, "v=1");
        Assert.Contains("Established", await publish.StandardError.ReadLineAsync() ?? "");
        return publish;
    }
}
