using System.Net.Http.Json;
using System.Net.WebSockets;
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
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get_issue"));
        TakenTurn turn = await lending.RunningAsync();
        Assert.Equal(["mcp__linear__get_issue"], Lending.ToolsOf(turn));

        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get_issue", new { id = "PAR-1" });
        BridgeMessage call = await machine.AnswerAsync("Boats are late");

        Assert.Equal((lending.Workspace.Id, "linear", "get_issue", """{"id":"PAR-1"}"""), (call.Session, call.Server, call.Tool, call.Input!.Value.GetRawText()));
        Assert.Equal((false, "Boats are late"), Lending.Answer(await calling));
    }

    [Fact]
    public async Task Calls_are_under_way_side_by_side()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();

        Task<JsonElement> first = Lending.CallAsync(turn, "mcp__linear__get", new { n = 1 });
        BridgeMessage one = await machine.HearAsync(BridgeMessage.Call);
        Task<JsonElement> second = Lending.CallAsync(turn, "mcp__linear__get", new { n = 2 });
        await machine.AnswerAsync("two");
        Assert.Equal((false, "two"), Lending.Answer(await second));
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Answer, Id = one.Id, Text = "one", IsError = true });

        Assert.Equal((true, "one"), Lending.Answer(await first));
    }

    [Fact]
    public async Task Unticked_servers_are_neither_named_nor_called()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await lending.AddAsync("notion");
        Member sarah = await lending.Workspace.JoinAsync("Sarah", MemberRole.Prompter);
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        // A machine that offers what nobody has ticked.
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Opened, Session = lending.Workspace.Id, Server = "notion", Tools = [LendingMachine.Reading("search")] });
        TakenTurn turn = await lending.RunningAsync();

        Assert.Equal(["mcp__linear__get"], Lending.ToolsOf(turn));
        Assert.Equal((true, "There is no tool \"mcp__notion__search\" here."), Lending.Answer(await Lending.CallAsync(turn, "mcp__notion__search", new { })));
        foreach (string route in (string[])["turns", "context", "members"])
            Assert.DoesNotContain("notion", await sarah.Client.GetStringAsync($"/api/sessions/{lending.Workspace.Id}/{route}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unticking_cuts_a_running_call_at_once_and_tells_the_machine()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();
        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get", new { });
        BridgeMessage call = await machine.HearAsync(BridgeMessage.Call);

        await lending.PermitAsync("linear", "private");

        Assert.Equal((true, "linear was taken back while it was asked."), Lending.Answer(await calling));
        BridgeMessage[] told = [await machine.HearAnyAsync(), await machine.HearAnyAsync()];
        Assert.Equal(call.Id, Assert.Single(told, message => message.Type == BridgeMessage.Cancel).Id);
        Assert.Empty(Assert.Single(told, message => message.Type == BridgeMessage.Use).Servers ?? []);
        Assert.Equal((true, "There is no tool \"mcp__linear__get\" here."), Lending.Answer(await Lending.CallAsync(turn, "mcp__linear__get", new { })));
        Assert.Equal(0, await Server.Get<Database>().ReadAsync(c => c.FirstAsync(
            "SELECT count(*) FROM bridge_servers b JOIN context_resources r ON r.id = b.resource_id WHERE r.session_id = $1", row => row.Number(0), default, lending.Workspace.Id)));
    }

    [Fact]
    public async Task What_may_change_something_runs_once_somebody_has_allowed_it()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Writing("issue"));
        TakenTurn turn = await lending.RunningAsync();

        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__issue", new { title = "A bug" });
        JsonElement card = await lending.CardAsync();
        Assert.Equal(("linear: issue", "title: A bug"), (card.Text("tool"), card.GetProperty("lines")[0].GetString()));
        await lending.DecideAsync(card, "allow");
        Assert.Equal("""{"title":"A bug"}""", (await machine.AnswerAsync("PAR-2")).Input!.Value.GetRawText());
        Assert.Equal((false, "PAR-2"), Lending.Answer(await calling));

        calling = Lending.CallAsync(turn, "mcp__linear__issue", new { title = "Another" });
        await lending.DecideAsync(await lending.CardAsync(), "deny");
        Assert.Equal((true, "It was not allowed. Do not try it again unless somebody asks for it."), Lending.Answer(await calling));
    }

    [Fact]
    public async Task A_call_that_waits_for_permission_is_withdrawn_when_its_server_is_unticked()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Writing("issue"));
        TakenTurn turn = await lending.RunningAsync();
        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__issue", new { title = "A bug" });
        JsonElement card = await lending.CardAsync();

        await lending.PermitAsync("linear", "private");

        Assert.Equal((true, "linear was taken back while it was asked."), Lending.Answer(await calling));
        using HttpResponseMessage late = await Server.Owner.PostAsync($"/api/sessions/{lending.Workspace.Id}/permissions/{card.Text("permissionId")}/allow", null);
        Assert.False(late.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("delete_issue", true, false)]
    [InlineData("issueUpdate", true, false)]
    [InlineData("list", true, true)]
    [InlineData("list", false, false)]
    public async Task A_tool_that_lies_about_reading_asks_first(string name, bool isReadOnly, bool isDestructive)
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        var tool = new BridgedTool(name, "Reads, honestly.", JsonElement.Parse("{}"), isReadOnly, isDestructive);
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", tool);
        TakenTurn turn = await lending.RunningAsync();

        Task<JsonElement> calling = Lending.CallAsync(turn, tool.NameFor("linear"), new { });
        await lending.DecideAsync(await lending.CardAsync(), "deny");

        Assert.True(Lending.Answer(await calling).IsError);
    }

    [Fact]
    public async Task A_tool_that_has_asked_goes_on_asking_whatever_its_server_says_later()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Writing("issue"));
        await machine.OpenAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("issue"), LendingMachine.Reading("other"));
        TakenTurn turn = await lending.RunningAsync();

        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__issue", new { });
        await lending.DecideAsync(await lending.CardAsync(), "deny");
        Assert.True(Lending.Answer(await calling).IsError);
    }

    [Fact]
    public async Task Without_the_machine_the_agent_and_the_people_are_told_so()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        Assert.Equal("away", await LendingMachine.StateAsync(Server, lending.Workspace.Id, "linear"));
        LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();

        await machine.DisposeAsync();
        await Eventually.TrueAsync(async () => await LendingMachine.StateAsync(Server, lending.Workspace.Id, "linear") == "away");

        Assert.Equal(
            (true, "owner's machine is not connected. There, the command parley bridge connects it, and so does Claude Code with Parley's plugin."),
            Lending.Answer(await Lending.CallAsync(turn, "mcp__linear__get", new { })));
    }

    [Fact]
    public async Task A_machine_that_goes_away_in_the_middle_of_a_call_leaves_no_one_waiting()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();
        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get", new { });
        await machine.HearAsync(BridgeMessage.Call);

        await machine.DisposeAsync();

        Assert.Equal((true, "The machine went away while it was asked. Whether the call was carried out is not known."), Lending.Answer(await calling));
    }

    [Fact]
    public async Task A_server_that_can_t_be_opened_says_so_to_everybody()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();

        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Failed, Session = lending.Workspace.Id, Server = "linear", Text = "It does not start." });
        await Eventually.TrueAsync(async () => await LendingMachine.StateAsync(Server, lending.Workspace.Id, "linear") == "failed");

        Assert.Equal((true, "It does not start."), Lending.Answer(await Lending.CallAsync(turn, "mcp__linear__get", new { })));
    }

    [Fact]
    public async Task A_machine_that_does_not_answer_is_not_waited_for_for_ever()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();
        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get", new { });
        BridgeMessage call = await machine.HearAsync(BridgeMessage.Call);

        Server.Clock.Advance(BridgeLimits.CallTime + Machine.Grace);

        Assert.Equal((true, "linear did not answer within 60 seconds."), Lending.Answer(await calling));
        Assert.Equal(call.Id, (await machine.HearAsync(BridgeMessage.Cancel)).Id);
    }

    [Fact]
    public async Task An_interrupted_turn_cancels_its_call()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();
        using var interrupted = new CancellationTokenSource();
        Task calling = Lending.CallAsync(turn, "mcp__linear__get", new { }, interrupted.Token);
        BridgeMessage call = await machine.HearAsync(BridgeMessage.Call);

        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.Equal(call.Id, (await machine.HearAsync(BridgeMessage.Cancel)).Id);
    }

    [Fact]
    public async Task Only_so_many_calls_are_under_way_at_a_time()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();
        var calls = new List<Task>();
        for (int i = 0; i < BridgeLimits.CallsAtOnce; i++)
        {
            calls.Add(Lending.CallAsync(turn, "mcp__linear__get", new { i }));
            await machine.HearAsync(BridgeMessage.Call);
        }

        Assert.Equal((true, "16 calls are under way already: wait for one of them."), Lending.Answer(await Lending.CallAsync(turn, "mcp__linear__get", new { })));

        await machine.DisposeAsync();
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Every_call_is_in_the_audit_trail()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();
        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get", new { id = 1 });
        await machine.AnswerAsync("One");
        await calling;
        await Lending.CallAsync(turn, "mcp__other__get\0\ud83d\ude00", new { });

        JsonElement audit = await Server.Owner.JsonAsync($"/api/sessions/{lending.Workspace.Id}/audit");
        Assert.Equal(
            ["(refused) mcp__other__get\ufffd\ud83d\ude00 {}", """mcp__linear__get {"id":1}"""],
            audit.GetProperty("events").EnumerateArray().Where(e => e.Text("what") == "contextUsed").Select(e => e.Text("detail")));
    }

    [Fact]
    public async Task A_closed_workspace_is_gone_for_the_machine()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));

        await lending.Workspace.SetStateAsync("closed");
        Server.Get<Server.Live.Wakes>().Announce(lending.Workspace.Id, Parley.Server.Live.Wake.Access);

        Assert.Equal(lending.Workspace.Id, (await machine.HearAsync(BridgeMessage.Gone)).Session);
    }

    [Fact]
    public async Task Somebody_elses_machine_lends_nothing()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        await using LendingMachine machine = await LendingMachine.ConnectAsync(Server, await Server.StrangersKeyAsync());

        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Lend, Sessions = [lending.Workspace.Id, "missing"] });
        Assert.Equal(lending.Workspace.Id, (await machine.HearAsync(BridgeMessage.Gone)).Session);
        Assert.Equal("missing", (await machine.HearAsync(BridgeMessage.Gone)).Session);
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Opened, Session = lending.Workspace.Id, Server = "linear", Tools = [LendingMachine.Reading("get")] });

        TakenTurn turn = await lending.RunningAsync();
        Assert.Empty(Lending.ToolsOf(turn));
    }

    [Fact]
    public async Task A_machine_whose_key_is_taken_back_lends_nothing_from_then_on()
    {
        await using Lending lending = await Lending.OpenAsync(Server, "linear");
        using HttpResponseMessage made = await Server.Owner.PostAsJsonAsync("/api/keys", new { name = "laptop" });
        JsonElement key = await made.JsonAsync();
        await using LendingMachine machine = await LendingMachine.ConnectAsync(Server, key.Text("key"));
        await machine.SayAsync(new BridgeMessage { Type = BridgeMessage.Lend, Sessions = [lending.Workspace.Id] });
        await machine.HearAsync(BridgeMessage.Use);
        await machine.OpenAsync(Server, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync();

        (await Server.Owner.DeleteAsync($"/api/keys/{key.Number("id")}")).EnsureSuccessStatusCode().Dispose();

        Assert.True(Lending.Answer(await Lending.CallAsync(turn, "mcp__linear__get", new { })).IsError);
        Server.Clock.Advance(Machine.Beat);
        Assert.Equal("The key is not valid any more.", await machine.ClosedAsync());
    }

    [Fact]
    public async Task Only_programs_with_a_key_get_a_socket()
    {
        Assert.Equal(401, await LendingMachine.RefusalAsync(Server, "sk-nobody"));
        Assert.Equal(403, await LendingMachine.RefusalAsync(Server, null, ("Origin", Server.Address)));
        using HttpResponseMessage plain = await Server.Owner.GetAsync("/api/bridge");
        Assert.Equal((426, "websocket"), ((int)plain.StatusCode, plain.Headers.Upgrade.ToString()));
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
        await using LendingMachine binary = await LendingMachine.ConnectAsync(Server);
        await binary.SayAsync("{}"u8.ToArray(), WebSocketMessageType.Binary);
        Assert.Equal("Messages are text.", await binary.ClosedAsync());
    }
}
