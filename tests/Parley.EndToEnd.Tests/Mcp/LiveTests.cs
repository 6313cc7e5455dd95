using System.Text.Json;
using ModelContextProtocol.Protocol;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Mcp;

/// <summary>Sessions that a companion shares while they go on.</summary>
public sealed class LiveTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task When_a_turn_has_ended_its_last_words_are_there()
    {
        Written session = Enter(New().Prompt("x"));
        await using Companion companion = await Companion.StartAsync(_home);
        string id = await ShareAsync(companion);
        Task<CallToolResult> ended = TurnEndedAsync(companion, session, "The last words.");
        session.Answer("The last words.").Append();
        Assert.Equal("""{"suppressOutput":true}""", Companion.TextOf(await ended));
        Assert.Contains("The last words.", (await server.MessagesAsync(id)).ToString());
    }

    [Fact]
    public async Task From_now_on_means_nothing_of_before()
    {
        Written session = Enter(New().Prompt("said before"));
        await using Companion companion = await Companion.StartAsync(_home);
        JsonElement shared = await companion.AskAsync("share_session", new() { ["fromNow"] = true });
        Assert.True(shared.GetProperty("live").GetBoolean());
        session.Answer("said after").Append();
        await TurnEndedAsync(companion, session, "said after");
        string messages = (await server.MessagesAsync(shared.GetProperty("shareId").GetString()!)).ToString();
        Assert.Contains("said after", messages);
        Assert.DoesNotContain("said before", messages);
    }

    [Fact]
    public async Task A_session_that_is_live_keeps_its_link()
    {
        Enter(New().Prompt("x"));
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Equal(await ShareAsync(companion), await ShareAsync(companion));
    }

    [Fact]
    public async Task It_ends_when_the_client_goes_to_another_session()
    {
        Enter(New().Prompt("x"));
        await using Companion companion = await Companion.StartAsync(_home);
        string id = await ShareAsync(companion);
        Enter(New().Prompt("y"));
        await Eventually.TrueAsync(async () => (await server.SessionAsync(id)).GetProperty("ended").GetBoolean());
        Assert.NotEqual(id, await ShareAsync(companion));
    }

    [Fact]
    public async Task It_ends_with_its_companion()
    {
        Enter(New().Prompt("x"));
        string id;
        await using (Companion companion = await Companion.StartAsync(_home))
            id = await ShareAsync(companion);
        Assert.True((await server.SessionAsync(id)).GetProperty("ended").GetBoolean());
    }

    [Fact]
    public async Task After_a_crash_the_next_companion_goes_on_and_says_so()
    {
        Written session = Enter(New().Prompt("x"));
        string id;
        await using (Companion companion = await Companion.StartAsync(_home))
        {
            id = await ShareAsync(companion);
            companion.Process.Kill();
        }
        session.Answer("said in between").Append();
        await using Companion next = await Companion.StartAsync(_home);
        await Eventually.TrueAsync(async () => (await server.MessagesAsync(id)).ToString().Contains("said in between"));
        Assert.Contains("still shared live", Companion.TextOf(await TurnEndedAsync(next, session, "")));
        Assert.Equal(2, (await server.MessagesAsync(id)).GetArrayLength());
    }

    [Fact]
    public async Task A_person_is_told_when_it_was_taken_back_elsewhere()
    {
        Written session = Enter(New().Prompt("x"));
        await using Companion companion = await Companion.StartAsync(_home);
        string id = await ShareAsync(companion);
        (await _home.RunAsync("unshare", id)).Succeeded();
        session.Answer("more").Append();
        await Eventually.TrueAsync(async () => Companion.TextOf(await TurnEndedAsync(companion, session, "")).Contains("no longer shared live"));
    }

    private Written New() => new(_home.Sessions, _home.Project);

    private Written Enter(Written session)
    {
        Companion.Enter(_home, session.Save().Id);
        return session;
    }

    private static async Task<string> ShareAsync(Companion companion) =>
        (await companion.AskAsync("share_session", new() { ["live"] = true })).GetProperty("shareId").GetString()!;

    private static Task<CallToolResult> TurnEndedAsync(Companion companion, Written session, string words) => companion.Client.CallToolAsync(
        "turn_has_ended", new Dictionary<string, object?> { ["sessionId"] = session.Id, ["lastMessage"] = words }, cancellationToken: TestContext.Current.CancellationToken).AsTask();
}
