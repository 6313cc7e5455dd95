using Npgsql;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

/// <summary>A session that is driven at one server and watched at another.</summary>
public sealed class NeighbourTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private RunningServer One => servers.One;

    private RunningServer Other => servers.Other;

    [Fact]
    public async Task What_one_server_takes_in_those_at_the_other_see()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Other.Anyone, id);
        Assert.Equal("one", (await watcher.NextAsync("entry")).Text);

        await One.Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));
        Assert.Equal("two", (await watcher.NextAsync("entry")).Text);
        (await One.Owner.CorrectAsync(id, 1, Bundles.Prompt("first"))).Dispose();
        Assert.Equal("first", (await watcher.NextAsync("corrected")).Text);
        await One.Owner.EndAsync(id);
        Assert.Equal("ended", (await watcher.NamesToEndAsync())[^1]);
    }

    [Fact]
    public async Task Two_drivers_at_two_servers_take_turns_at_one_log()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true");

        await One.Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));
        await Other.Owner.AppendedAsync(id, 2, Bundles.Prompt("three"));
        using HttpResponseMessage refused = await One.Owner.AppendAsync(id, 2, Bundles.Prompt("third"));
        await One.Owner.AppendedAsync(id, 3, Bundles.Prompt("four"));

        Assert.Equal(409, (int)refused.StatusCode);
        Assert.Equal(["one", "two", "three", "four"], await One.Anyone.TextsAsync(id));
    }

    [Fact]
    public async Task Text_that_is_being_written_reaches_the_other_server_whole_and_in_order()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Other.Anyone, id);
        await watcher.NextAsync("entry");
        string[] pieces = [.. Enumerable.Range(0, 10).Select(piece => string.Concat(Enumerable.Range(0, 500).Select(i => $"{piece}/{i} 𝄞\n\"\0\\ ")))];
        string written = string.Concat(pieces);

        foreach (string piece in pieces)
            (await One.Owner.SayAsync(id, piece)).Dispose();

        string seen = "";
        while (seen.Length < written.Length - 1000)
            seen += (await watcher.NextAsync("delta")).Json.Text("text");
        Assert.StartsWith(seen, written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taking_back_at_one_server_closes_the_streams_of_the_other()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true&private=true");
        string token = (await One.ShareByTokenAsync(id)).Text("shareToken");
        using HttpClient holder = Other.ClientWith(token);
        using Watcher watcher = await Watcher.OpenAsync(holder, id);
        await watcher.NextAsync("entry");

        string shareId = (await One.Owner.JsonAsync($"/api/sessions/{id}/shares")).GetProperty("shares")[0].Text("shareId");
        (await One.Owner.DeleteAsync($"/api/sessions/{id}/shares/{shareId}")).EnsureSuccessStatusCode().Dispose();

        Assert.Equal("revoked", (await watcher.NamesToEndAsync())[^1]);
    }

    [Fact]
    public async Task Watchers_of_all_servers_are_counted_together()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher here = await Watcher.OpenAsync(One.Anyone, id);
        await here.NextAsync("presence");
        using (Watcher there = await Watcher.OpenAsync(Other.Anyone, id))
        {
            await there.NextAsync("presence");
            await CountAsync(id, 2);
        }
        await CountAsync(id, 1);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_not_counted_any_more()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        Other.Get<Neighbours>().Say(LiveMessage.Viewers(id, 7));
        await Eventually.TrueAsync(async () => (await One.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers") == 7);

        One.Clock.Advance(Viewers.Patience);

        Assert.Equal(0, (await One.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers"));
    }

    [Fact]
    public async Task What_is_announced_while_a_server_can_not_hear_is_not_lost()
    {
        string id = await One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using Watcher watcher = await Watcher.OpenAsync(Other.Anyone, id);
        await watcher.NextAsync("entry");

        for (int i = 1; i <= 5; i++)
        {
            await CutListenersAsync();
            await One.Owner.AppendedAsync(id, i, Bundles.Prompt($"entry {i + 1}"));
            Assert.Equal($"entry {i + 1}", (await watcher.NextAsync("entry")).Text);
        }
    }

    private async Task CountAsync(string id, long viewers)
    {
        await Eventually.TrueAsync(async () =>
        {
            One.Clock.Advance(Presence.Delay);
            Other.Clock.Advance(Presence.Delay);
            return (await One.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers") == viewers
                && (await Other.Anyone.JsonAsync($"/api/sessions/{id}")).Number("viewers") == viewers;
        });
    }

    private async Task CutListenersAsync()
    {
        await using var connection = new NpgsqlConnection(PostgresUrl.Parse(servers.Database).ConnectionString);
        await connection.OpenAsync();
        await using var cut = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'", connection);
        await cut.ExecuteNonQueryAsync();
    }
}
