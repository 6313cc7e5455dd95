using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A session that is shared while its client writes it, on a real server.</summary>
public sealed class LiveShareTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task What_is_written_after_the_link_arrives_until_the_command_is_stopped(PosixSignal signal)
    {
        Written session = New().Prompt("first").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        session.Answer("second").Prompt("third").Append();
        await live.UntilAsync("live", 3);
        session.Answer("last words").Append();
        Result result = await live.StopAsync(signal);
        Assert.Contains($"The link stays: {server.Address}/s/{live.ShareId}", result.Error);
        Assert.Equal(["first", "second", "third", "last words"], await server.TextsAsync(live.ShareId));
        JsonElement summary = await server.SessionAsync(live.ShareId);
        Assert.False(summary.GetProperty("live").GetBoolean());
        Assert.True(summary.GetProperty("ended").GetBoolean());
        Assert.Empty(Directory.GetFiles(_home.PathOf(".local", "state", "parley", "live")));
    }

    [Fact]
    public async Task From_now_nothing_of_what_was_said_before_goes_out()
    {
        Written session = New().Title("earlier title").Prompt("earlier prompt").Answer("earlier answer").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live", "--from-now");
        session.Prompt("later").Append();
        await live.UntilAsync("live", 1);
        await live.StopAsync(PosixSignal.SIGINT);
        string all = await (await server.GetAsync($"/api/sessions/{live.ShareId}/bundle")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            + await (await server.GetAsync($"/s/{live.ShareId}")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("earlier", all);
        Assert.Equal("later", (await server.SessionAsync(live.ShareId)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task The_title_follows_when_the_client_finds_one()
    {
        Written session = New().Prompt("a first prompt").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        Assert.Equal("a first prompt", (await server.SessionAsync(live.ShareId)).GetProperty("title").GetString());
        session.Answer("yes").Title("Found in the end").Answer("more").Append();
        await live.StopAsync(PosixSignal.SIGINT);
        Assert.Equal("Found in the end", (await server.SessionAsync(live.ShareId)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_value_that_turns_out_to_be_secret_later_is_taken_out_of_what_went_out()
    {
        string value = Secret.Password();
        Written session = New().Prompt($"look at {value} please").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        Assert.Contains(value, (await server.TextsAsync(live.ShareId))[0]);
        session.Answer($"it is the password: password={value}").Append();
        await live.UntilAsync("live", 2);
        await live.StopAsync(PosixSignal.SIGINT);
        Assert.DoesNotContain(value, string.Join('\n', await server.TextsAsync(live.ShareId)));
    }

    [Fact]
    public async Task A_rewind_adds_a_mark_and_rewrites_nothing()
    {
        Written session = New().Prompt("one").Answer("two").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        session.Prompt("wrong").Append();
        await live.UntilAsync("live", 3);
        session.Rewind(1).Prompt("right").Append();
        await live.UntilAsync("live", 5);
        JsonElement mark = (await server.MessagesAsync(live.ShareId))[3].GetProperty("blocks")[0];
        Assert.Equal(("rewound", 3, 3), (mark.GetProperty("type").GetString(), mark.GetProperty("fromSeq").GetInt32(), mark.GetProperty("toSeq").GetInt32()));
    }

    [Fact]
    public async Task A_share_that_is_taken_back_ends_the_command()
    {
        Written session = New().Prompt("one").Append();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        (await _home.RunAsync("unshare", live.ShareId)).Succeeded();
        session.Prompt("two").Append();
        Result result = await live.EndAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no longer on the server", result.Error);
    }

    [Fact]
    public async Task A_killed_command_goes_on_under_the_same_link_with_nothing_missing_or_twice()
    {
        var random = new Random(20261120);
        Written session = New().Prompt("0").Append();
        List<string> said = ["0"];
        string? id = null;
        for (int round = 0; round < 4; round++)
        {
            using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
            Assert.Equal(id ??= live.ShareId, live.ShareId);
            for (int i = random.Next(20); i >= 0; i--)
                Say();
            await live.UntilAsync("live", 1 + random.Next(said.Count));
            Say();
            live.Kill();
            Say();
        }
        using LiveCommand last = await LiveCommand.StartAsync(_home, "share", "--live");
        await last.StopAsync(PosixSignal.SIGINT);
        Assert.Equal(said, await server.TextsAsync(id!));

        void Say()
        {
            said.Add($"{said.Count}");
            (said.Count % 2 == 0 ? session.Answer(said[^1]) : session.Prompt(said[^1])).Append();
        }
    }

    public void Dispose() => _home.Dispose();

    private Written New() => new(_home.Sessions, _home.Project);
}
