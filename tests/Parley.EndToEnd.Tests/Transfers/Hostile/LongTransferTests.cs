using System.Diagnostics;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>A transfer that takes a while, broken off by killing what can't be caught in a short one: the installation, and a real server.</summary>
public sealed class LongTransferTests : IDisposable
{
    private readonly Pair _pair = new();
    private readonly LongSession _session;

    public LongTransferTests() => _session = new LongSession(_pair, prompts: 1500);

    [Fact]
    public async Task A_receiver_that_is_killed_while_it_installs_leaves_no_session_and_installs_it_later()
    {
        using (SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _session.Id))
        {
            using Process receiver = _pair.Receiver.Start("receive", "--to", sender.Address, "--all", "--json");
            await UntilAsync(() => Directory.GetDirectories(_pair.Receiver.Sessions, ".parley-*").Length > 0, receiver);
            receiver.Kill();
            await Home.EndAsync(receiver);
            Assert.Equal(0, (await sender.EndAsync()).ExitCode);
        }

        Assert.Empty(Directory.GetFiles(_pair.Receiver.Sessions, "*.jsonl", SearchOption.AllDirectories));
        Assert.Empty(await _pair.ReceivedAsync());
        await ReceiveWholeAsync();
    }

    [Fact]
    public async Task A_server_that_is_killed_as_a_relay_is_told_by_both_sides_and_the_next_transfer_goes_on()
    {
        using var host = new Home();
        using var server = new FragileServer(host);
        await server.StartAsync();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _session.Id, "--relay", server.Address);
        using Process receiver = _pair.Receiver.Start("receive", "--relay", server.Address, "--room", sender.Ready.GetProperty("room").GetString()!, "--all", "--json");
        await UntilAsync(() => ReceivedBytes() > 1 << 20, receiver);
        server.Kill();

        Result received = await Home.EndAsync(receiver);
        Assert.Equal(1, received.ExitCode);
        Assert.Empty(JsonElement.Parse(received.Out).GetProperty("installed").EnumerateArray());
        Assert.Contains("The connection ended before the transfer did", received.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_pair.Receiver.Sessions));
        await server.StartAsync();
        Result sent = await sender.EndAsync();
        Assert.Equal(1, sent.ExitCode);
        Assert.Contains("Run `parley send --relay` again", sent.Error, StringComparison.Ordinal);
        await ReceiveWholeAsync("--relay", server.Address);
    }

    public void Dispose() => _pair.Dispose();

    private async Task ReceiveWholeAsync(params string[] relay)
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, [_session.Id, .. relay]);
        string[] where = relay.Length > 0 ? [.. relay, "--room", sender.Ready.GetProperty("room").GetString()!] : ["--to", sender.Address];
        Result result = await _pair.Receiver.RunAsync(["receive", .. where, "--all", "--json"]);

        JsonElement installed = Assert.Single(JsonDocument.Parse(result.Succeeded()).RootElement.GetProperty("installed").EnumerateArray());
        Assert.Equal([$"{_session.Id}.jsonl"], Directory.GetFileSystemEntries(_pair.Receiver.Sessions).Select(Path.GetFileName));
        Assert.True(_session.IsIn(File.ReadAllText(installed.GetProperty("path").GetString()!)));
    }

    private long ReceivedBytes()
    {
        string staging = _pair.Receiver.PathOf(".local", "state", "parley", "receiving");
        return Directory.Exists(staging)
            ? new DirectoryInfo(staging).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
            : 0;
    }

    /// <summary>Looks at what a process does until something is so.</summary>
    private static async Task UntilAsync(Func<bool> isSo, Process process)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!isSo())
        {
            Assert.False(process.HasExited, $"It ended before: {(process.HasExited ? process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd() : "")}");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
