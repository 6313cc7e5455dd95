using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>Transfers that break off, and what is left of them.</summary>
public sealed class BrokenTransferTests : IDisposable
{
    private const int Megabyte = 1_000_000;

    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    private readonly Pair _pair = new();

    private string Staged => _pair.Receiver.PathOf(".local", "state", "parley", "receiving");

    [Fact]
    public async Task A_second_run_goes_on_where_the_first_broke_off()
    {
        Written session = Large(12);
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        using (var line = new CuttingLine(sender, cutAfter: 8 * Megabyte))
        {
            Result broken = await ReceiveAsync(line);
            Assert.Equal(1, broken.ExitCode);
            Assert.Contains("goes on where it stopped", broken.Error);
        }
        Assert.Empty(Directory.GetFiles(_pair.Receiver.Sessions));
        using (var line = new CuttingLine(sender))
        {
            (await ReceiveAsync(line)).Succeeded();
            Assert.InRange(line.Passed, 1, 8 * Megabyte);
        }
        Assert.Equal(session.Id, Assert.Single(await _pair.ReceivedAsync()).GetProperty("sessionId").GetString());
        Assert.Empty(Directory.GetFileSystemEntries(Staged));
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task What_has_arrived_so_far_is_private()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, Large(4).Id);
        using (var line = new CuttingLine(sender, cutAfter: 2 * Megabyte))
            Assert.Equal(1, (await ReceiveAsync(line)).ExitCode);
        string[] left = [.. Directory.GetFileSystemEntries(Staged, "*", SearchOption.AllDirectories).Append(Staged)];
        Assert.True(left.Length > 2);
        foreach (string path in left)
            Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Others) == UnixFileMode.None, path);
    }

    [Fact]
    public async Task Ctrl_c_in_the_middle_installs_nothing_and_the_sender_waits_for_the_next()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, Large(4).Id);
        using (var line = new CuttingLine(sender, cutAfter: 2 * Megabyte, stalls: true))
        {
            using Process receiver = _pair.Receiver.Start("receive", "--to", line.Address, "--all");
            await line.Cut;
            Home.Signal(receiver, PosixSignal.SIGINT);
            Assert.Equal(130, (await Home.EndAsync(receiver)).ExitCode);
        }
        Assert.Empty(Directory.GetFiles(_pair.Receiver.Sessions));
        Assert.Equal("disconnected", (await sender.UntilAsync("disconnected")).GetProperty("event").GetString());
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
    }

    [Fact]
    public async Task What_nobody_has_gone_on_with_for_a_week_is_deleted()
    {
        string old = Directory.CreateDirectory(Path.Combine(Staged, "0123")).FullName, fresh = Directory.CreateDirectory(Path.Combine(Staged, "4567")).FullName;
        await File.WriteAllTextAsync(Path.Combine(old, "part"), "x");
        File.SetLastWriteTimeUtc(Path.Combine(old, "part"), DateTime.UtcNow.AddDays(-8));
        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-8));
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id);
        (await _pair.ReceiveAsync(sender, "--list")).Succeeded();
        Assert.Equal([fresh], Directory.GetDirectories(Staged));
    }

    [Fact]
    public async Task Ctrl_c_at_the_sender_is_told_to_whoever_is_connected()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, Large(4).Id);
        using var line = new CuttingLine(sender, cutAfter: 2 * Megabyte, stalls: true);
        using Process receiver = _pair.Receiver.Start("receive", "--to", line.Address, "--all");
        await line.Cut;
        Result ended = await sender.StopAsync();
        Assert.Equal(130, ended.ExitCode);
        Assert.EndsWith("""{"event":"ended","sent":0}""", ended.Out.TrimEnd());
        receiver.Kill();
        await receiver.WaitForExitAsync();
        Assert.Empty(Directory.GetFiles(_pair.Receiver.Sessions));
    }

    public void Dispose() => _pair.Dispose();

    private Task<Result> ReceiveAsync(CuttingLine line) => _pair.Receiver.RunAsync("receive", "--to", line.Address, "--all", "--into", _pair.Receiver.Project);

    // Random text does not get much smaller.
    private Written Large(int megabytes)
    {
        Written session = _pair.New().Title("Large");
        for (int i = 0; i < megabytes * 10; i++)
            session.Prompt(Convert.ToBase64String(RandomNumberGenerator.GetBytes(75_000)));
        return session.Save();
    }
}
