using System.Text.Json;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Transfers;
using Xunit;

namespace Parley.EndToEnd.Tests.Networks;

/// <summary>A session goes from one machine to another on the same network, without anybody naming an address.</summary>
public sealed class NetworkTests : IAsyncDisposable
{
    private readonly Pair _pair = new();
    private TwoMachines? _machines;

    [Theory]
    [InlineData(true, TwoMachines.SecondAddress)]
    [InlineData(false, "fe80::")]
    public async Task A_session_is_found_and_taken_over(bool hasIPv4, string from)
    {
        Use(hasIPv4 ? await TwoMachines.StartAsync() : await TwoMachines.StartIPv6OnlyAsync());
        Written session = _pair.New().Title("The tide tables").Prompt("When is high water?").Answer("At six.").Save();
        using SendProcess sender = await SendAsync(session);

        JsonElement report = JsonDocument.Parse((await ReceiveAsync("--all", "--json")).Succeeded()).RootElement;

        Assert.Equal(session.Id, report.GetProperty("installed")[0].GetProperty("sessionId").GetString());
        Assert.Equal("The tide tables", Assert.Single(await _pair.ReceivedAsync()).GetProperty("title").GetString());
        Assert.StartsWith(from, (await sender.UntilAsync("connected")).GetProperty("from").GetString());
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_sender_may_be_on_the_same_machine()
    {
        Use(await TwoMachines.StartAsync());
        _pair.Receiver.Machine = _pair.Sender.Machine;
        using SendProcess sender = await SendAsync(_pair.New().Prompt("x").Answer("y").Save());

        (await ReceiveAsync("--all")).Succeeded();

        Assert.Single(await _pair.ReceivedAsync());
    }

    [Fact]
    public async Task Of_several_senders_one_is_taken_by_its_name()
    {
        Use(await TwoMachines.StartAsync());
        using SendProcess first = await SendAsync(_pair.New().Title("The first").Prompt("x").Answer("y").Save());
        using SendProcess second = await SendAsync(_pair.New().Title("The second").Prompt("x").Answer("y").Save());
        string[] names = [Service(first), Service(second)];

        Result asked = await ReceiveAsync("--all", "--json");

        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("2 senders were found", asked.Error);
        Assert.All(names, name => Assert.Contains(name, asked.Error));
        Assert.Contains("The second", (await ReceiveAsync("--to", names[1], "--list", "--json")).Succeeded());
    }

    [Fact]
    public async Task A_sender_that_has_ended_is_not_found()
    {
        Use(await TwoMachines.StartAsync());
        using SendProcess first = await SendAsync(_pair.New().Title("The first").Prompt("x").Answer("y").Save());
        using SendProcess second = await SendAsync(_pair.New().Title("The second").Prompt("x").Answer("y").Save());
        await first.StopAsync();

        Assert.Contains("The second", (await ReceiveAsync("--list", "--json")).Succeeded());
    }

    [Fact]
    public async Task A_receiver_that_waits_finds_a_sender_whose_cable_is_plugged_in()
    {
        Use(await TwoMachines.StartAsync());
        await _pair.Sender.Machine!.RunAsync("ip", "link", "set", "eth0", "down");
        using SendProcess sender = await SendAsync(_pair.New().Title("The tide tables").Prompt("x").Answer("y").Save());
        Task<Result> receiving = ReceiveAsync("--list", "--json");
        await Eventually.TrueAsync(() => Task.FromResult(Listens(_pair.Receiver.Machine!)));

        await _pair.Sender.Machine.RunAsync("ip", "link", "set", "eth0", "up");

        Assert.Contains("The tide tables", (await receiving).Succeeded());
    }

    [Fact]
    public async Task Where_nobody_is_found_other_ways_are_named()
    {
        Use(await TwoMachines.StartAsync());

        Result result = await _pair.Receiver.AnswerOnTerminalAsync("Nobody yet", "\u0003", "receive");

        Assert.Equal(130, result.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (_machines is not null)
            await _machines.DisposeAsync();
        _pair.Dispose();
    }

    private void Use(TwoMachines machines) =>
        (_machines, _pair.Sender.Machine, _pair.Receiver.Machine) = (machines, machines.First, machines.Second);

    private Task<SendProcess> SendAsync(Written session) => SendProcess.StartAsync(_pair.Sender, session.Id, "--bind", "::");

    private Task<Result> ReceiveAsync(params string[] arguments) => _pair.Receiver.RunAsync(["receive", .. arguments]);

    private static string Service(SendProcess sender) => sender.Ready.GetProperty("service").GetString()!;

    // Whether something has the port of multicast DNS, 5353, on a machine.
    private static bool Listens(Machine machine) => File.ReadAllText($"/proc/{machine.ProcessId}/net/udp").Contains(":14E9 ", StringComparison.Ordinal);
}
