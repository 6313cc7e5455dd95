using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Turns;

namespace Parley.Server.Tests.Turns;

public sealed class PromptsOnSqlite(ServerFixture<Sqlite> fixture) : PromptTests<Sqlite>(fixture);

public sealed class PromptsOnPostgres(ServerFixture<Postgres> fixture) : PromptTests<Postgres>(fixture);

/// <summary>What people do with the queue of a workspace, over HTTP.</summary>
public abstract class PromptTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_prompt_waits_in_the_queue_and_stands_in_the_log_once_it_is_taken()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);

        await workspace.PromptAsync("Is there a similar bug?", sarah.Client);
        Assert.Equal(["queued Sarah: Is there a similar bug?"], await workspace.QueueAsync());
        Assert.DoesNotContain("Is there a similar bug?", await workspace.TextsAsync());

        TakenTurn turn = (await workspace.TakeAsync())!;
        JsonElement entry = (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/messages")).GetProperty("messages")[2];
        Assert.Equal(("Sarah", "user", "Is there a similar bug?"), (entry.Text("author"), entry.Text("role"), entry.GetProperty("blocks")[0].Text("text")));
        Assert.Equal(3, turn.Json.Number("promptSeq"));
        Assert.Equal(["running Sarah: "], await workspace.QueueAsync());

        await turn.AnswerAsync("Yes, the same pattern.");
        Assert.Equal("Yes, the same pattern.", (await workspace.TextsAsync())[^1]);
        Assert.Empty(await workspace.QueueAsync());
    }

    [Fact]
    public async Task The_same_prompt_sent_twice_is_one_turn_and_another_persons_with_the_same_id_is_another()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);

        string first = await workspace.PromptAsync("once", clientId: "x");
        string again = await workspace.PromptAsync("once", clientId: "x");
        string others = await workspace.PromptAsync("hers", sarah.Client, "x");

        Assert.Equal(first, again);
        Assert.NotEqual(first, others);
        Assert.Equal(["queued owner: once", "queued Sarah: hers"], await workspace.QueueAsync());
    }

    [Fact]
    public async Task A_hundred_that_are_sent_at_once_are_all_there_once_and_in_order()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);

        string[] ids = await Task.WhenAll(Enumerable.Range(0, Prompting.MaxWaiting).Select(i => workspace.PromptAsync($"p{i % 50}", clientId: $"c{i % 50}")));

        Assert.Equal(50, ids.Distinct().Count());
        JsonElement[] turns = [.. (await workspace.TurnsAsync()).GetProperty("turns").EnumerateArray()];
        Assert.Equal(50, turns.Length);
        for (int i = 0; i < 50; i++)
            Assert.NotNull(await TakeAndAnswerAsync(workspace));
        Assert.Null(await workspace.TakeAsync());
    }

    [Fact]
    public async Task A_full_queue_says_so()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        for (int i = 0; i < Prompting.MaxWaiting; i++)
            await workspace.PromptAsync($"p{i}");

        using HttpResponseMessage answer = await workspace.SendPromptAsync("one more");

        Assert.Contains("wait already", await answer.ProblemAsync(429));
    }

    [Fact]
    public async Task A_suggestion_waits_until_a_prompter_accepts_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester), sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);

        string id = await workspace.PromptAsync("Write a test.", david.Client);
        Assert.Equal(["suggested David: Write a test."], await workspace.QueueAsync());
        Assert.Null(await workspace.TakeAsync());

        await Assert404Async(david.Client.PostAsync($"/api/sessions/{workspace.Id}/prompts/{id}/accept", null));
        using HttpResponseMessage accepted = await sarah.Client.PostAsync($"/api/sessions/{workspace.Id}/prompts/{id}/accept", null);
        Assert.Equal("queued", (await accepted.JsonAsync()).Text("state"));
        Assert.Equal("Sarah", (await workspace.TurnsAsync()).GetProperty("turns")[0].Text("acceptedBy"));
        Assert.NotNull(await workspace.TakeAsync());
        Assert.Equal("Write a test.", (await workspace.TextsAsync())[^1]);
    }

    [Fact]
    public async Task A_declined_suggestion_is_gone_and_never_stands_in_the_log()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester);
        string id = await workspace.PromptAsync("Delete everything.", david.Client);

        (await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/prompts/{id}/decline", null)).EnsureSuccessStatusCode();

        Assert.Empty(await workspace.QueueAsync());
        Assert.Null(await workspace.TakeAsync());
        Assert.DoesNotContain("Delete everything.", await workspace.TextsAsync());
        using HttpResponseMessage late = await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/prompts/{id}/accept", null);
        await late.ProblemAsync(409);
        Assert.Equal("", await TextInDatabaseAsync(id));
    }

    [Fact]
    public async Task What_was_edited_after_it_was_read_is_not_accepted()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester);
        string id = await workspace.PromptAsync("harmless", david.Client), path = $"/api/sessions/{workspace.Id}/prompts/{id}";
        (await david.Client.PatchAsJsonAsync(path, new { text = "harmful" })).EnsureSuccessStatusCode();

        using HttpResponseMessage stale = await workspace.Owner.PostAsJsonAsync($"{path}/accept", new { edits = 0 });
        await stale.ProblemAsync(409);
        using HttpResponseMessage seen = await workspace.Owner.PostAsJsonAsync($"{path}/accept", new { edits = 1 });

        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    [Fact]
    public async Task A_suggester_who_edits_what_was_accepted_has_to_have_it_accepted_again()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester);
        string id = await workspace.PromptAsync("harmless", david.Client), path = $"/api/sessions/{workspace.Id}/prompts/{id}";
        (await workspace.Owner.PostAsync($"{path}/accept", null)).EnsureSuccessStatusCode();

        (await david.Client.PatchAsJsonAsync(path, new { text = "harmful" })).EnsureSuccessStatusCode();

        Assert.Equal(["suggested David: harmful"], await workspace.QueueAsync());
        Assert.Null(await workspace.TakeAsync());
    }

    [Fact]
    public async Task An_author_edits_and_withdraws_what_waits_and_nobody_else_does()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);
        string id = await workspace.PromptAsync("first words", sarah.Client), path = $"/api/sessions/{workspace.Id}/prompts/{id}";

        (await sarah.Client.PatchAsJsonAsync(path, new { text = "better words" })).EnsureSuccessStatusCode();
        using HttpResponseMessage others = await workspace.Owner.PatchAsJsonAsync(path, new { text = "the owner's" });
        await others.ProblemAsync(409);
        Assert.Equal(["queued Sarah: better words"], await workspace.QueueAsync());

        using HttpResponseMessage notHers = await workspace.Owner.DeleteAsync(path);
        await notHers.ProblemAsync(409);
        Assert.Equal(HttpStatusCode.NoContent, (await sarah.Client.DeleteAsync(path)).StatusCode);
        Assert.Empty(await workspace.QueueAsync());
        Assert.Equal("", await TextInDatabaseAsync(id));
    }

    [Fact]
    public async Task What_runs_is_neither_edited_nor_withdrawn()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        string id = await workspace.PromptAsync("running"), path = $"/api/sessions/{workspace.Id}/prompts/{id}";
        Assert.NotNull(await workspace.TakeAsync());

        using HttpResponseMessage edit = await workspace.Owner.PatchAsJsonAsync(path, new { text = "else" });
        await edit.ProblemAsync(409);
        using HttpResponseMessage withdrawal = await workspace.Owner.DeleteAsync(path);
        await withdrawal.ProblemAsync(409);
    }

    [Fact]
    public async Task Viewers_and_readers_of_the_link_prompt_nothing_and_only_members_see_the_queue()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member viewer = await workspace.JoinAsync("Vera", MemberRole.Viewer);
        (await Server.ShareSessionAsync(workspace.Id, new { link = true })).Text("url");
        string id = await workspace.PromptAsync("the owner's");
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        foreach (HttpClient client in (HttpClient[])[viewer.Client, stranger])
        {
            await Assert404Async(workspace.SendPromptAsync("mine", client));
            await Assert404Async(client.PostAsync($"/api/sessions/{workspace.Id}/interrupt", null));
            await Assert404Async(client.PostAsync($"/api/sessions/{workspace.Id}/prompts/{id}/accept", null));
            await Assert404Async(client.PatchAsJsonAsync($"/api/sessions/{workspace.Id}/agent", new { model = "dear" }));
        }
        Assert.Equal(1, (await workspace.TurnsAsync(viewer.Client)).GetProperty("turns").GetArrayLength());
        await Assert404Async(stranger.GetAsync($"/api/sessions/{workspace.Id}/turns"));
        await Assert404Async(stranger.GetAsync($"/api/sessions/{workspace.Id}/agent"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.Anyone.GetAsync($"/api/sessions/{workspace.Id}/turns")).StatusCode);
    }

    [Fact]
    public async Task A_session_that_is_no_workspace_takes_no_prompts()
    {
        string id = await Server.ShareAsync("one");

        using HttpResponseMessage answer = await Server.Owner.PostAsJsonAsync($"/api/sessions/{id}/prompts", new { text = "hi", clientId = "1" });

        Assert.Contains("no open workspace", await answer.ProblemAsync(409));
        Assert.Equal("none", (await Server.Owner.JsonAsync($"/api/sessions/{id}/turns")).Text("runner"));
    }

    [Theory]
    [InlineData("""{"clientId":"1"}""")]
    [InlineData("""{"text":"   ","clientId":"1"}""")]
    [InlineData("""{"text":"hi"}""")]
    [InlineData("""{"text":"hi","clientId":""}""")]
    [InlineData("""{"text":"hi","clientId":"1","attachments":[{"resourceId":"r"}]}""")]
    [InlineData("""{"text":"hi","clientId":"1","attachments":[null]}""")]
    public async Task A_prompt_that_makes_no_sense_is_refused(string body)
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);

        using HttpResponseMessage answer = await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/prompts", Driver.Content(body));

        await answer.ProblemAsync(400);
    }

    [Fact]
    public async Task A_prompt_is_as_long_as_it_may_be_and_no_longer()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);

        await workspace.PromptAsync(new string('a', Prompting.MaxText));
        using HttpResponseMessage answer = await workspace.SendPromptAsync(new string('a', Prompting.MaxText + 1));

        await answer.ProblemAsync(400);
    }

    [Fact]
    public async Task Secrets_in_a_prompt_are_taken_out_before_anybody_sees_it_wait()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        string secret = "ghp_" + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(18)).ToLowerInvariant();

        string id = await workspace.PromptAsync($"Use {secret} for it.");

        Assert.DoesNotContain(secret, string.Join('\n', await workspace.QueueAsync()));
        Assert.DoesNotContain(secret, await TextInDatabaseAsync(id));
        await workspace.TakeAsync();
        Assert.DoesNotContain(secret, string.Join('\n', await workspace.TextsAsync()));
        Assert.StartsWith("Use ", (await workspace.TextsAsync())[^1]);
    }

    [Fact]
    public async Task A_prompter_who_becomes_a_suggester_is_asked_for_acceptance_and_one_who_is_removed_is_not_answered()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter), david = await workspace.JoinAsync("David", MemberRole.Prompter);
        await workspace.PromptAsync("hers", sarah.Client);
        await workspace.PromptAsync("his", david.Client);

        await workspace.GrantAsync(sarah.AccountId, MemberRole.Suggester);
        await Server.Get<Database>().WriteAsync(async c =>
        {
            await c.ExecuteAsync("DELETE FROM members WHERE account_id = $1", default, david.AccountId);
            await Prompting.AbandonAsync(c, workspace.Id, david.AccountId, default);
            return true;
        });

        Assert.Null(await workspace.TakeAsync());
        Assert.Equal(["suggested Sarah: hers"], await workspace.QueueAsync());
        Assert.Equal(2, (await workspace.TextsAsync()).Length);
    }

    [Fact]
    public async Task A_workspace_that_is_closed_or_a_member_who_leaves_takes_along_what_waited_and_what_ran()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);
        string hers = await workspace.PromptAsync("hers", sarah.Client);
        TakenTurn running = (await workspace.TakeAsync())!;
        string waiting = await workspace.PromptAsync("waiting", sarah.Client), mine = await workspace.PromptAsync("mine");

        (await workspace.Owner.DeleteAsync($"/api/sessions/{workspace.Id}/members/{sarah.AccountId}")).EnsureSuccessStatusCode();
        Assert.Equal(["queued owner: mine"], await workspace.QueueAsync());
        using HttpResponseMessage late = await running.FinishAsync(1, entries: Bundles.Answer("late"));
        await late.ProblemAsync(409);

        (await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/close", null)).EnsureSuccessStatusCode();
        Assert.Empty(await workspace.QueueAsync());
        Assert.Equal(["", "", ""], [await TextInDatabaseAsync(hers), await TextInDatabaseAsync(waiting), await TextInDatabaseAsync(mine)]);
        Assert.Null(await workspace.TakeAsync());
    }

    [Fact]
    public async Task The_machine_that_the_session_came_from_appends_no_more_and_is_told_where_it_goes_on()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Func<Task<HttpResponseMessage>>[] driving =
        [
            () => workspace.Owner.AppendAsync(workspace.Id, 2, Bundles.Prompt("from the machine")),
            () => workspace.Owner.CorrectAsync(workspace.Id, 1, Bundles.Prompt("corrected")),
            () => workspace.Owner.PostAsJsonAsync($"/api/sessions/{workspace.Id}/deltas", new { text = "typed" }),
        ];

        foreach (string state in (string[])["open", "closed"])
        {
            await workspace.SetStateAsync(state);
            foreach (Func<Task<HttpResponseMessage>> send in driving)
            {
                using HttpResponseMessage answer = await send();
                Assert.Contains($"{Server.Address}/c/{workspace.Id}", await answer.ProblemAsync(409));
            }
        }
        Assert.Equal(["High water is late.", "By an hour."], await workspace.TextsAsync());
    }

    [Fact]
    public async Task Every_step_of_a_prompt_is_in_the_audit_trail_with_who_did_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester), sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);

        string id = await workspace.PromptAsync("one", david.Client), path = $"/api/sessions/{workspace.Id}/prompts/{id}";
        (await david.Client.PatchAsJsonAsync(path, new { text = "two" })).EnsureSuccessStatusCode();
        (await sarah.Client.PostAsync($"{path}/accept", null)).EnsureSuccessStatusCode();
        TakenTurn turn = (await workspace.TakeAsync())!;
        (await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/interrupt", null)).EnsureSuccessStatusCode();
        (await turn.FinishAsync(1, "interrupted")).EnsureSuccessStatusCode();
        string hers = await workspace.PromptAsync("hers", sarah.Client);
        (await sarah.Client.DeleteAsync($"/api/sessions/{workspace.Id}/prompts/{hers}")).EnsureSuccessStatusCode();

        JsonElement audit = await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/audit");
        Assert.Equal(
            ["David suggested", "David promptEdited", "Sarah suggestionAccepted", "owner agentInterrupted", "David promptClosed", "Sarah prompted", "Sarah promptWithdrawn"],
            audit.GetProperty("events").EnumerateArray().Reverse().Where(e => e.TryGetProperty("detail", out _)).Select(e => $"{e.Text("who")} {e.Text("what")}"));
    }

    [Fact]
    public async Task Members_who_watch_are_woken_by_every_change_of_the_queue()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        int wakes = 0;
        using IDisposable watching = Server.Get<Wakes>().Watch(workspace.Id, what => wakes += what.HasFlag(Wake.Room) ? 1 : 0);

        string id = await workspace.PromptAsync("one");
        Assert.Equal(1, wakes);
        (await workspace.Owner.PatchAsJsonAsync($"/api/sessions/{workspace.Id}/prompts/{id}", new { text = "two" })).EnsureSuccessStatusCode();
        Assert.Equal(2, wakes);
        TakenTurn turn = (await workspace.TakeAsync())!;
        Assert.Equal(3, wakes);
        await turn.AnswerAsync("done");
        Assert.Equal(4, wakes);
    }

    private static async Task<string?> TakeAndAnswerAsync(Workspace workspace)
    {
        if (await workspace.TakeAsync() is not { } turn)
            return null;
        await turn.AnswerAsync("done");
        return turn.Id;
    }

    private static async Task Assert404Async(Task<HttpResponseMessage> sent)
    {
        using HttpResponseMessage answer = await sent;
        await answer.ProblemAsync(404);
    }

    private async Task<string> TextInDatabaseAsync(string id) =>
        (await Server.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT text FROM turns WHERE id = $1", row => row.Text(0), default, id)))!;
}
