using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Hosts;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Hosts;

public sealed class HostsOnSqlite(ServerFixture<Sqlite> fixture) : HostTests<Sqlite>(fixture);

public sealed class HostsOnPostgres(ServerFixture<Postgres> fixture) : HostTests<Postgres>(fixture);

/// <summary>Machines that answer in one workspace.</summary>
public abstract class HostTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_machine_answers_in_its_workspace_and_the_servers_own_runners_leave_it_to_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace);
        Assert.Null(await workspace.TakeAsync(by: host.Client));
        Assert.Equal("host", (await workspace.TurnsAsync()).Text("runner"));

        await workspace.PromptAsync("Why?");
        Assert.Null(await workspace.TakeAsync());
        TakenTurn turn = (await workspace.TakeAsync(by: host.Client))!;
        await turn.AnswerAsync("Because.");

        Assert.Equal("Because.", (await workspace.TextsAsync())[^1]);
    }

    [Fact]
    public async Task A_machine_that_says_goodbye_or_is_not_heard_of_leaves_the_workspace_to_the_server()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace);
        await workspace.TakeAsync(by: host.Client);
        await workspace.PromptAsync("one");
        Assert.Null(await workspace.TakeAsync());

        (await host.Client.PostAsJsonAsync("/api/runner/leave", new { runner = "x" })).EnsureSuccessStatusCode();
        await (await workspace.TakeAsync())!.AnswerAsync("by the server");

        await workspace.TakeAsync(by: host.Client);
        await workspace.PromptAsync("two");
        Assert.Null(await workspace.TakeAsync());
        Server.Clock.Advance(HostStore.Patience + TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(async () => (await workspace.TurnsAsync()).Text("runner") != "host");
        Assert.NotNull(await workspace.TakeAsync());
    }

    [Fact]
    public async Task What_a_machine_answers_costs_the_server_nothing_and_is_counted_all_the_same()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        (await workspace.Owner.PatchAsJsonAsync($"/api/sessions/{workspace.Id}/agent", new { budget = 0 })).EnsureSuccessStatusCode();
        using Host host = await AddAsync(workspace);
        await workspace.PromptAsync("one");
        await (await workspace.TakeAsync(by: host.Client))!.AnswerAsync("done");

        JsonElement agent = await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/agent");
        Assert.Equal(0, agent.GetProperty("spent").GetDecimal());
        Assert.Equal(1000, agent.GetProperty("tokens").GetProperty("input").GetInt64());
    }

    [Fact]
    public async Task What_its_agent_uses_is_in_the_audit_trail_under_the_name_of_whoever_prompted()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);
        using Host host = await AddAsync(workspace);
        await workspace.PromptAsync("Why?", sarah.Client);
        TakenTurn turn = (await workspace.TakeAsync(by: host.Client))!;

        Entry call = Bundles.Blocks(Role.Assistant, new { type = "tool_use", id = "t1", name = "Read", input = new { file_path = "service/tide.txt" } });
        (await turn.AppendAsync(1, call)).EnsureSuccessStatusCode();

        JsonElement audit = await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/audit");
        Assert.Contains("Sarah contextUsed Read service/tide.txt", audit.GetProperty("events").EnumerateArray().Where(e => e.TryGetProperty("detail", out _)).Select(e => $"{e.Text("who")} {e.Text("what")} {e.Text("detail")}"));
    }

    [Fact]
    public async Task A_stolen_runner_token_opens_nothing_but_the_turns_of_its_workspace()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await using Workspace other = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace);
        await other.PromptAsync("not its own");
        Assert.Null(await other.TakeAsync(by: host.Client));
        TakenTurn foreign = (await other.TakeAsync())!;

        using HttpResponseMessage answer = await (foreign with { Runner = host.Client }).FinishAsync(1, entries: Bundles.Answer("forged"));
        await answer.ProblemAsync(409);
        foreach (string path in (string[])["", "/messages", "/bundle", "/turns", "/context", "/members", "/permissions", "/runners", "/audit", "/agent", "/events"])
        {
            using HttpResponseMessage read = await host.Client.GetAsync($"/api/sessions/{workspace.Id}{path}");
            Assert.True(read.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, $"{path}: {read.StatusCode}");
        }
        foreach (string path in (string[])["/prompts", "/notes", "/share", "/invitations", "/interrupt", "/runners"])
        {
            using HttpResponseMessage write = await host.Client.PostAsJsonAsync($"/api/sessions/{workspace.Id}{path}", new { text = "x", clientId = "1", name = "x" });
            Assert.True(write.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, $"{path}: {write.StatusCode}");
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/api/sessions")).StatusCode);
    }

    [Fact]
    public async Task A_stolen_runner_token_ends_at_once_when_it_is_revoked_in_the_middle_of_a_turn_too()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync(by: host.Client))!;
        using HttpResponseMessage asked = await turn.SendAsync("permissions", """{"requestId":"r","tool":"Bash","input":{"command":"make"}}""");
        Assert.Single((await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/permissions")).GetProperty("permissions").EnumerateArray());

        (await workspace.Owner.DeleteAsync($"/api/sessions/{workspace.Id}/runners/{host.Id}")).EnsureSuccessStatusCode();

        using HttpResponseMessage late = await turn.FinishAsync(1, entries: Bundles.Answer("late"));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Empty((await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/permissions")).GetProperty("permissions").EnumerateArray());
        Assert.Equal(turn.Id, (await workspace.TakeAsync())!.Id);
        Assert.DoesNotContain("late", await workspace.TextsAsync());
    }

    [Fact]
    public async Task A_former_owners_machine_answers_no_more()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter);
        await Server.Get<Database>().WriteAsync(c => c.ExecuteAsync("UPDATE sessions SET owner_id = $2 WHERE share_id = $1", default, workspace.Id, sarah.AccountId));

        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/api/runner/take", new { runner = "x", free = 1, wait = 0 });

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Suggester)]
    [InlineData(MemberRole.Prompter)]
    public async Task A_member_who_is_not_the_owner_makes_no_machine_answer_and_sees_none(MemberRole role)
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member member = await workspace.JoinAsync("Sarah", role);

        using HttpResponseMessage added = await member.Client.PostAsJsonAsync($"/api/sessions/{workspace.Id}/runners", new { name = "mine" });
        await added.ProblemAsync(404);
        using HttpResponseMessage listed = await member.Client.GetAsync($"/api/sessions/{workspace.Id}/runners");
        await listed.ProblemAsync(404);
    }

    [Fact]
    public async Task The_same_machine_again_ends_what_it_had_before_and_no_more_than_ten_may_answer()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host first = await AddAsync(workspace, "laptop");
        using Host second = await AddAsync(workspace, "laptop");

        using HttpResponseMessage old = await first.Client.PostAsJsonAsync("/api/runner/take", new { runner = "x", free = 1, wait = 0 });
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        Assert.Null(await workspace.TakeAsync(by: second.Client));
        for (int i = 1; i < HostStore.MaxHosts; i++)
            (await AddAsync(workspace, $"m{i}")).Dispose();
        using HttpResponseMessage tooMany = await workspace.Owner.PostAsJsonAsync($"/api/sessions/{workspace.Id}/runners", new { name = "one more" });
        await tooMany.ProblemAsync(409);
    }

    [Fact]
    public async Task A_machine_is_listed_by_name_and_never_with_its_token()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace, "laptop");
        await workspace.TakeAsync(by: host.Client);

        JsonElement listed = await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/runners");

        JsonElement one = Assert.Single(listed.GetProperty("runners").EnumerateArray());
        Assert.Equal(("laptop", true), (one.Text("name"), one.GetProperty("here").GetBoolean()));
        Assert.DoesNotContain("clw_host_", listed.GetRawText());
        Assert.Equal(0, await Server.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT count(*) FROM hosts WHERE token_hash LIKE 'clw%'", row => row.Number(0), default)));
    }

    [Fact]
    public async Task A_machine_learns_at_once_that_something_is_no_longer_shared()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using Host host = await AddAsync(workspace);
        await workspace.PromptAsync("one");
        TakenTurn turn = (await workspace.TakeAsync(by: host.Client))!;
        string before = (await ContextAsync(turn, "")).Text("version");

        Task<JsonElement> waiting = ContextAsync(turn, $"?known={before}&wait=20");
        await workspace.Owner.PostAsJsonAsync($"/api/sessions/{workspace.Id}/context", new { kind = "files", name = "service", files = Array.Empty<object>() });
        JsonElement context = await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/context");
        string resource = context.GetProperty("resources")[0].Text("resourceId");
        (await workspace.Owner.PatchAsJsonAsync($"/api/sessions/{workspace.Id}/context/{resource}", new { permission = "agent" })).EnsureSuccessStatusCode();

        JsonElement shared = await waiting;
        Assert.NotEqual(before, shared.Text("version"));
        Assert.Equal("service", Assert.Single(shared.GetProperty("resources").EnumerateArray()).Text("name"));
    }

    private static async Task<Host> AddAsync(Workspace workspace, string name = "laptop")
    {
        using HttpResponseMessage answer = await workspace.Owner.PostAsJsonAsync($"/api/sessions/{workspace.Id}/runners", new { name });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        JsonElement added = await answer.JsonAsync();
        return new Host(added.Text("runnerId"), workspace.Server.ClientWith(added.Text("token")));
    }

    private static async Task<JsonElement> ContextAsync(TakenTurn turn, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runner/turns/{turn.Id}/context{query}") { Headers = { { "Parley-Lease", turn.Lease } } };
        using HttpResponseMessage answer = await turn.Runner.SendAsync(request);
        return await answer.JsonAsync();
    }

    private sealed record Host(string Id, HttpClient Client) : IDisposable
    {
        public void Dispose() => Client.Dispose();
    }
}
