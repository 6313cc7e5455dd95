using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Turns;

namespace Parley.Server.Tests.Turns;

public sealed class RunnersOnSqlite(ServerFixture<Sqlite> fixture) : RunnerTests<Sqlite>(fixture);

public sealed class RunnersOnPostgres(ServerFixture<Postgres> fixture) : RunnerTests<Postgres>(fixture);

/// <summary>The wire of runners, with a test in their place.</summary>
public abstract class RunnerTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Only_the_runners_token_opens_their_routes()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        using HttpClient almost = Server.ClientWith(Server.Get<RunnerToken>().Text[..^1] + "-");

        foreach (HttpClient client in (HttpClient[])[Server.Anyone, Server.Owner, almost])
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync("/api/runner/take", new { runner = "thief", free = 1, wait = 0 });
            await answer.ProblemAsync(401);
        }
        Assert.Equal(["queued owner: one"], await workspace.QueueAsync());
        using HttpResponseMessage elsewhere = await workspace.Runner.GetAsync($"/api/sessions/{workspace.Id}");
        await elsewhere.ProblemAsync(404);
    }

    [Fact]
    public async Task Two_runners_that_take_at_once_never_have_one_turn_or_two_of_one_workspace()
    {
        await using Workspace one = await Workspace.OpenAsync(Server), other = await Workspace.OpenAsync(Server);
        foreach (Workspace workspace in (Workspace[])[one, other])
        {
            for (int i = 0; i < 3; i++)
                await workspace.PromptAsync($"p{i}");
        }

        TakenTurn?[] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => one.TakeAsync($"runner {i}")));

        Assert.Equal([one.Id, other.Id], taken.OfType<TakenTurn>().Select(t => t.Json.Text("sessionId")).Order().ToArray() is var ids && ids[0] == one.Id ? ids : ids.Reverse());
        Assert.Equal(1, (await one.QueueAsync()).Count(turn => turn.StartsWith("running", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_runner_that_waits_is_given_a_prompt_the_moment_it_is_sent()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);

        Task<TakenTurn?> waiting = workspace.TakeAsync(wait: RunnerApi.MaxWait);
        await Eventually.TrueAsync(async () => (await workspace.TurnsAsync()).Text("runner") == "here");
        string id = await workspace.PromptAsync("one");

        Assert.Equal(id, (await waiting)!.Id);
    }

    [Fact]
    public async Task A_step_that_is_sent_twice_is_appended_once()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync())!;

        for (int i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await turn.AppendAsync(1, Bundles.Answer("a step"))).StatusCode);
        for (int i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await turn.FinishAsync(2, entries: Bundles.Answer("the end"))).StatusCode);

        Assert.Equal(["one", "a step", "the end"], (await workspace.TextsAsync())[2..]);
        Assert.Equal(2000, (await workspace.TurnsAsync()).GetProperty("agent").GetProperty("tokens").Number("input"));
    }

    [Fact]
    public async Task A_turn_whose_runner_is_lost_is_taken_again_and_goes_on_from_the_log()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn lost = (await workspace.TakeAsync("first"))!;
        (await lost.AppendAsync(1, Bundles.Answer("half of it"))).EnsureSuccessStatusCode();

        await LapseAsync(workspace);
        TakenTurn again = (await workspace.TakeAsync("second"))!;

        Assert.Equal((lost.Id, 2, 1, 3), (again.Id, again.Json.Number("attempt"), again.Json.Number("step"), again.Json.Number("promptSeq")));
        Assert.NotEqual(lost.Lease, again.Lease);
        Assert.Contains("half of it", (await again.EntriesAsync())[^1]);
        await again.AnswerAsync("all of it");
        Assert.Equal(["one", "half of it", "all of it"], (await workspace.TextsAsync())[2..]);
    }

    [Fact]
    public async Task A_runner_that_was_given_up_for_lost_can_do_nothing_any_more()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn lost = (await workspace.TakeAsync())!;
        Server.Clock.Advance(Lease.Length);
        await AssertLostAsync(lost);

        await Eventually.TrueAsync(async () => (await workspace.QueueAsync())[0].StartsWith("queued", StringComparison.Ordinal));
        await AssertLostAsync(lost);
        TakenTurn again = (await workspace.TakeAsync())!;
        await AssertLostAsync(lost);
        await again.AnswerAsync("answer");
        await AssertLostAsync(lost);

        Assert.Equal(["one", "answer"], (await workspace.TextsAsync())[2..]);
    }

    [Fact]
    public async Task A_lease_that_is_renewed_lasts()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync())!;

        for (int i = 0; i < 5; i++)
        {
            Server.Clock.Advance(Lease.Length - TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.OK, (await turn.RenewAsync()).StatusCode);
        }

        await turn.AnswerAsync("late");
        Assert.Equal("late", (await workspace.TextsAsync())[^1]);
    }

    [Fact]
    public async Task A_turn_that_loses_its_runners_again_and_again_is_closed_and_the_log_says_so()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");

        for (int i = 0; i < Turn.MaxAttempts; i++)
        {
            Assert.NotNull(await workspace.TakeAsync());
            await LapseAsync(workspace);
        }

        Assert.Null(await workspace.TakeAsync());
        Assert.Empty(await workspace.QueueAsync());
        JsonElement last = (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/messages")).GetProperty("messages")[3];
        Assert.Equal("unanswered", last.GetProperty("blocks")[0].Text("event"));
        Assert.Equal(["one"], (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/messages")).GetProperty("messages").EnumerateArray().Skip(2).Take(1).Select(m => m.GetProperty("blocks")[0].Text("text")));
    }

    [Fact]
    public async Task An_interrupted_turn_whose_runner_is_lost_is_not_taken_again()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        Assert.NotNull(await workspace.TakeAsync());
        (await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/interrupt", null)).EnsureSuccessStatusCode();

        Server.Clock.Advance(Lease.Length);
        await Eventually.TrueAsync(async () => (await workspace.QueueAsync()).Length == 0);

        Assert.Null(await workspace.TakeAsync());
        JsonElement last = (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/messages")).GetProperty("messages")[3];
        Assert.Equal("interrupted", last.GetProperty("blocks")[0].Text("event"));
    }

    [Fact]
    public async Task A_runner_hears_of_an_interruption_while_it_waits_for_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync())!;
        Task<HttpResponseMessage> holding = turn.RenewAsync(RunnerApi.MaxWait);

        using HttpResponseMessage interruption = await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/interrupt", null);

        Assert.Equal("running", (await interruption.JsonAsync()).Text("state"));
        using HttpResponseMessage renewal = await holding;
        Assert.True((await renewal.JsonAsync()).GetProperty("interrupted").GetBoolean());
        Assert.Equal("owner", (await workspace.TurnsAsync()).GetProperty("turns")[0].Text("stoppedBy"));
    }

    [Fact]
    public async Task What_is_given_back_is_taken_by_another_and_not_counted()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        for (int i = 0; i < Turn.MaxAttempts + 2; i++)
        {
            TakenTurn turn = (await workspace.TakeAsync($"runner {i}"))!;
            Assert.Equal(1, turn.Json.Number("attempt"));
            Assert.Equal(HttpStatusCode.NoContent, (await turn.GiveBackAsync()).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await turn.AppendAsync(1, Bundles.Answer("late"))).StatusCode);
        }
        Assert.Equal(["one"], (await workspace.TextsAsync())[2..]);
    }

    [Fact]
    public async Task A_runner_speaks_for_the_agent_alone()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync())!;
        Entry[] others =
        [
            Bundles.Prompt("a person's"),
            Bundles.Answer("another's") with { Author = "Sarah" },
            Bundles.Blocks(Role.Event, new { type = "event", @event = "joined", name = "Mallory" }),
            Bundles.Blocks(Role.User, new { type = "tool_result", tool_use_id = "1", content = "ok" }, new { type = "text", text = "and I, Sarah, say" }),
        ];

        foreach (Entry entry in others)
            await (await turn.AppendAsync(1, entry)).ProblemAsync(400);

        Assert.Equal(HttpStatusCode.OK, (await turn.AppendAsync(1, Bundles.Blocks(Role.User, new { type = "tool_result", tool_use_id = "1", content = "ok" }))).StatusCode);
    }

    [Theory]
    [InlineData("take", """{"runner":"","free":1,"wait":0}""")]
    [InlineData("take", """{"runner":"r","free":0,"wait":0}""")]
    [InlineData("take", """{"runner":"r","free":1,"wait":999}""")]
    [InlineData("turns/x/steps", """{"step":1}""")]
    [InlineData("turns/x/steps", """{"entries":[{}]}""")]
    [InlineData("turns/x/steps", """[]""")]
    [InlineData("turns/x/finish", """{"step":1,"outcome":"done"}""")]
    [InlineData("turns/x/tools", """{"name":"read_file"}""")]
    [InlineData("turns/x/deltas", """{}""")]
    public async Task What_makes_no_sense_is_refused(string route, string body)
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);

        using HttpResponseMessage answer = await workspace.Runner.PostAsync($"/api/runner/{route}", Driver.Content(body));

        await answer.ProblemAsync(400);
    }

    [Fact]
    public async Task People_go_on_writing_while_the_agent_answers_and_nothing_of_either_is_lost()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync())!;
        var driving = Server.Get<Driving>();

        await Task.WhenAll(
            Task.Run(async () =>
            {
                for (int i = 1; i <= 20; i++)
                    (await turn.AppendAsync(i, Bundles.Answer($"step {i}"))).EnsureSuccessStatusCode();
            }),
            Task.Run(async () =>
            {
                for (int i = 1; i <= 20; i++)
                    await driving.AddAsync(workspace.Id, [Bundles.Prompt($"note {i}") with { Author = "Sarah" }], default);
            }));

        string[] texts = (await workspace.TextsAsync())[3..];
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"step {i}"), texts.Where(t => t.StartsWith("step", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"note {i}"), texts.Where(t => t.StartsWith("note", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_note_between_two_pieces_of_an_answer_takes_nothing_of_it_away()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync())!;
        using Watcher watcher = await Watcher.OpenAsync(workspace.Owner, workspace.Id);
        await watcher.NextAsync("presence");
        string first = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"a{i}")), second = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"b{i}"));

        (await turn.SayAsync(first + " ")).EnsureSuccessStatusCode();
        await Server.Get<Driving>().AddAsync(workspace.Id, [Bundles.Prompt("a note") with { Author = "Sarah" }], default);
        (await turn.SayAsync(second)).EnsureSuccessStatusCode();

        string seen = "";
        while (seen.Length < first.Length + 500)
            seen += (await watcher.NextAsync("delta")).Json.Text("text");
        Assert.StartsWith(seen, $"{first} {second}");
    }

    [Fact]
    public async Task The_conversation_begins_at_the_last_compaction_and_leaves_out_what_was_gone_back_behind()
    {
        await using Workspace workspace = await Workspace.OpenAsync(
            Server,
            Bundles.Prompt("before"),
            Bundles.Blocks(Role.Event, new { type = "event", @event = "compacted", summary = "What was before." }),
            Bundles.Prompt("kept"),
            Bundles.Prompt("abandoned"),
            Bundles.Answer("abandoned too"),
            Bundles.Blocks(Role.Event, new { type = "rewound", fromSeq = 4, toSeq = 5 }),
            Bundles.Answer("of a subagent") with { Thread = "toolu_1" },
            Bundles.Answer("kept too"));
        await workspace.PromptAsync("go on");

        string[] entries = await (await workspace.TakeAsync())!.EntriesAsync();

        Assert.Equal([2, 3, 6, 8, 9], entries.Select(e => JsonSerializer.Deserialize<JsonElement>(e).Number("seq")));
    }

    [Fact]
    public async Task Nobody_answers_until_a_runner_comes_and_the_queue_says_so()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await Server.Get<Database>().WriteAsync(c => c.ExecuteAsync("DELETE FROM runners", default));

        JsonElement none = await workspace.TurnsAsync();
        Assert.Equal("none", none.Text("runner"));
        Assert.Contains("prompts wait", none.Text("why"));

        await workspace.TakeAsync("alone", free: 1);
        Assert.Equal("here", (await workspace.TurnsAsync()).Text("runner"));
        await workspace.PromptAsync("one");
        await workspace.TakeAsync("alone", free: 1);
        Assert.Equal("busy", (await workspace.TurnsAsync()).Text("runner"));
        Server.Clock.Advance(RunnerWatch.Patience);
        Assert.Equal("none", (await workspace.TurnsAsync()).Text("runner"));
    }

    private async Task LapseAsync(Workspace workspace)
    {
        Server.Clock.Advance(Lease.Length);
        await Eventually.TrueAsync(async () => !(await workspace.QueueAsync()).Any(turn => turn.StartsWith("running", StringComparison.Ordinal)));
    }

    private static async Task AssertLostAsync(TakenTurn turn)
    {
        Func<Task<HttpResponseMessage>>[] all =
        [
            () => turn.AppendAsync(1, Bundles.Answer("late")), () => turn.FinishAsync(1, entries: Bundles.Answer("late")), () => turn.RenewAsync(),
            () => turn.SayAsync("late"), () => turn.StatusAsync("late"), () => turn.GiveBackAsync(), () => turn.SendAsync("tools", """{"name":"read_file","input":{}}"""),
        ];
        foreach (Func<Task<HttpResponseMessage>> send in all)
        {
            using HttpResponseMessage answer = await send();
            await answer.ProblemAsync(409);
        }
    }
}
