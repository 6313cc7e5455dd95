using System.Net;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Promoting;

public sealed class PromotionOnSqlite(ServerFixture<Sqlite> fixture) : PromotionTests<Sqlite>(fixture);

public sealed class PromotionOnPostgres(ServerFixture<Postgres> fixture) : PromotionTests<Postgres>(fixture);

/// <summary>What comes of a request that lets people join, over HTTP.</summary>
public abstract class PromotionTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private static readonly string[] Both = ["sarah@example.org", "david@example.org"];

    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Every_step_is_told_and_then_the_whole()
    {
        string id = await NewAsync();
        await new Folder("server/src/service", ("a.ts", "export const a = 1;"), ("b.ts", "export const b = 2;")).AddAsync(Server, id);

        List<(string Name, JsonElement Data)> events = await Server.Owner.PromotionEventsAsync(
            id, new { recipients = Both, role = "prompter", context = new { files = new[] { "server/src/service" } }, mode = "multiplayer" });

        Assert.Equal(["step", "step", "step", "step", "step", "done"], events.Select(e => e.Name));
        Assert.Equal(["created", "mirrored", "mounted", "invited", "routed"], events.Take(5).Select(e => e.Data.Text("step")));
        JsonElement mirrored = events[1].Data.GetProperty("counts");
        Assert.Equal((2, 4, 3, 1350), (mirrored.Number("turns"), mirrored.Number("messages"), mirrored.Number("toolCalls"), mirrored.Number("tokens")));
        Assert.Equal("Mirrored 2 turns of conversation", events[1].Data.Text("title"));
        Assert.Equal("4 messages · 3 tool calls · 1,350 tokens carried", events[1].Data.Text("detail"));
        Assert.Equal("server/src/service · 2 files", events[2].Data.Text("detail"));
        JsonElement done = events[5].Data;
        Assert.Equal(($"{Server.Address}/c/{id}", id, "multiplayer"), (done.Text("url"), done.Text("shareId"), done.Text("mode")));
        Assert.Equal(["sarah@example.org invited", "david@example.org invited"], done.Outcomes());
        Assert.Equal(2, done.GetProperty("context").Number("files"));
        Assert.Equal(5, done.GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task Without_events_the_answer_is_the_same()
    {
        string id = await NewAsync();

        JsonElement answer = await Server.Owner.PromotedAsync(id, new { recipients = Both });

        Assert.Equal(["created", "mirrored", "invited", "routed"], answer.Steps());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("context").ValueKind);
        Assert.Equal("open", (await Server.Owner.JsonAsync($"/api/sessions/{id}")).Text("workspace"));
    }

    [Fact]
    public async Task What_fails_in_the_middle_leaves_nothing_of_it()
    {
        string id = await NewAsync("?private=true");
        await new Folder("src", ("a.ts", "export const a = 1;")).AddAsync(Server, id);
        string before = await StateAsync(id);

        List<(string Name, JsonElement Data)> events = await Server.Owner.PromotionEventsAsync(
            id, new { recipients = Both, context = new { files = new[] { "src", "elsewhere" } }, link = true });

        Assert.Equal(["step", "step", "error"], events.Select(e => e.Name));
        Assert.Contains("\"elsewhere\"", events[2].Data.Text("detail"));
        Assert.Equal(400, events[2].Data.Number("status"));
        Assert.Equal(before, await StateAsync(id));
    }

    [Fact]
    public async Task Too_many_invitations_leave_nothing_of_it_either()
    {
        string id = await NewAsync();
        foreach (int part in (int[])[0, 1])
            await Server.Owner.PromotedAsync(id, new { recipients = Enumerable.Range(part * 50, 50).Select(n => $"p{n}@example.org"), mode = "view" });
        string before = await StateAsync(id);

        using HttpResponseMessage answer = await Server.Owner.PromoteAsync(id, new { recipients = new[] { "p0@example.org", "one@example.org" } });

        Assert.Contains("100 invitations", await answer.ProblemAsync(429));
        Assert.Equal(before, await StateAsync(id));
    }

    [Fact]
    public async Task Repeating_it_does_what_is_missing_and_nothing_twice()
    {
        string id = await NewAsync();
        await new Folder("src", ("a.ts", "export const a = 1;")).AddAsync(Server, id);
        object request = new { recipients = new[] { "Sarah@Example.org", " sarah@example.org" }, context = new { files = new[] { "src" } }, link = true };

        JsonElement first = await Server.Owner.PromotedAsync(id, request);
        string after = await StateAsync(id);
        JsonElement again = await Server.Owner.PromotedAsync(id, request);

        Assert.Equal(["sarah@example.org invited"], first.Outcomes());
        Assert.Equal(["sarah@example.org alreadyInvited"], again.Outcomes());
        Assert.Equal(["created", "mirrored", "mounted", "invited"], again.Steps());
        Assert.Equal("Found the shared workspace", again.GetProperty("steps")[0].Text("title"));
        Assert.Equal(after, await StateAsync(id));
    }

    [Fact]
    public async Task Many_at_once_are_as_good_as_one()
    {
        string id = await NewAsync();

        JsonElement[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.Owner.PromotedAsync(id, new { recipients = Both })));

        Assert.Equal(2, answers.Sum(answer => answer.Outcomes().Count(outcome => outcome.EndsWith(" invited", StringComparison.Ordinal))));
        Assert.Single(answers, answer => answer.Steps().Contains("routed"));
        Assert.Single(await HappenedAsync(id), what => what == "promoted");
    }

    [Fact]
    public async Task Who_invites_one_more_leaves_the_context_as_it_is()
    {
        string id = await NewAsync();
        await new Folder("src", ("a.ts", "export const a = 1;")).AddAsync(Server, id);
        await Server.Owner.PromotedAsync(id, new { context = new { files = new[] { "src" } } });

        await Server.Owner.PromotedAsync(id, new { recipients = Both });
        Assert.Equal(["src members"], await ContextAsync(id));
        await Server.Owner.PromotedAsync(id, new { context = new { } });
        Assert.Equal(["src private"], await ContextAsync(id));
    }

    [Fact]
    public async Task In_mode_view_people_read_and_the_machine_goes_on()
    {
        string id = await NewAsync("?live=true");

        JsonElement answer = await Server.Owner.PromotedAsync(id, new { recipients = Both, mode = "view" });

        Assert.Equal(["created", "mirrored", "invited"], answer.Steps());
        Assert.Equal(["viewer", "viewer"], await RolesAsync(id));
        Assert.False((await Server.Owner.JsonAsync($"/api/sessions/{id}")).TryGetProperty("workspace", out _));
        Assert.Equal(5, (await Server.Owner.AppendedAsync(id, 4, Bundles.Prompt("on"))).Number("lastSeq"));
    }

    [Fact]
    public async Task From_then_on_the_machine_appends_nothing_and_is_told_where_it_goes_on()
    {
        string id = await NewAsync("?live=true");
        await Server.Owner.PromotedAsync(id, new { recipients = Both });

        using HttpResponseMessage answer = await Server.Owner.AppendAsync(id, 4, Bundles.Prompt("too late"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal($"{Server.Address}/c/{id}", (await answer.JsonAsync()).Text("movedTo"));
        await Server.Owner.EndAsync(id);
        JsonElement session = await Server.Owner.JsonAsync($"/api/sessions/{id}");
        Assert.Equal((4, true, false), (session.Number("lastSeq"), session.GetProperty("live").GetBoolean(), session.GetProperty("ended").GetBoolean()));
    }

    [Fact]
    public async Task A_link_that_is_asked_for_is_opened_and_one_that_is_not_is_closed()
    {
        string id = await NewAsync("?private=true");

        await Server.Owner.PromotedAsync(id, new { link = true, mode = "multiplayer" });
        Assert.Equal(HttpStatusCode.OK, (await Server.Anyone.GetAsync($"/api/sessions/{id}")).StatusCode);
        await Server.Owner.PromotedAsync(id, new { recipients = Both });
        Assert.Equal(HttpStatusCode.OK, (await Server.Anyone.GetAsync($"/api/sessions/{id}")).StatusCode);
        await Server.Owner.PromotedAsync(id, new { link = false, mode = "multiplayer" });
        Assert.Equal(HttpStatusCode.NotFound, (await Server.Anyone.GetAsync($"/api/sessions/{id}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"recipients":["sarah"]}""", "\"sarah\" is none")]
    [InlineData("""{"recipients":["a@example.org\nBcc: b@example.org"]}""", "e-mail addresses")]
    [InlineData("""{"recipients":[null]}""", "e-mail addresses")]
    [InlineData("""{"recipients":["a@example.org"],"role":"owner"}""", "role is")]
    [InlineData("""{"recipients":["a@example.org"],"role":"admin"}""", "role is")]
    [InlineData("""{"recipients":["a@example.org"],"mode":"party"}""", "mode is")]
    [InlineData("""{"recipients":["a@example.org"],"mode":"view","role":"prompter"}""", "people are viewers")]
    [InlineData("""{"recipients":[],"mode":"view","context":{"files":["src"]}}""", "no agent")]
    [InlineData("""{"recipients":["a@example.org"],"token":{}}""", "of its own")]
    [InlineData("""{"context":{"files":["src",null]}}""", "lists of names")]
    [InlineData("""{"context":{"files":null}}""", "lists of names")]
    public async Task What_makes_no_sense_is_said(string request, string problem)
    {
        string id = await NewAsync();
        string before = await StateAsync(id);

        using HttpResponseMessage answer = await Server.Owner.PostAsync($"/api/sessions/{id}/share", Driver.Content(request));

        Assert.Contains(problem, await answer.ProblemAsync(400));
        Assert.Equal(before, await StateAsync(id));
    }

    [Fact]
    public async Task More_people_than_one_request_invites_are_refused()
    {
        string id = await NewAsync();

        using HttpResponseMessage answer = await Server.Owner.PromoteAsync(id, new { recipients = Enumerable.Range(0, 51).Select(n => $"p{n}@example.org") });

        Assert.Contains("At most 50", await answer.ProblemAsync(400));
    }

    [Fact]
    public async Task Only_its_owner_promotes_a_session()
    {
        string id = await NewAsync();
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync()), holder = Server.ClientWith(token);
        using HttpClient prompter = await Server.MemberAsync(id, MemberRole.Prompter);
        string before = await StateAsync(id);

        foreach (HttpClient other in (HttpClient[])[stranger, prompter])
            await (await other.PromoteAsync(id, new { recipients = Both })).ProblemAsync(404);
        foreach (HttpClient other in (HttpClient[])[holder, Server.Anyone])
            await (await other.PromoteAsync(id, new { recipients = Both })).ProblemAsync(401);
        await (await Server.Owner.PromoteAsync("000000000000", new { recipients = Both })).ProblemAsync(404);
        Assert.Equal(before, await StateAsync(id));
    }

    [Fact]
    public async Task A_closed_workspace_stays_closed()
    {
        string id = await NewAsync();
        await Server.Get<Database>().WriteAsync(c => c.ExecuteAsync("UPDATE sessions SET workspace = 'closed' WHERE share_id = $1", default, id));

        await (await Server.Owner.PromoteAsync(id, new { recipients = Both })).ProblemAsync(409);
    }

    // Two prompts, an answer with three calls of tools, and their results.
    private Task<string> NewAsync(string query = "") => Server.ShareAsync(
        [
            Bundles.Prompt("Why are notes missing?"),
            Bundles.Blocks(Role.Assistant, Call("1"), Call("2"), new { type = "text", text = "\"type\":\"tool_use\"" }, Call("3")) with { Usage = new Usage(1200, 150) },
            Bundles.Blocks(Role.User, new { type = "tool_result", tool_use_id = "1", content = "found" }),
            Bundles.Prompt("Go on"),
        ],
        query);

    private static object Call(string id) => new { type = "tool_use", id, name = "Read", input = new { type = "tool_use", file_path = "a.ts" } };

    private async Task<string[]> HappenedAsync(string id) => [.. (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit")).GetProperty("events").EnumerateArray().Select(e => e.Text("what"))];

    private async Task<string[]> ContextAsync(string id) =>
        [.. (await Server.Owner.JsonAsync($"/api/sessions/{id}/context")).GetProperty("resources").EnumerateArray().Select(r => $"{r.Text("name")} {r.Text("permission")}")];

    private async Task<List<string>> RolesAsync(string id) => await Server.Get<Database>().ReadAsync(
        c => c.ListAsync("SELECT role FROM invitations WHERE session_id = $1", row => row.Text(0), default, id));

    // Everything that a promotion changes.
    private async Task<string> StateAsync(string id)
    {
        JsonElement session = await Server.Owner.JsonAsync($"/api/sessions/{id}");
        string workspace = session.TryGetProperty("workspace", out JsonElement state) ? state.GetString()! : "none";
        List<string> invitations = await Server.Get<Database>().ReadAsync(
            c => c.ListAsync("SELECT email FROM invitations WHERE session_id = $1 ORDER BY email", row => row.Text(0), default, id));
        return string.Join(';', [workspace, session.GetProperty("isPublic").ToString(), .. invitations, .. await ContextAsync(id), .. await HappenedAsync(id)]);
    }
}
