using System.Net.Http.Headers;
using Parley.Core.Credentials;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class CrashesOnSqlite : CrashTests<Sqlite>;

public sealed class CrashesOnPostgres : CrashTests<Postgres>;

/// <summary>The server's process is killed in the middle of a live session, again and again.</summary>
public abstract class CrashTests<TDatabase> : IDisposable where TDatabase : ITestDatabase, new()
{
    private const int Entries = 400;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-crash-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_that_was_taken_in_is_lost_and_nothing_is_there_twice()
    {
        Dictionary<string, string> environment = new(await new TDatabase().CreateAsync(Path.Combine(_folder.FullName, "db")))
        {
            ["PARLEY_LOG"] = "off",
            ["PARLEY_REQUESTS_PER_KEY"] = "0",
            ["PARLEY_REQUESTS_PER_ADDRESS"] = "0",
        };
        string? id = null;
        List<string> seen = [];
        int acknowledged = 0;
        for (int life = 1; acknowledged < Entries; life++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName, environment);
            using HttpClient owner = Owner(server);
            id ??= await ShareAsync(owner);
            Task watching = WatchAsync(owner, id, seen);
            acknowledged = await DriveAsync(owner, id, acknowledged, life < 4 ? server : null, until: life < 4 ? life * 90 : Entries);
            if (acknowledged == Entries)
                await owner.EndAsync(id);
            await watching;
        }

        Assert.Equal(Enumerable.Range(1, Entries).Select(i => $"entry {i}"), seen);
    }

    // Appends until so many are acknowledged; then, with one more on its way, the server is killed.
    private static async Task<int> DriveAsync(HttpClient owner, string id, int acknowledged, ServerProcess? victim, int until)
    {
        while (acknowledged < until)
            acknowledged = (int)(await owner.AppendedAsync(id, acknowledged, Next(acknowledged))).Number("lastSeq");
        if (victim is null)
            return acknowledged;
        Task<HttpResponseMessage> onItsWay = owner.AppendAsync(id, acknowledged, Next(acknowledged));
        await victim.KillAsync();
        await ((Task)onItsWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return acknowledged;
    }

    private static Entry[] Next(int after) => [.. Enumerable.Range(after + 1, Math.Min(7, Entries - after)).Select(i => Bundles.Prompt($"entry {i}"))];

    // Until the session has ended or the server is gone.
    private static async Task WatchAsync(HttpClient owner, string id, List<string> seen)
    {
        try
        {
            using Watcher watcher = await Watcher.OpenAsync(owner, id, lastEventId: seen.Count);
            while (await watcher.NextAsync() is { } next && next.Name != "ended")
            {
                if (next.Name != "entry")
                    continue;
                Assert.Equal(seen.Count + 1, next.Id);
                seen.Add(next.Text);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
        }
    }

    private static async Task<string> ShareAsync(HttpClient owner)
    {
        using HttpResponseMessage answer = await owner.PostAsync("/api/sessions?live=true", Bundles.Content(Bundles.Of([])));
        return (await answer.JsonAsync()).Text("shareId");
    }

    private HttpClient Owner(ServerProcess server) => new()
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Bearer", new CredentialsFile(Path.Combine(_folder.FullName, "credentials.json")).FindKey(server.Address.ToString())),
        },
    };
}
