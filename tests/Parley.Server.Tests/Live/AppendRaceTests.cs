using System.Net;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

/// <summary>Two drivers at once: the log has every entry of both once and in their order, without a gap.</summary>
public sealed class AppendRaceTests
{
    private const int Entries = 120;

    [Fact]
    public async Task On_one_server_with_SQLite()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        await RaceAsync(server, server.Owner, server.Owner);
    }

    [Fact]
    public async Task On_one_server_with_PostgreSQL()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Postgres());
        await RaceAsync(server, server.Owner, server.Owner);
    }

    [Fact]
    public async Task On_two_servers_with_one_PostgreSQL()
    {
        var servers = new TwoServers();
        await servers.InitializeAsync();
        await RaceAsync(servers.One, servers.One.Owner, servers.Other.Owner);
        await servers.DisposeAsync();
    }

    private static async Task RaceAsync(RunningServer server, HttpClient one, HttpClient other)
    {
        string id = await server.ShareAsync(Array.Empty<Entry>(), "?live=true");

        await Task.WhenAll(Task.Run(() => DriveAsync(one, id, "a", 1)), Task.Run(() => DriveAsync(other, id, "b", 2)));

        List<string> texts = [];
        for (int page = 0; page < 2 * Entries; page += 200)
            texts.AddRange(await server.Owner.TextsAsync(id, $"?offset={page}&limit=200"));
        Assert.Equal(2 * Entries, texts.Count);
        foreach (string name in (string[])["a", "b"])
            Assert.Equal(Enumerable.Range(0, Entries).Select(i => $"{name}{i}"), texts.Where(t => t.StartsWith(name, StringComparison.Ordinal)));
        JsonElement session = await server.Owner.JsonAsync($"/api/sessions/{id}");
        Assert.Equal((2 * Entries, 2 * Entries), (session.Number("lastSeq"), session.Number("messageCount")));
        Assert.Equal(
            Enumerable.Range(1, 2 * Entries).Select(i => (long)i),
            (await server.Owner.GetStringAsync($"/api/sessions/{id}/bundle")).TrimEnd().Split('\n')[1..^1].Select(l => JsonSerializer.Deserialize<JsonElement>(l).Number("seq")));
    }

    // Sends some batches twice, as after a lost answer.
    private static async Task DriveAsync(HttpClient driver, string id, string name, int seed)
    {
        var random = new Random(seed);
        long last = 0;
        for (int sent = 0; sent < Entries;)
        {
            Entry[] batch = [.. Enumerable.Range(sent, Math.Min(random.Next(1, 4), Entries - sent)).Select(i => Bundles.Prompt($"{name}{i}"))];
            using HttpResponseMessage answer = await driver.AppendAsync(id, last, batch);
            JsonElement body = await answer.JsonAsync();
            if (answer.StatusCode == HttpStatusCode.OK && random.Next(3) == 0)
                (await driver.AppendAsync(id, last, batch)).EnsureSuccessStatusCode().Dispose();
            if (answer.StatusCode == HttpStatusCode.OK)
                sent += batch.Length;
            else
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            last = body.Number("lastSeq");
        }
    }
}
