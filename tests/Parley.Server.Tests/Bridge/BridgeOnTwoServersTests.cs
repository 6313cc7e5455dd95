using System.Text.Json;
using Parley.Core.Bridging;
using Parley.Server.Bridge;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Bridge;

/// <summary>A machine that is connected to one server of a fleet, and an agent that works at another.</summary>
public sealed class BridgeOnTwoServersTests(TwoServers servers) : IClassFixture<TwoServers>
{
    [Fact]
    public async Task A_call_reaches_the_machine_through_the_server_that_has_it()
    {
        await using Lending lending = await Lending.OpenAsync(servers.One, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(servers.One, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync(servers.Other);

        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get", new { id = 1 });
        BridgeMessage call = await machine.AnswerAsync("One \ud83d\ude00");

        Assert.Equal("""{"id":1}""", call.Input!.Value.GetRawText());
        Assert.Equal((false, "One \ud83d\ude00"), Lending.Answer(await calling));
        Assert.Equal(0, await CallsAsync());
    }

    [Fact]
    public async Task Unticking_and_interrupting_reach_the_machine_too()
    {
        await using Lending lending = await Lending.OpenAsync(servers.One, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(servers.One, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync(servers.Other);
        using var interrupted = new CancellationTokenSource();
        Task first = Lending.CallAsync(turn, "mcp__linear__get", new { }, interrupted.Token);
        long one = (await machine.HearAsync(BridgeMessage.Call)).Id;
        await interrupted.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(one, (await machine.HearAsync(BridgeMessage.Cancel)).Id);

        Task<JsonElement> second = Lending.CallAsync(turn, "mcp__linear__get", new { });
        await machine.HearAsync(BridgeMessage.Call);
        await lending.PermitAsync("linear", "private");

        Assert.Equal((true, "linear was taken back while it was asked."), Lending.Answer(await second));
        await Eventually.TrueAsync(async () => await CallsAsync() == 0);
    }

    [Fact]
    public async Task A_machine_whose_server_has_died_is_not_waited_for()
    {
        await using Lending lending = await Lending.OpenAsync(servers.One, "linear");
        await using LendingMachine machine = await LendingMachine.LendAsync(servers.One, lending.Workspace.Id, "linear", LendingMachine.Reading("get"));
        TakenTurn turn = await lending.RunningAsync(servers.Other);
        // What is left of a machine when its server is killed.
        await servers.One.Get<Database>().WriteAsync(async c =>
        {
            await c.ExecuteAsync("INSERT INTO bridge_machines (id, account_id, seen_at) SELECT 'lost', account_id, seen_at FROM bridge_machines", default);
            return await c.ExecuteAsync("UPDATE bridge_servers SET machine_id = 'lost'", default);
        });

        Task<JsonElement> calling = Lending.CallAsync(turn, "mcp__linear__get", new { });
        await Eventually.TrueAsync(async () => await CallsAsync() == 1);
        while (!calling.IsCompleted)
        {
            servers.Other.Clock.Advance(Machine.Grace);
            await Task.WhenAny(calling, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        Assert.Equal((true, "The machine went away while it was asked. Whether the call was carried out is not known."), Lending.Answer(await calling));
    }

    private ValueTask<long> CallsAsync() => servers.One.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT count(*) FROM bridge_calls", row => row.Number(0), default));
}
