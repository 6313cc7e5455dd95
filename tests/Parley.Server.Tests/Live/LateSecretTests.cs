using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class LateSecretsOnSqlite(ServerFixture<Sqlite> fixture) : LateSecretTests<Sqlite>(fixture)
{
    [Fact]
    public async Task It_is_gone_from_the_database_files_too()
    {
        (string id, string secret) = await ShownAsync();
        await Server.Owner.AppendedAsync(id, 2, Bundles.Prompt($"export API_TOKEN={secret}"));

        await Eventually.TrueAsync(() =>
        {
            Server.Clock.Advance(Forgetting.Delay);
            return Task.FromResult(Directory.GetFiles(Server.Folder, "sessions.db*").All(file => !Holds(file, secret)));
        });
    }

    private static bool Holds(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    }
}

public sealed class LateSecretsOnPostgres(ServerFixture<Postgres> fixture) : LateSecretTests<Postgres>(fixture);

/// <summary>A value that gives itself away only later is taken out of what was stored and shown before.</summary>
public abstract class LateSecretTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    protected RunningServer Server => fixture.Server;

    [Fact]
    public async Task It_is_taken_out_of_page_bundle_search_and_open_streams()
    {
        (string id, string secret) = await ShownAsync();
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id, "?after=2");
        using Watcher reading = await Watcher.OpenAsync(Server.Anyone, id, "?after=2&format=html");
        await watcher.NextAsync("presence");
        await reading.NextAsync("presence");

        JsonElement answer = await Server.Owner.AppendedAsync(id, 2, Bundles.Prompt($"export API_TOKEN={secret}"));

        Assert.True(answer.Number("revision") == 1 && answer.GetProperty("redactions").EnumerateObject().Any());
        WatchedEvent corrected = await watcher.NextAsync("corrected");
        Assert.Equal((2, 1), (corrected.Json.Number("seq"), corrected.Json.Number("revision")));
        Assert.DoesNotContain(secret, corrected.Data, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await reading.NextAsync("corrected")).Data, StringComparison.Ordinal);
        foreach (string path in (string[])["/s/{0}", "/s/{0}?q=uses", "/api/sessions/{0}/bundle", "/api/sessions/{0}/messages"])
            Assert.DoesNotContain(secret, await Server.Anyone.GetStringAsync(string.Format(null, path, id)), StringComparison.Ordinal);
        Assert.Empty(await Server.Get<Parley.Server.Sessions.SessionLog>().SearchAsync(id, secret, 10));
    }

    [Fact]
    public async Task A_correction_leaves_nothing_of_what_it_corrects()
    {
        (string id, string secret) = await ShownAsync();
        await Server.Anyone.GetStringAsync($"/s/{id}");

        (await Server.Owner.CorrectAsync(id, 2, Bundles.Answer("It uses something."))).EnsureSuccessStatusCode().Dispose();

        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id);
        Assert.Equal("Hello", (await watcher.NextAsync("entry")).Text);
        Assert.Equal("It uses something.", (await watcher.NextAsync("entry")).Text);
        foreach (string path in (string[])["/s/{0}", "/api/sessions/{0}/bundle", "/api/sessions/{0}/messages"])
            Assert.DoesNotContain(secret, await Server.Anyone.GetStringAsync(string.Format(null, path, id)), StringComparison.Ordinal);
        long held = await Server.Get<Database>().ReadAsync(c => c.FirstAsync(
            "SELECT count(*) FROM messages WHERE instr(content_json, $1) > 0 OR instr(search_text, $2) > 0", row => row.Number(0), default, secret, secret.ToLowerInvariant()));
        Assert.Equal(0, held);
    }

    [Fact]
    public async Task One_that_is_split_over_deltas_is_not_shown()
    {
        (string id, string secret) = await ShownAsync();
        using Watcher watcher = await Watcher.OpenAsync(Server.Anyone, id, "?after=2");
        await watcher.NextAsync("presence");

        foreach (string piece in (string[])["export API_TOKEN=", secret[..7], secret[7..], "\n", string.Concat(Enumerable.Repeat("and words ", 200))])
            (await Server.Owner.SayAsync(id, piece)).Dispose();

        string shown = "";
        while (!shown.Contains("and words", StringComparison.Ordinal))
            shown += (await watcher.NextAsync("delta")).Json.Text("text");
        Assert.StartsWith("export API_TOKEN=[REDACTED:", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..7], shown, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[7..], shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_finds_while_a_session_goes_on_bears_no_number_that_was_given_before()
    {
        string id = await Server.ShareAsync([Bundles.Prompt($"export API_TOKEN=[REDACTED:secret] and API_TOKEN={Random()}")], "?live=true");

        await Server.Owner.AppendedAsync(id, 1, Bundles.Prompt($"export API_TOKEN={Random()}"));

        string messages = await Server.Anyone.GetStringAsync($"/api/sessions/{id}/messages");
        string[] markers = [.. Regex.Matches(messages, @"\[REDACTED:[^\]]+\]").Select(match => match.Value)];
        Assert.Equal(3, markers.Distinct().Count());
    }

    [Fact]
    public async Task Only_the_sessions_that_were_driven_last_are_remembered()
    {
        var sessions = new LiveSessions();
        LiveSession first, again, forgotten;
        using (first = await sessions.EnterAsync("first", default))
        {
        }
        for (int i = 0; i < LiveSessions.MaxRemembered - 1; i++)
            (await sessions.EnterAsync($"{i}", default)).Dispose();
        using (again = await sessions.EnterAsync("first", default))
        {
        }
        for (int i = 0; i < LiveSessions.MaxRemembered; i++)
            (await sessions.EnterAsync($"more {i}", default)).Dispose();
        using (forgotten = await sessions.EnterAsync("first", default))
        {
        }

        Assert.Same(first, again);
        Assert.NotSame(first, forgotten);
    }

    /// <summary>A live session that shows a random value which nothing announces yet, in its second entry.</summary>
    protected async Task<(string Id, string Secret)> ShownAsync()
    {
        string secret = Random();
        string id = await Server.ShareAsync(Array.Empty<Entry>(), "?live=true");
        await Server.Owner.AppendedAsync(id, 0, Bundles.Prompt("Hello"), Bundles.Answer($"It uses {secret} there."));
        Assert.Contains(secret, await Server.Anyone.GetStringAsync($"/api/sessions/{id}/messages"), StringComparison.Ordinal);
        return (id, secret);
    }

    private static string Random() => "q7" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 22) + "4z9";
}
