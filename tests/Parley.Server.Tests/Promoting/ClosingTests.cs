using System.Net;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Promoting;

public sealed class ClosingOnSqlite(ServerFixture<Sqlite> fixture) : ClosingTests<Sqlite>(fixture);

public sealed class ClosingOnPostgres(ServerFixture<Postgres> fixture) : ClosingTests<Postgres>(fixture);

/// <summary>The end of a workspace, for those who are in it and for what goes on in it.</summary>
public abstract class ClosingTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task The_log_says_who_closed_it_and_nothing_follows()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);

        Assert.Equal(HttpStatusCode.NoContent, await CloseAsync(workspace.Owner, workspace));

        JsonElement last = (await sarah.Client.JsonAsync($"/api/sessions/{workspace.Id}/messages")).GetProperty("messages")[2].GetProperty("blocks")[0];
        Assert.Equal(("closed", "owner"), (last.Text("event"), last.Text("name")));
        JsonElement session = await sarah.Client.JsonAsync($"/api/sessions/{workspace.Id}");
        Assert.Equal(("closed", false, true), (session.Text("workspace"), session.GetProperty("live").GetBoolean(), session.GetProperty("ended").GetBoolean()));
        Assert.Equal(HttpStatusCode.Conflict, (await workspace.SendPromptAsync("one more", sarah.Client)).StatusCode);
        Assert.Equal(3, (await sarah.Client.JsonAsync($"/api/sessions/{workspace.Id}")).Number("lastSeq"));
    }

    [Fact]
    public async Task What_waited_is_withdrawn_and_the_turn_that_ran_is_taken_from_its_runner()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("runs");
        await workspace.PromptAsync("waits");
        TakenTurn turn = (await workspace.TakeAsync())!;

        await CloseAsync(workspace.Owner, workspace);

        Assert.Empty(await workspace.QueueAsync());
        Assert.False((await turn.FinishAsync(1, entries: Bundles.Answer("too late"))).IsSuccessStatusCode);
        Assert.Null(await workspace.TakeAsync());
        Assert.DoesNotContain("too late", string.Join('\n', (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/messages")).ToString()));
    }

    [Fact]
    public async Task Whoever_watches_is_told_that_it_has_ended()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Viewer);
        using Watcher watcher = await Watcher.OpenAsync(sarah.Client, workspace.Id, "?after=2");

        await CloseAsync(workspace.Owner, workspace);

        bool wasTold = false;
        while (await watcher.NextAsync() is { Name: not "ended" } next)
            wasTold |= next.Data.Contains("\"event\":\"closed\"");
        Assert.True(wasTold);
    }

    [Fact]
    public async Task Of_two_who_close_it_at_once_one_entry_tells()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CloseAsync(workspace.Owner, workspace)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NoContent, answer));
        Assert.Equal(3, (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}")).Number("lastSeq"));
    }

    private static async Task<HttpStatusCode> CloseAsync(HttpClient by, Workspace workspace) =>
        (await by.PostAsync($"/api/sessions/{workspace.Id}/close", null, TestContext.Current.CancellationToken)).StatusCode;
}
