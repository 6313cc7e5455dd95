using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Live;
using Parley.Server.Room;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Room;

public sealed class RoomOnSqlite(ServerFixture<Sqlite> fixture) : RoomTests<Sqlite>(fixture);

public sealed class RoomOnPostgres(ServerFixture<Postgres> fixture) : RoomTests<Postgres>(fixture);

/// <summary>What people who are in a session together see of each other and say.</summary>
public abstract class RoomTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Members_see_who_is_here_and_readers_see_counts_alone()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Suggester);
        await Server.ShareSessionAsync(workspace.Id, new { link = true });

        using Watcher member = await Watcher.OpenAsync(sarah.Client, workspace.Id);
        using Watcher reader = await Watcher.OpenAsync(Server.Anyone, workspace.Id);
        JsonElement room = (await member.NextAsync("room")).Json;
        await member.NextAsync("entry");
        await reader.NextAsync("entry");
        Server.Clock.Advance(Presence.Delay);
        await workspace.PromptAsync("Is it the harbour?");
        JsonElement queued = (await RoomWhereAsync(member, r => r.GetProperty("queue").GetProperty("turns").GetArrayLength() == 1));
        await workspace.SetStateAsync("closed");
        Server.Get<Wakes>().Announce(workspace.Id, Wake.State);

        Assert.Equal(["owner: owner", "Sarah: suggester here"], PeopleOf(room));
        Assert.Equal("Is it the harbour?", queued.GetProperty("queue").GetProperty("turns")[0].Text("text"));
        List<string> seen = await reader.NamesToEndAsync();
        Assert.DoesNotContain("room", seen);
        Assert.DoesNotContain("typing", seen);
    }

    [Fact]
    public async Task A_note_is_an_entry_with_its_author_and_is_said_once_however_often_it_is_sent()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Suggester);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SayAsync(sarah.Client, workspace.Id, "I see it too.", "x")));
        long[] places = [.. await Task.WhenAll(answers.Select(async answer => (await answer.JsonAsync()).Number("seq")))];
        JsonElement messages = (await workspace.Owner.JsonAsync($"/api/sessions/{workspace.Id}/messages")).GetProperty("messages");

        Assert.Equal([3L], places.Distinct());
        Assert.Equal(3, messages.GetArrayLength());
        Assert.Equal(("event", "Sarah", "note", "I see it too."), (messages[2].Text("role"), messages[2].Text("author"), messages[2].GetProperty("blocks")[0].Text("type"), messages[2].GetProperty("blocks")[0].Text("text")));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Secrets_in_a_note_are_taken_out()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        string secret = "ghp_" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(18));

        (await SayAsync(workspace.Owner, workspace.Id, $"Use {secret} for it", "x")).Dispose();

        Assert.DoesNotContain(secret, (await workspace.TextsAsync())[^1]);
        Assert.Contains("[REDACTED:", (await workspace.TextsAsync())[^1]);
    }

    [Fact]
    public async Task Who_is_called_by_name_finds_it_in_the_inbox_with_its_place()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah Lee", MemberRole.Viewer), david = await workspace.JoinAsync("David", MemberRole.Prompter);

        (await SayAsync(david.Client, workspace.Id, "@sarah have you seen that? sarah@example.org", "x")).Dispose();

        JsonElement notice = (await sarah.Client.JsonAsync("/api/inbox")).GetProperty("notices")[0];
        Assert.Equal(("mentioned", workspace.Id), (notice.Text("kind"), notice.Text("sessionId")));
        Assert.Contains("at=3", notice.Text("url"));
        Assert.Equal(0, (await david.Client.JsonAsync("/api/inbox")).GetProperty("notices").GetArrayLength());
    }

    [Fact]
    public async Task A_suggestion_waits_in_the_inboxes_of_those_who_may_accept_it()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester), sarah = await workspace.JoinAsync("Sarah", MemberRole.Prompter), vera = await workspace.JoinAsync("Vera", MemberRole.Viewer);

        await workspace.PromptAsync("Write a regression test", david.Client);

        Assert.Equal("suggested", (await sarah.Client.JsonAsync("/api/inbox")).GetProperty("notices")[0].Text("kind"));
        Assert.Equal(0, (await vera.Client.JsonAsync("/api/inbox")).GetProperty("notices").GetArrayLength());
    }

    [Fact]
    public async Task Typing_is_told_to_members_and_ends_by_itself()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Suggester);
        using Watcher watcher = await Watcher.OpenAsync(workspace.Owner, workspace.Id);
        Assert.Empty((await watcher.NextAsync("typing")).Json.GetProperty("people").EnumerateArray());
        await watcher.NextAsync("entry");
        await watcher.NextAsync("entry");

        await TypeAsync(sarah.Client, workspace.Id, new { draft = "option 2 plus" });
        Server.Clock.Advance(Typing.Delay);
        JsonElement typist = (await watcher.NextAsync("typing")).Json.GetProperty("people")[0];
        Server.Clock.Advance(Typing.Patience);
        Server.Clock.Advance(Typing.Delay);
        JsonElement after = (await watcher.NextAsync("typing")).Json.GetProperty("people");

        Assert.Equal((sarah.AccountId, "option 2 plus"), (typist.Number("id"), typist.Text("draft")));
        Assert.Equal(0, after.GetArrayLength());
    }

    [Fact]
    public async Task A_draft_that_is_shown_is_its_end_and_without_secrets()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Suggester);
        string secret = "ghp_" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(18));

        await TypeAsync(sarah.Client, workspace.Id, new { draft = new string('a', 500) + " " + secret });

        string draft = Server.Get<Typing>().Now(workspace.Id)[0].Draft;
        Assert.DoesNotContain(secret, draft);
        Assert.True(draft.Length <= Typing.MaxDraft + 40);
    }

    [Fact]
    public async Task What_was_seen_is_remembered_and_never_less()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member vera = await workspace.JoinAsync("Vera", MemberRole.Viewer);
        Assert.Null(await Server.Get<Visits>().SeenAsync(workspace.Id, vera.AccountId));

        foreach (int seq in (int[])[2, 1, 99])
            Assert.Equal(HttpStatusCode.NoContent, (await vera.Client.PostAsJsonAsync($"/api/sessions/{workspace.Id}/seen", new { seq })).StatusCode);

        Assert.Equal(2, await Server.Get<Visits>().SeenAsync(workspace.Id, vera.AccountId));
    }

    [Fact]
    public async Task A_role_that_is_given_while_somebody_watches_opens_the_room_to_them()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await Server.ShareSessionAsync(workspace.Id, new { link = true });
        Parley.Server.Tests.Fixtures.Person sarah = await Server.PersonAsync("Sarah");
        using Watcher watcher = await Watcher.OpenAsync(sarah.Client, workspace.Id);
        using Watcher owner = await Watcher.OpenAsync(workspace.Owner, workspace.Id);
        await watcher.NextAsync("entry");
        await owner.NextAsync("room");

        await workspace.GrantAsync(sarah.Id, MemberRole.Viewer);
        Server.Get<Wakes>().Announce(workspace.Id, Wake.Access | Wake.Room);

        Assert.Contains("Sarah: viewer here", PeopleOf(await RoomWhereAsync(watcher, r => r.GetProperty("people").GetArrayLength() == 2)));
    }

    // A stranger, a viewer, a suggester, a prompter, the owner.
    [Theory]
    [InlineData("GET", "room", "", 404, 200, 200, 200, 200)]
    [InlineData("POST", "notes", """{"text":"hello","clientId":"ROLE"}""", 404, 404, 200, 200, 200)]
    [InlineData("POST", "typing", "{}", 404, 404, 204, 204, 204)]
    [InlineData("POST", "seen", """{"seq":1}""", 404, 204, 204, 204, 204)]
    public async Task Each_role_may_what_it_may_and_everyone_else_gets_one_answer(string method, string route, string body, params int[] expected)
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        HttpClient stranger = (await Server.PersonAsync("Stranger")).Client;
        HttpClient[] clients =
        [
            stranger, (await workspace.JoinAsync("Vera", MemberRole.Viewer)).Client, (await workspace.JoinAsync("David", MemberRole.Suggester)).Client,
            (await workspace.JoinAsync("Sarah", MemberRole.Prompter)).Client, workspace.Owner,
        ];
        for (int role = 0; role < clients.Length; role++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/sessions/{workspace.Id}/{route}");
            if (body != "")
                request.Content = new StringContent(body.Replace("ROLE", $"{role}"), System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await clients[role].SendAsync(request);
            Assert.Equal((role, expected[role]), (role, (int)answer.StatusCode));
        }
    }

    [Fact]
    public async Task In_a_workspace_that_is_closed_nothing_is_said()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        await workspace.SetStateAsync("closed");

        using HttpResponseMessage answer = await SayAsync(workspace.Owner, workspace.Id, "still here?", "x");

        await answer.ProblemAsync(409);
        Assert.Equal(2, (await workspace.TextsAsync()).Length);
    }

    [Theory]
    [InlineData("""{"text":" ","clientId":"x"}""", 400)]
    [InlineData("""{"text":"hello"}""", 400)]
    [InlineData("""{"text":"hello","clientId":"0123456789012345678901234567890123456789012345678901234567890123456789"}""", 400)]
    public async Task A_note_without_text_or_an_id_is_refused(string body, int status)
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using HttpResponseMessage answer = await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/notes", Driver.Content(body));
        await answer.ProblemAsync(status);
    }

    [Fact]
    public async Task A_note_that_is_too_long_is_refused()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using HttpResponseMessage answer = await SayAsync(workspace.Owner, workspace.Id, new string('a', Notes.MaxText + 1), "x");
        await answer.ProblemAsync(413);
    }

    private static Task<HttpResponseMessage> SayAsync(HttpClient client, string id, string text, string clientId) =>
        client.PostAsJsonAsync($"/api/sessions/{id}/notes", new { text, clientId });

    private static async Task TypeAsync(HttpClient client, string id, object body) =>
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsJsonAsync($"/api/sessions/{id}/typing", body)).StatusCode);

    private static async Task<JsonElement> RoomWhereAsync(Watcher watcher, Func<JsonElement, bool> holds)
    {
        while (true)
        {
            JsonElement room = (await watcher.NextAsync("room")).Json;
            if (holds(room))
                return room;
        }
    }

    private static string[] PeopleOf(JsonElement room) => [.. room.GetProperty("people").EnumerateArray()
        .Select(p => $"{p.Text("name")}: {p.Text("role")}{(p.GetProperty("here").GetBoolean() ? " here" : "")}")];
}
