using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A session that is shared while its client writes it, on a real server.</summary>
public sealed class LiveShareTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    [Fact]
    public async Task What_is_written_after_the_link_arrives_until_ctrl_c()
    {
        Written session = new Written(_home.Sessions, _home.Project).Prompt("first").Save();
        using LiveCommand live = await LiveCommand.StartAsync(_home, "share", "--live");
        session.Answer("second").Prompt("third").Save();
        await live.UntilAsync("live", 3);
        Assert.Equal(["first", "second", "third"], await TextsAsync(live.ShareId));
        await live.StopAsync(PosixSignal.SIGINT);
        JsonElement summary = await server.SessionAsync(live.ShareId);
        Assert.False(summary.GetProperty("live").GetBoolean());
        Assert.True(summary.GetProperty("ended").GetBoolean());
    }

    public void Dispose() => _home.Dispose();

    private async Task<string[]> TextsAsync(string shareId) =>
        [.. (await server.MessagesAsync(shareId)).EnumerateArray().Select(m => m.GetProperty("blocks")[0].GetProperty("text").GetString()!)];
}
