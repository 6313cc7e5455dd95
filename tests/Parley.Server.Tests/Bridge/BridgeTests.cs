using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Bridging;
using Parley.Core.Sessions;
using Parley.Server.Bridge;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Bridge;

public sealed class BridgeOnSqlite(ServerFixture<Sqlite> fixture) : BridgeTests<Sqlite>(fixture);

public sealed class BridgeOnPostgres(ServerFixture<Postgres> fixture) : BridgeTests<Postgres>(fixture);

/// <summary>How a workspace's agent uses the MCP servers of its owner's machine, and what keeps it from the others.</summary>
public abstract class BridgeTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_call_travels_to_the_machine_and_its_answer_back()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get_issue"));
        TakenTurn turn = await RunningAsync(workspace);
        Assert.Equal(["mcp__linear__get_issue"], ToolsOf(turn));

        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__get_issue", new { id = "PAR-1" });
        BridgeMessage call = await machine.AnswerAsync("Boats are late");

        Assert.Equal((workspace.Id, "linear", "get_issue", """{"id":"PAR-1"}"""), (call.Session, call.Server, call.Tool, call.Input!.Value.GetRawText()));
        Assert.Equal((false, "Boats are late"), Answer(await calling));
    }

    [Fact]
    public async Task Calls_are_under_way_side_by_side()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);

        Task<JsonElement> first = CallAsync(turn, "mcp__linear__get", new { n = 1 });
        BridgeMessage one = await machine.HearAsync(BridgeMessage.Call);
        Task<JsonElement> second = CallAsync(turn, "mcp__linear__get", new { n = 2 });
        await machine.AnswerAsync("two");
        Assert.Equal((false, "two"), Answer(await second));
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Answer, Id = one.Id, Text = "one", IsError = true });

        Assert.Equal((true, "one"), Answer(await first));
    }

    [Fact]
    public async Task Unticked_servers_are_neither_named_nor_called()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await AddAsync(workspace, "notion");
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        // A machine that offers what nobody has ticked.
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Opened, Session = workspace.Id, Server = "notion", Tools = [LendingMachine.Reading("search")] });
        TakenTurn turn = await RunningAsync(workspace);

        Assert.Equal(["mcp__linear__get"], ToolsOf(turn));
        Assert.Equal((true, "There is no tool \"mcp__notion__search\" here."), Answer(await CallAsync(turn, "mcp__notion__search", new { })));
        foreach (string route in (string[])["turns", "context", "members"])
            Assert.DoesNotContain("notion", await sarah.Client.GetStringAsync($"/api/sessions/{workspace.Id}/{route}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unticking_cuts_a_running_call_at_once_and_tells_the_machine()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);
        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__get", new { });
        BridgeMessage call = await machine.HearAsync(BridgeMessage.Call);

        await PermitAsync(workspace, "linear", "private");

        Assert.Equal((true, "linear was taken back while it was asked."), Answer(await calling));
        BridgeMessage[] told = [await machine.HearAnyAsync(), await machine.HearAnyAsync()];
        Assert.Equal(call.Id, Assert.Single(told, message => message.Type == BridgeMessage.Cancel).Id);
        Assert.Empty(Assert.Single(told, message => message.Type == BridgeMessage.Use).Servers ?? []);
        Assert.Equal((true, "There is no tool \"mcp__linear__get\" here."), Answer(await CallAsync(turn, "mcp__linear__get", new { })));
        Assert.Equal(0, await Server.Get<Database>().ReadAsync(c => c.FirstAsync(
            "SELECT count(*) FROM bridge_servers b JOIN context_resources r ON r.id = b.resource_id WHERE r.session_id = $1", row => row.Number(0), default, workspace.Id)));
    }

    [Fact]
    public async Task What_may_change_something_runs_once_somebody_has_allowed_it()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Writing("issue"));
        TakenTurn turn = await RunningAsync(workspace);

        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__issue", new { title = "A bug" });
        JsonElement card = await CardAsync(workspace);
        Assert.Equal(("linear: issue", "title: A bug"), (card.Text("tool"), card.GetProperty("lines")[0].GetString()));
        await DecideAsync(workspace, card, "allow");
        Assert.Equal("""{"title":"A bug"}""", (await machine.AnswerAsync("PAR-2")).Input!.Value.GetRawText());
        Assert.Equal((false, "PAR-2"), Answer(await calling));

        calling = CallAsync(turn, "mcp__linear__issue", new { title = "Another" });
        await DecideAsync(workspace, await CardAsync(workspace), "deny");
        Assert.Equal((true, "It was not allowed. Do not try it again unless somebody asks for it."), Answer(await calling));
    }

    [Fact]
    public async Task A_call_that_waits_for_permission_is_withdrawn_when_its_server_is_unticked()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Writing("issue"));
        TakenTurn turn = await RunningAsync(workspace);
        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__issue", new { title = "A bug" });
        JsonElement card = await CardAsync(workspace);

        await PermitAsync(workspace, "linear", "private");

        Assert.Equal((true, "linear was taken back while it was asked."), Answer(await calling));
        using HttpResponseMessage late = await Server.Owner.PostAsync($"/api/sessions/{workspace.Id}/permissions/{card.Text("permissionId")}/allow", null);
        Assert.False(late.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("delete_issue", true, false)]
    [InlineData("issueUpdate", true, false)]
    [InlineData("list", true, true)]
    [InlineData("list", false, false)]
    public async Task A_tool_that_lies_about_reading_asks_first(string name, bool isReadOnly, bool isDestructive)
    {
        await using Workspace workspace = await LendingAsync("linear");
        var tool = new BridgedTool(name, "Reads, honestly.", JsonElement.Parse("{}"), isReadOnly, isDestructive);
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", tool);
        TakenTurn turn = await RunningAsync(workspace);

        Task<JsonElement> calling = CallAsync(turn, tool.NameFor("linear"), new { });
        await DecideAsync(workspace, await CardAsync(workspace), "deny");

        Assert.True(Answer(await calling).IsError);
    }

    [Fact]
    public async Task A_tool_that_has_asked_goes_on_asking_whatever_its_server_says_later()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Writing("issue"));
        await machine.OpenAsync(Server, workspace.Id, "linear", LendingMachine.Reading("issue"), LendingMachine.Reading("other"));
        TakenTurn turn = await RunningAsync(workspace);

        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__issue", new { });
        await DecideAsync(workspace, await CardAsync(workspace), "deny");
        Assert.True(Answer(await calling).IsError);
    }

    [Fact]
    public async Task Without_the_machine_the_agent_and_the_people_are_told_so()
    {
        await using Workspace workspace = await LendingAsync("linear");
        Assert.Equal("away", await LendingMachine.StateAsync(Server, workspace.Id, "linear"));
        LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);

        await machine.DisposeAsync();
        await Eventually.TrueAsync(async () => await LendingMachine.StateAsync(Server, workspace.Id, "linear") == "away");

        Assert.Equal(
            (true, "owner's machine is not connected. There, `parley bridge` connects it, and so does Claude Code with Parley's plugin."),
            Answer(await CallAsync(turn, "mcp__linear__get", new { })));
    }

    [Fact]
    public async Task A_machine_that_goes_away_in_the_middle_of_a_call_leaves_no_one_waiting()
    {
        await using Workspace workspace = await LendingAsync("linear");
        LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);
        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__get", new { });
        await machine.HearAsync(BridgeMessage.Call);

        await machine.DisposeAsync();

        Assert.Equal((true, "The machine went away while it was asked. Whether the call was carried out is not known."), Answer(await calling));
    }

    [Fact]
    public async Task A_server_that_can_t_be_opened_says_so_to_everybody()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);

        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Failed, Session = workspace.Id, Server = "linear", Text = "It does not start." });
        await Eventually.TrueAsync(async () => await LendingMachine.StateAsync(Server, workspace.Id, "linear") == "failed");

        Assert.Equal((true, "It does not start."), Answer(await CallAsync(turn, "mcp__linear__get", new { })));
    }

    [Fact]
    public async Task A_machine_that_does_not_answer_is_not_waited_for_for_ever()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);
        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__get", new { });
        BridgeMessage call = await machine.HearAsync(BridgeMessage.Call);

        Server.Clock.Advance(BridgeLimits.CallTime + Machine.Grace);

        Assert.Equal((true, "linear did not answer within 60 seconds."), Answer(await calling));
        Assert.Equal(call.Id, (await machine.HearAsync(BridgeMessage.Cancel)).Id);
    }

    [Fact]
    public async Task An_interrupted_turn_cancels_its_call()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);
        using var interrupted = new CancellationTokenSource();
        Task calling = CallAsync(turn, "mcp__linear__get", new { }, interrupted.Token);
        BridgeMessage call = await machine.HearAsync(BridgeMessage.Call);

        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.Equal(call.Id, (await machine.HearAsync(BridgeMessage.Cancel)).Id);
    }

    [Fact]
    public async Task Only_so_many_calls_are_under_way_at_a_time()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);
        var calls = new List<Task>();
        for (int i = 0; i < BridgeLimits.CallsAtOnce; i++)
        {
            calls.Add(CallAsync(turn, "mcp__linear__get", new { i }));
            await machine.HearAsync(BridgeMessage.Call);
        }

        Assert.Equal((true, "16 calls are under way already: wait for one of them."), Answer(await CallAsync(turn, "mcp__linear__get", new { })));

        await machine.DisposeAsync();
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Every_call_is_in_the_audit_trail()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);
        Task<JsonElement> calling = CallAsync(turn, "mcp__linear__get", new { id = 1 });
        await machine.AnswerAsync("One");
        await calling;
        await CallAsync(turn, "mcp__other__get\0\ud83d\ude00", new { });

        JsonElement audit = await Server.Owner.JsonAsync($"/api/sessions/{workspace.Id}/audit");
        Assert.Equal(
            ["(refused) mcp__other__get\ufffd\ud83d\ude00 {}", """mcp__linear__get {"id":1}"""],
            audit.GetProperty("events").EnumerateArray().Where(e => e.Text("what") == "contextUsed").Select(e => e.Text("detail")));
    }

    [Fact]
    public async Task A_closed_workspace_is_gone_for_the_machine()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));

        await workspace.SetStateAsync("closed");
        Server.Get<Server.Live.Wakes>().Announce(workspace.Id, Parley.Server.Live.Wake.Access);

        Assert.Equal(workspace.Id, (await machine.HearAsync(BridgeMessage.Gone)).Session);
    }

    [Fact]
    public async Task Somebody_elses_machine_lends_nothing()
    {
        await using Workspace workspace = await LendingAsync("linear");
        await using LendingMachine machine = await LendingMachine.ConnectAsync(Server, await Server.StrangersKeyAsync());

        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Lend, Sessions = [workspace.Id, "missing"] });
        Assert.Equal(workspace.Id, (await machine.HearAsync(BridgeMessage.Gone)).Session);
        Assert.Equal("missing", (await machine.HearAsync(BridgeMessage.Gone)).Session);
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Opened, Session = workspace.Id, Server = "linear", Tools = [LendingMachine.Reading("get")] });

        TakenTurn turn = await RunningAsync(workspace);
        Assert.Empty(ToolsOf(turn));
    }

    [Fact]
    public async Task A_machine_whose_key_is_taken_back_lends_nothing_from_then_on()
    {
        await using Workspace workspace = await LendingAsync("linear");
        using HttpResponseMessage made = await Server.Owner.PostAsJsonAsync("/api/keys", new { name = "laptop" });
        JsonElement key = await made.JsonAsync();
        await using LendingMachine machine = await LendingMachine.ConnectAsync(Server, key.Text("key"));
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Lend, Sessions = [workspace.Id] });
        await machine.HearAsync(BridgeMessage.Use);
        await machine.OpenAsync(Server, workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await RunningAsync(workspace);

        (await Server.Owner.DeleteAsync($"/api/keys/{key.Number("id")}")).EnsureSuccessStatusCode().Dispose();

        Assert.True(Answer(await CallAsync(turn, "mcp__linear__get", new { })).IsError);
        Server.Clock.Advance(Machine.Beat);
        Assert.Equal("The key is not valid any more.", await machine.ClosedAsync());
    }

    [Fact]
    public async Task Only_programs_with_a_key_get_a_socket()
    {
        Assert.Equal(401, await LendingMachine.RefusalAsync(Server, "sk-nobody"));
        Assert.Equal(403, await LendingMachine.RefusalAsync(Server, null, ("Origin", Server.Address)));
        using HttpResponseMessage plain = await Server.Owner.GetAsync("/api/bridge");
        Assert.Equal(426, (int)plain.StatusCode);
    }

    [Fact]
    public async Task What_is_no_message_ends_the_connection_and_nothing_else()
    {
        await using LendingMachine garbled = await LendingMachine.ConnectAsync(Server);
        await garbled.SayAsync("{}"u8.ToArray());
        Assert.Equal("That is no message of the bridge.", await garbled.ClosedAsync());
        await using LendingMachine endless = await LendingMachine.ConnectAsync(Server);
        await endless.SayAsync(new byte[BridgeLimits.MessageBytes + 1]);
        Assert.Equal($"A message has at most {BridgeLimits.MessageBytes} bytes.", await endless.ClosedAsync());
    }

    private async Task<Workspace> LendingAsync(string server)
    {
        Workspace workspace = await Workspace.OpenAsync(Server);
        await AddAsync(workspace, server);
        await PermitAsync(workspace, server, "agent");
        return workspace;
    }

    private async Task AddAsync(Workspace workspace, string server) =>
        (await Server.Owner.PostAsJsonAsync($"/api/sessions/{workspace.Id}/context", new { kind = "mcp", name = server })).EnsureSuccessStatusCode().Dispose();

    private async Task PermitAsync(Workspace workspace, string server, string permission)
    {
        JsonElement resources = (await Server.Owner.JsonAsync($"/api/sessions/{workspace.Id}/context")).GetProperty("resources");
        string resource = resources.EnumerateArray().First(r => r.Text("name") == server).Text("resourceId");
        (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{workspace.Id}/context/{resource}", new { permission })).EnsureSuccessStatusCode().Dispose();
    }

    private static async Task<TakenTurn> RunningAsync(Workspace workspace)
    {
        await workspace.PromptAsync("What is late?");
        return (await workspace.TakeAsync())!;
    }

    private static string[] ToolsOf(TakenTurn turn) => [.. turn.Json.GetProperty("tools").EnumerateArray().Select(tool => tool.Text("name"))];

    private static async Task<JsonElement> CallAsync(TakenTurn turn, string name, object input, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/runner/turns/{turn.Id}/tools")
        {
            Headers = { { Parley.Server.Turns.RunnerApi.LeaseHeader, turn.Lease } },
            Content = Driver.Content(JsonSerializer.Serialize(new { name, input })),
        };
        using HttpResponseMessage answer = await turn.Runner.SendAsync(request, cancel);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.JsonAsync();
    }

    private static (bool IsError, string Text) Answer(JsonElement receipt) => (receipt.GetProperty("isError").GetBoolean(), receipt.Text("text"));

    private async Task<JsonElement> CardAsync(Workspace workspace)
    {
        JsonElement[] cards = [];
        await Eventually.TrueAsync(async () => (cards = [.. (await Server.Owner.JsonAsync($"/api/sessions/{workspace.Id}/permissions")).GetProperty("permissions").EnumerateArray()]).Length > 0);
        return Assert.Single(cards);
    }

    private async Task DecideAsync(Workspace workspace, JsonElement card, string what) =>
        (await Server.Owner.PostAsync($"/api/sessions/{workspace.Id}/permissions/{card.Text("permissionId")}/{what}", null)).EnsureSuccessStatusCode().Dispose();
}
