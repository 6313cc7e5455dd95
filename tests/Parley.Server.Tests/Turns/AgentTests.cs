using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Turns;

namespace Parley.Server.Tests.Turns;

/// <summary>The server's own runner, with a model's API on loopback.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    private ModelDouble _model = null!;
    private RunningServer _server = null!;
    private Workspace _workspace = null!;

    public async ValueTask InitializeAsync()
    {
        _model = await ModelDouble.StartAsync();
        _server = await RunningServer.StartAsync(new Sqlite(), _model.Settings);
        _workspace = await Workspace.OpenAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _workspace.DisposeAsync();
        await _server.DisposeAsync();
        await _model.DisposeAsync();
    }

    [Fact]
    public async Task A_prompt_is_answered_and_its_tokens_and_cost_are_counted()
    {
        _model.Script(Reply.Says("Because of ", "the moon."));

        await _workspace.PromptAsync("Why?");
        await AnsweredAsync("Because of the moon.");

        JsonElement[] messages = [.. (await _workspace.Owner.JsonAsync($"/api/sessions/{_workspace.Id}/messages")).GetProperty("messages").EnumerateArray()];
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.Select(m => m.Text("role")));
        Assert.Equal(("model-1", 1060, 100), (messages[3].Text("model"), messages[3].GetProperty("usage").Number("input"), messages[3].GetProperty("usage").Number("output")));
        JsonElement agent = await _workspace.Owner.JsonAsync($"/api/sessions/{_workspace.Id}/agent");
        // An unknown model costs 15 and 75 dollars a million: 1,000 in, 50 cached at a tenth, 10 to cache at 1.25, 100 out.
        Assert.Equal(0.015000m + 0.000075m + 0.000188m + 0.0075m, agent.GetProperty("spent").GetDecimal());
        Assert.Equal((1000, 100, 50, 10), (agent.GetProperty("tokens").Number("input"), agent.GetProperty("tokens").Number("output"), agent.GetProperty("tokens").Number("cacheRead"), agent.GetProperty("tokens").Number("cacheWrite")));
    }

    [Fact]
    public async Task The_model_gets_the_conversation_with_names_that_tell_people_apart_and_marks_for_its_cache()
    {
        Member sarah = await _workspace.JoinAsync("Sarah", MemberRole.Prompter);
        _model.Script(Reply.Says("one"), Reply.Says("two"));

        await _workspace.PromptAsync("First.", sarah.Client);
        await AnsweredAsync("one");
        await _workspace.PromptAsync("Second.");
        await AnsweredAsync("two");

        JsonNode request = _model.Requests[1];
        Assert.True((bool)request["stream"]!);
        Assert.Equal("model-1", (string?)request["model"]);
        Assert.Contains("Sarah (prompter)", (string?)request["system"]![0]!["text"]);
        Assert.NotNull(request["system"]![0]!["cache_control"]);
        Assert.Equal(["user", "assistant", "user", "assistant", "user"], request["messages"]!.AsArray().Select(m => (string?)m!["role"]));
        string texts = ModelDouble.TextsOf(request);
        Assert.StartsWith("High water is late.\nBy an hour.\n<person-", texts);
        Assert.Matches("<person-([0-9a-f]{8}) name=\"Sarah\">\nFirst.\n</person-\\1>\none\n<person-\\1 name=\"owner\">\nSecond.\n</person-\\1>$", texts);
        Assert.Equal([false, false, true, false, true], request["messages"]!.AsArray().Select(m => m!["content"]!.AsArray()[^1]!["cache_control"] is not null));
    }

    [Fact]
    public async Task Those_who_watch_read_the_answer_while_it_is_written()
    {
        var gate = new TaskCompletionSource();
        string text = string.Join(' ', Enumerable.Repeat("tide", 200));
        _model.Script(Reply.Says(text) with { Gate = gate.Task });
        using Watcher watcher = await Watcher.OpenAsync(_workspace.Owner, _workspace.Id);
        await watcher.NextAsync("presence");

        await _workspace.PromptAsync("Go on.");
        string seen = (await watcher.NextAsync("delta")).Json.Text("text");
        gate.SetResult();

        Assert.StartsWith(seen, text);
        Assert.Equal("entry", (await watcher.NextAsync("entry")).Name);
        await AnsweredAsync(text);
    }

    [Fact]
    public async Task An_interrupted_answer_stays_as_far_as_it_was_written()
    {
        var gate = new TaskCompletionSource();
        _model.Script(Reply.Says("This is how it begins") with { Gate = gate.Task }, Reply.Says("next"));
        string id = await _workspace.PromptAsync("Tell me everything.");
        await _model.CalledAsync(1);
        await Eventually.TrueAsync(async () => (await _workspace.QueueAsync()).Any(turn => turn.StartsWith("running", StringComparison.Ordinal)));

        (await _workspace.Owner.PostAsync($"/api/sessions/{_workspace.Id}/interrupt", null)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => (await _workspace.QueueAsync()).Length == 0);

        JsonElement[] messages = [.. (await _workspace.Owner.JsonAsync($"/api/sessions/{_workspace.Id}/messages")).GetProperty("messages").EnumerateArray()];
        Assert.Equal("interrupted", messages[^1].GetProperty("blocks")[0].Text("event"));
        Assert.Equal("by owner", messages[^1].GetProperty("blocks")[0].Text("text"));
        Assert.True(messages.Length == 4 || messages[3].GetProperty("blocks")[0].Text("text") == "This is how it begins");
        await _workspace.PromptAsync("And now?");
        await AnsweredAsync("next");
        Assert.NotEmpty(id);
    }

    [Fact]
    public async Task A_model_that_is_busy_is_waited_for_in_sight_of_the_people()
    {
        _model.Script(Reply.Fails(529), Reply.Fails(429), Reply.Says("at last"));

        await _workspace.PromptAsync("Hello?");
        await StatusAsync("busy or failing (529). Trying again in 1 s.");
        // A quarter more at most, by chance.
        _server.Clock.Advance(TimeSpan.FromSeconds(1.25));
        await StatusAsync("takes no more requests at the moment. Trying again in 2 s.");
        _server.Clock.Advance(TimeSpan.FromSeconds(2.5));

        await AnsweredAsync("at last");
    }

    [Theory]
    [InlineData(429, "9", "takes no more requests at the moment. As it asks, trying again in 9 s.", 9)]
    [InlineData(529, "9", "busy or failing (529). As it asks, trying again in 9 s.", 9)]
    [InlineData(503, "0", "busy or failing (503). As it asks, trying again in 1 s.", 1)]
    public async Task A_model_that_says_for_how_long_it_is_busy_is_left_alone_so_long(int status, string retryAfter, string says, int seconds)
    {
        _model.Script(Reply.Fails(status, retryAfter), Reply.Says("at last"));

        await _workspace.PromptAsync("Hello?");
        await StatusAsync(says);
        // Less than a lease, so nothing has to be renewed on the way.
        _server.Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        await StatusAsync(says);
        Assert.Single(_model.Requests);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));

        await AnsweredAsync("at last");
    }

    [Fact]
    public async Task However_long_a_model_asks_to_be_left_alone_it_is_tried_again_within_minutes()
    {
        _model.Script(Reply.Fails(503, "86400"), Reply.Says("at last"));

        await _workspace.PromptAsync("Hello?");

        await StatusAsync("As it asks, trying again in 5 min.");
    }

    [Fact]
    public async Task A_model_that_says_until_when_it_is_busy_is_left_alone_until_then()
    {
        // A date has whole seconds.
        DateTimeOffset until = _server.Clock.GetUtcNow().AddSeconds(9);
        _model.Script(Reply.Fails(429, until.ToString("R")), Reply.Fails(429, until.AddDays(-1).ToString("R")), Reply.Fails(429, "soon"), Reply.Says("at last"));

        await _workspace.PromptAsync("Hello?");
        await StatusAsync("As it asks, trying again in 9 s.");
        _server.Clock.Advance(TimeSpan.FromSeconds(9));
        await StatusAsync("As it asks, trying again in 1 s.");
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await StatusAsync("at the moment. Trying again in 4 s.");
        _server.Clock.Advance(TimeSpan.FromSeconds(5));

        await AnsweredAsync("at last");
    }

    [Fact]
    public async Task A_model_that_refuses_closes_the_turn_and_the_log_says_why()
    {
        _model.Script(Reply.Fails(401), Reply.Says("fine"));

        await _workspace.PromptAsync("Hello?");
        await Eventually.TrueAsync(async () => (await _workspace.QueueAsync()).Length == 0);

        JsonElement last = (await _workspace.Owner.JsonAsync($"/api/sessions/{_workspace.Id}/messages")).GetProperty("messages")[3];
        Assert.Equal(("unanswered", "The model's API refuses this server's key."), (last.GetProperty("blocks")[0].Text("event"), last.GetProperty("blocks")[0].Text("text")));
        await _workspace.PromptAsync("Again.");
        await AnsweredAsync("fine");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        _model.Script(Reply.Says("half of it") with { BreaksOff = true }, Reply.Says("all of it"));

        await _workspace.PromptAsync("Hello?");
        await StatusAsync("Trying again in 1 s.");
        _server.Clock.Advance(TimeSpan.FromSeconds(1.25));

        await AnsweredAsync("all of it");
    }

    [Fact]
    public async Task A_workspace_whose_budget_is_spent_waits_until_its_owner_raises_it()
    {
        (await _workspace.Owner.PatchAsJsonAsync($"/api/sessions/{_workspace.Id}/agent", new { budget = 0.01 })).EnsureSuccessStatusCode();
        _model.Script(Reply.Says("dear"), Reply.Says("dearer"));

        await _workspace.PromptAsync("one");
        await AnsweredAsync("dear");
        await _workspace.PromptAsync("two");
        JsonElement turns = await _workspace.TurnsAsync();
        Assert.Equal("none", turns.Text("runner"));
        Assert.Contains("$0.01 is spent", turns.Text("why"));
        Assert.Equal(["queued owner: two"], await _workspace.QueueAsync());

        (await _workspace.Owner.PatchAsJsonAsync($"/api/sessions/{_workspace.Id}/agent", new { budget = 5 })).EnsureSuccessStatusCode();
        await AnsweredAsync("dearer");
    }

    [Fact]
    public async Task The_owner_chooses_the_model_of_a_workspace()
    {
        (await _workspace.Owner.PatchAsJsonAsync($"/api/sessions/{_workspace.Id}/agent", new { model = "model-2" })).EnsureSuccessStatusCode();
        _model.Script(Reply.Says("two"));

        await _workspace.PromptAsync("Which?");
        await AnsweredAsync("two");

        Assert.Equal("model-2", (string?)_model.Requests[0]["model"]);
    }

    [Fact]
    public async Task Prompts_that_wait_are_answered_one_after_the_other()
    {
        var gate = new TaskCompletionSource();
        _model.Script(Reply.Says("first answer") with { Gate = gate.Task }, Reply.Says("second answer"));

        await _workspace.PromptAsync("first");
        await _model.CalledAsync(1);
        await _workspace.PromptAsync("second");
        Assert.Equal(["running owner: ", "queued owner: second"], await _workspace.QueueAsync());
        gate.SetResult();
        await AnsweredAsync("second answer");

        Assert.Equal(["first", "first answer", "second", "second answer"], (await _workspace.TextsAsync())[2..]);
    }

    [Fact]
    public async Task A_server_that_stops_gives_its_turns_back()
    {
        var gate = new TaskCompletionSource();
        _model.Script(Reply.Says("never ends") with { Gate = gate.Task });
        string id = await _workspace.PromptAsync("Hello?");
        await _model.CalledAsync(1);

        await _server.StopAsync();

        TurnRecord turn = (await _server.Get<TurnStore>().FindAsync(id, default))!;
        Assert.Equal((Core.Turns.TurnState.Queued, 0), (turn.Turn.State, turn.Turn.Attempts));
    }

    private Task AnsweredAsync(string text) => Eventually.TrueAsync(async () => (await _workspace.QueueAsync()).Length == 0 && (await LastTextAsync()) == text);

    private async Task<string?> LastTextAsync()
    {
        JsonElement messages = (await _workspace.Owner.JsonAsync($"/api/sessions/{_workspace.Id}/messages?limit=200")).GetProperty("messages");
        return messages[messages.GetArrayLength() - 1].GetProperty("blocks")[0].TryGetProperty("text", out JsonElement text) ? text.GetString() : null;
    }

    private Task StatusAsync(string end) => Eventually.TrueAsync(async () =>
        (await _workspace.TurnsAsync()).GetProperty("turns").EnumerateArray().Any(t => t.TryGetProperty("status", out JsonElement status) && status.GetString()!.EndsWith(end, StringComparison.Ordinal)));
}
