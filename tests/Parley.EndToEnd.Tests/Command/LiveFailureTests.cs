using System.Runtime.InteropServices;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Whatever dies in the middle of a live share, in the end the server has every entry once, in order.</summary>
public sealed class LiveFailureTests : IDisposable
{
    private readonly Home _home = new();
    private readonly FragileServer _server;
    private readonly Written _session;
    private readonly List<string> _said = [];

    public LiveFailureTests()
    {
        _server = new FragileServer(_home);
        _home.Environment["SHARE_SERVER_URL"] = _server.Address;
        _session = new Written(_home.Sessions, _home.Project);
        Say();
    }

    [Fact]
    public async Task What_is_said_while_the_server_is_away_arrives_when_it_is_back()
    {
        var random = new Random(20261120);
        await _server.StartAsync();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        for (int round = 0; round < 3; round++)
        {
            Say(random.Next(1, 30));
            await live.UntilAsync("live", 1 + random.Next(_said.Count));
            _server.Kill();
            Say(random.Next(1, 30));
            await live.UntilAsync("offline", 0);
            await _server.StartAsync();
        }
        await live.UntilAsync("live", _said.Count);
        Assert.Equal(_said, await _server.EntriesAsync(live.ShareId));
    }

    [Fact]
    public async Task Both_sides_can_be_killed_at_any_time()
    {
        var random = new Random(20261121);
        string? id = null;
        for (int round = 0; round < 3; round++)
        {
            await _server.StartAsync();
            using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
            Assert.Equal(id ??= live.ShareId, live.ShareId);
            Say(random.Next(1, 40));
            await live.UntilAsync("live", 1 + random.Next(_said.Count));
            if (random.Next(2) == 0)
                live.Kill();
            _server.Kill();
            live.Kill();
        }
        await _server.StartAsync();
        using LiveCommand last = await LiveCommand.StartAsync(_home, "share", "--live");
        await last.StopAsync(PosixSignal.SIGTERM);
        Assert.Equal(_said, await _server.EntriesAsync(id!));
    }

    [Fact]
    public async Task An_entry_that_the_server_does_not_take_leaves_a_note_and_the_others_follow()
    {
        _home.Environment["PARLEY_MAX_ENTRY_BYTES"] = "20000";
        await _server.StartAsync();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        _session.Prompt("before").Prompt(new string('x', 40_000)).Prompt("after").Append();
        await live.UntilAsync("live", 4);
        Assert.Equal(["1", "before", "unsupported", "after"], await _server.EntriesAsync(live.ShareId));
    }

    public void Dispose()
    {
        _server.Dispose();
        _home.Dispose();
    }

    private void Say(int times = 1)
    {
        for (; times > 0; times--)
        {
            _said.Add($"{_said.Count + 1}");
            (_said.Count % 2 == 0 ? _session.Answer(_said[^1]) : _session.Prompt(_said[^1])).Append();
        }
    }
}
