using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>Those who do not know the passphrase, and those who say nothing.</summary>
public sealed class PassphraseTests : IDisposable
{
    private readonly Pair _pair = new();

    [Fact]
    public async Task A_wrong_passphrase_is_exit_code_1_and_told_to_both_sides()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id);
        Result result = await GuessAsync(sender);
        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.StartsWith("parley: Wrong passphrase", result.Error);
        JsonElement told = await sender.UntilAsync("wrongPassphrase");
        Assert.Equal((4, "127.0.0.1"), (told.GetProperty("guessesLeft").GetInt32(), told.GetProperty("from").GetString()));
    }

    [Fact]
    public async Task After_a_wrong_guess_the_right_passphrase_is_let_in_a_moment_later()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id);
        await GuessAsync(sender);
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Who_says_nothing_keeps_nobody_else_out()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id);
        using var first = new TcpClient("127.0.0.1", sender.Ready.GetProperty("port").GetInt32());
        using var second = new TcpClient("127.0.0.1", sender.Ready.GetProperty("port").GetInt32());
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
    }

    [Fact]
    public async Task Who_says_nothing_is_sent_away()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id);
        using var silent = new TcpClient("127.0.0.1", sender.Ready.GetProperty("port").GetInt32());
        var buffer = new byte[1024];
        long since = Stopwatch.GetTimestamp();
        while (await silent.GetStream().ReadAsync(buffer) > 0)
        {
        }
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 0, 15);
    }

    [Fact]
    public async Task Without_a_passphrase_and_without_anybody_to_ask_it_is_a_usage_error()
    {
        _pair.Receiver.Environment.Remove("PARLEY_PASSPHRASE");
        Result result = await _pair.Receiver.RunAsync("receive", "--to", "127.0.0.1:9", "--all");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("PARLEY_PASSPHRASE", result.Error);
        Assert.Contains("--passphrase-stdin", result.Error);
    }

    [Fact]
    public async Task The_passphrase_is_in_nobodys_arguments()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This test reads the arguments of a process as Linux tells of them.");
        _pair.Sender.Environment.Remove("PARLEY_PASSPHRASE");
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id);
        string passphrase = sender.Ready.GetProperty("passphrase").GetString()!;
        Assert.DoesNotContain(passphrase, sender.Ready.GetProperty("command").GetString());
        Assert.DoesNotContain(passphrase, await File.ReadAllTextAsync($"/proc/{sender.ProcessId}/cmdline"));
    }

    public void Dispose() => _pair.Dispose();

    private Task<Result> GuessAsync(SendProcess sender)
    {
        _pair.Receiver.Environment["PARLEY_PASSPHRASE"] = "not the one";
        Task<Result> guess = _pair.ReceiveAsync(sender, "--all");
        _pair.Receiver.Environment["PARLEY_PASSPHRASE"] = _pair.Passphrase;
        return guess;
    }
}
