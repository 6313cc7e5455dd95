using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.Core.Sessions;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

/// <summary>What streams may take of the server, and how they end.</summary>
public sealed class StreamLimitTests
{
    [Fact]
    public async Task One_address_holds_so_many_streams_open()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), new() { ["PARLEY_STREAMS_PER_ADDRESS"] = "1" });
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?live=true");

        using (Watcher first = await Watcher.OpenAsync(server.Anyone, id))
        {
            using HttpResponseMessage refused = await server.Anyone.GetAsync($"/api/sessions/{id}/events");
            Assert.Contains("from this address", await refused.ProblemAsync((int)HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await Eventually.TrueAsync(async () => (await server.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers") == 0);
        using Watcher again = await Watcher.OpenAsync(server.Anyone, id);
        Assert.Equal("one", (await again.NextAsync("entry")).Text);
    }

    [Fact]
    public async Task One_session_has_so_many_watchers()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), new() { ["PARLEY_STREAMS_PER_SESSION"] = "1" });
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?live=true"), other = await server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher first = await Watcher.OpenAsync(server.Anyone, id);

        using HttpResponseMessage refused = await server.Anyone.GetAsync($"/api/sessions/{id}/events");
        using Watcher elsewhere = await Watcher.OpenAsync(server.Anyone, other);

        Assert.Contains("watching this session", await refused.ProblemAsync((int)HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Equal("one", (await elsewhere.NextAsync("entry")).Text);
    }

    [Fact]
    public async Task Who_does_not_read_is_let_go_and_the_others_do_not_notice()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(server.Anyone, id, "?after=1");
        using Socket stalled = await StalledAsync(server, id);
        await Eventually.TrueAsync(async () => (await server.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers") == 2);

        // More than the buffers between the two take.
        for (int seq = 1; seq <= 24; seq++)
        {
            await server.Owner.AppendedAsync(id, seq, Bundles.Prompt(new string('x', 1_000_000)));
            Assert.Equal(seq + 1, (await watcher.NextAsync("entry")).Id);
        }
        await Eventually.TrueAsync(async () =>
        {
            server.Clock.Advance(LiveFeeds.HeartbeatInterval);
            return (await server.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers") == 1;
        });

        await server.Owner.AppendedAsync(id, 25, Bundles.Prompt("after"));
        Assert.Equal("after", (await watcher.NextAsync("entry")).Text);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams()
    {
        RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(server.Anyone, id);
        await watcher.NextAsync("entry");

        Task<List<string>> rest = watcher.NamesToEndAsync();
        await server.StopAsync();

        Assert.DoesNotContain("ended", await rest);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_streams_of_a_token_are_closed_when_it_is_taken_back()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), new() { ["PARLEY_STREAMS_PER_ADDRESS"] = "0" });
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?live=true&private=true");
        string token = (await server.ShareByTokenAsync(id)).Text("shareToken");
        var feeds = server.Get<LiveFeeds>();
        string shareId = (await server.Owner.JsonAsync($"/api/sessions/{id}/shares")).GetProperty("shares")[0].Text("shareId");
        Task[] readers = [.. Enumerable.Range(0, 1000).Select(_ => ReadToEndAsync(feeds.Open(id, new Caller(null, shareId), null, default, out StreamLimit _)!))];

        (await server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{shareId}")).EnsureSuccessStatusCode().Dispose();

        await Task.WhenAll(readers);
        using HttpClient holder = server.ClientWith(token);
        using HttpResponseMessage refused = await holder.GetAsync($"/api/sessions/{id}/events");
        await refused.ProblemAsync(404);
    }

    [Fact]
    public async Task Streams_and_deliveries_are_counted()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(server.Anyone, id);
        await watcher.NextAsync("entry");

        await Eventually.TrueAsync(async () =>
        {
            string metrics = await server.Anyone.GetStringAsync("/metrics");
            return metrics.Contains("parley_live_streams 1\n", StringComparison.Ordinal) && !metrics.Contains("parley_live_deliveries_total 0\n", StringComparison.Ordinal);
        });
    }

    private static async Task ReadToEndAsync(LiveReader reader)
    {
        using (reader)
        {
            SessionEvent? last = null;
            while (await reader.WaitAsync())
            {
                while (reader.TryRead(out SessionEvent? next))
                    last = next;
            }
            Assert.Equal(EventKind.Revoked, last!.Kind);
        }
    }

    // Asks for the stream and never reads from it.
    private static async Task<Socket> StalledAsync(RunningServer server, string id)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        var address = new Uri(server.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/sessions/{id}/events HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"));
        return socket;
    }
}
