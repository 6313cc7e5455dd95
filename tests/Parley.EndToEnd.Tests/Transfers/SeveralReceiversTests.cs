using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>How long a sender stays, and for whom.</summary>
public sealed class SeveralReceiversTests : IDisposable
{
    private readonly Pair _pair = new();

    [Fact]
    public async Task Kept_open_it_serves_many_at_once()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id, "--keep-open", "5");
        Home[] others = [.. Enumerable.Range(0, 3).Select(_ => new Home())];
        try
        {
            Result[] results = await Task.WhenAll(others.Select(home =>
            {
                home.Environment["PARLEY_PASSPHRASE"] = _pair.Passphrase;
                return home.RunAsync("receive", "--to", sender.Address, "--all", "--into", home.Project, "--json");
            }));
            string[] verifications = [.. results.Select(result => JsonDocument.Parse(result.Succeeded()).RootElement.GetProperty("verification").GetString()!)];
            Assert.Equal(3, verifications.Distinct().Count());
            Assert.All(others, home => Assert.Single(Directory.GetFiles(home.Sessions, "*.jsonl")));
        }
        finally
        {
            Array.ForEach(others, home => home.Dispose());
        }
        Result ended = await sender.StopAsync();
        Assert.Equal(130, ended.ExitCode);
        Assert.EndsWith("""{"event":"ended","sent":1}""", ended.Out.TrimEnd());
    }

    [Fact]
    public async Task Kept_open_it_ends_when_the_time_is_over()
    {
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id, "--keep-open", "0.02");
        Result ended = await sender.EndAsync();
        Assert.Equal((0, """{"event":"ended","sent":0}"""), (ended.ExitCode, ended.Out.Trim()));
    }

    [Fact]
    public async Task It_stops_when_the_first_has_what_they_chose()
    {
        _pair.New().Prompt("one").Answer("y").Save();
        _pair.New().Prompt("two").Answer("y").Save(minutesOld: 5);
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, "all");
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
        Result ended = await sender.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.EndsWith("""{"event":"ended","sent":2}""", ended.Out.TrimEnd());
        Assert.Equal(2, (await _pair.ReceivedAsync()).Length);
        Assert.Equal(1, (await _pair.ReceiveAsync(sender, "--all")).ExitCode);
    }

    public void Dispose() => _pair.Dispose();
}
