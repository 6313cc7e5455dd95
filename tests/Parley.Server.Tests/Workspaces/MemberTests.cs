using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Workspaces;

public sealed class MembersOnSqlite(ServerFixture<Sqlite> fixture) : MemberTests<Sqlite>(fixture);

public sealed class MembersOnPostgres(ServerFixture<Postgres> fixture) : MemberTests<Postgres>(fixture);

/// <summary>Who is in a session, and what becomes of that.</summary>
public abstract class MemberTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Members_see_each_other_and_their_addresses_are_for_the_owner()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Viewer, $"sarah-{id}@example.org".ToLowerInvariant()), david = await Server.MemberAsync(id, "David", MemberRole.Prompter);

        string seen = await david.Client.GetStringAsync($"/api/sessions/{id}/members"), own = await sarah.Client.GetStringAsync($"/api/sessions/{id}/members");

        Assert.Equal(["owner: owner", "Sarah: viewer", "David: prompter"], await david.Client.PeopleAsync(id));
        Assert.DoesNotContain("@example.org", seen, StringComparison.Ordinal);
        Assert.Contains("@example.org", own, StringComparison.Ordinal);
        Assert.Contains("@example.org", await Server.Owner.GetStringAsync($"/api/sessions/{id}/members"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_merely_reads_meets_nobody()
    {
        string id = await Server.ShareAsync("public");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        using HttpClient holder = Server.ClientWith(token), stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        await (await stranger.GetAsync($"/api/sessions/{id}/members")).ProblemAsync(404);
        await (await holder.GetAsync($"/api/sessions/{id}/members")).ProblemAsync(401);
        await (await Server.Anyone.GetAsync($"/api/sessions/{id}/members")).ProblemAsync(401);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/c/{id}/people")).StatusCode);
    }

    [Fact]
    public async Task A_removed_member_s_open_stream_ends_and_they_read_nothing_more()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter);
        using Watcher watcher = await Watcher.OpenAsync(sarah.Client, id);
        await watcher.NextAsync("entry");

        using HttpResponseMessage removed = await Server.Owner.DeleteAsync($"/api/sessions/{id}/members/{sarah.Id}");

        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await watcher.NamesToEndAsync();
        await (await sarah.Client.GetAsync($"/api/sessions/{id}/messages")).ProblemAsync(404);
        Assert.Single(await Server.Owner.PeopleAsync(id));
    }

    [Fact]
    public async Task Where_anybody_may_read_a_removed_member_is_told_that_they_are_none_and_reads_on()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("High water is late.")], "?live=true");
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter);
        using Watcher watcher = await Watcher.OpenAsync(sarah.Client, id), reader = await Watcher.OpenAsync(Server.Anyone, id);
        await watcher.NextAsync("room");

        using HttpResponseMessage removed = await Server.Owner.DeleteAsync($"/api/sessions/{id}/members/{sarah.Id}");
        await watcher.NextAsync("left");
        using Watcher again = await Watcher.OpenAsync(sarah.Client, id);
        await again.NextAsync("left");
        using HttpResponseMessage deleted = await Server.Owner.DeleteAsync($"/api/sessions/{id}");

        Assert.DoesNotContain("room", await watcher.NamesToEndAsync());
        Assert.DoesNotContain("left", await reader.NamesToEndAsync());
    }

    [Fact]
    public async Task Anybody_may_leave_and_nobody_removes_others_but_the_owner()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter), david = await Server.MemberAsync(id, "David", MemberRole.Viewer);

        await (await sarah.Client.DeleteAsync($"/api/sessions/{id}/members/{david.Id}")).ProblemAsync(404);
        await (await sarah.Client.DeleteAsync($"/api/sessions/{id}/members/1")).ProblemAsync(404);
        // The owner is no member, and so can't leave without handing the session on.
        await (await Server.Owner.DeleteAsync($"/api/sessions/{id}/members/1")).ProblemAsync(404);
        using HttpResponseMessage left = await david.Client.DeleteAsync($"/api/sessions/{id}/members/{david.Id}");

        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Equal(["owner: owner", "Sarah: prompter"], await Server.Owner.PeopleAsync(id));
    }

    [Fact]
    public async Task The_owner_changes_roles_and_nobody_makes_themselves_more()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Suggester);

        await (await sarah.Client.PatchAsJsonAsync($"/api/sessions/{id}/members/{sarah.Id}", new { role = "prompter" })).ProblemAsync(404);
        await (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/members/{sarah.Id}", new { role = "owner" })).ProblemAsync(400);
        using HttpResponseMessage changed = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/members/{sarah.Id}", new { role = "viewer" });
        await (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/members/999999", new { role = "viewer" })).ProblemAsync(404);

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal(["owner: owner", "Sarah: viewer"], await sarah.Client.PeopleAsync(id));
    }

    [Fact]
    public async Task Ownership_goes_to_a_member_and_the_former_owner_prompts()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Viewer), stranger = await Server.PersonAsync("Stranger");

        await (await HandOnAsync(Server.Owner, id, stranger.Id)).ProblemAsync(404);
        await (await HandOnAsync(sarah.Client, id, sarah.Id)).ProblemAsync(404);
        using HttpResponseMessage handed = await HandOnAsync(Server.Owner, id, sarah.Id);

        Assert.Equal(HttpStatusCode.NoContent, handed.StatusCode);
        Assert.Equal(["Sarah: owner", "owner: prompter"], await Server.Owner.PeopleAsync(id));
        await (await Server.Owner.DeleteAsync($"/api/sessions/{id}")).ProblemAsync(404);
        await (await HandOnAsync(Server.Owner, id, 1)).ProblemAsync(404);
        Assert.Equal(HttpStatusCode.NoContent, (await sarah.Client.DeleteAsync($"/api/sessions/{id}")).StatusCode);
    }

    [Fact]
    public async Task Of_two_that_are_made_owner_at_once_one_is()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Viewer), david = await Server.MemberAsync(id, "David", MemberRole.Viewer);

        HttpResponseMessage[] answers = await Task.WhenAll(HandOnAsync(Server.Owner, id, sarah.Id), HandOnAsync(Server.Owner, id, david.Id));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        string[] people = await Server.Owner.PeopleAsync(id);
        Assert.Equal(3, people.Length);
        Assert.Single(people, p => p.EndsWith(": owner", StringComparison.Ordinal));
        Assert.Contains("owner: prompter", people);
    }

    [Fact]
    public async Task Sessions_of_others_stand_in_my_list_with_what_I_may_do()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Suggester);
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: sarah.Client);

        JsonElement list = await sarah.Client.JsonAsync("/api/sessions"), joined = Assert.Single(list.GetProperty("memberOf").EnumerateArray());

        Assert.Empty(list.GetProperty("sessions").EnumerateArray());
        Assert.Equal((id, "suggester", "owner", $"{Server.Address}/c/{id}"), (joined.GetProperty("session").Text("shareId"), joined.Text("role"), joined.Text("owner"), joined.Text("url")));
        Assert.Contains($"href=\"/c/{id}\"", await browser.Client.GetStringAsync("/shares"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_trail_says_who_came_and_went_and_who_decided_so()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id, "guest@example.org", "viewer");
        using var browser = new TestBrowser(Server);
        (await browser.AcceptAsync(path, "Sarah")).Dispose();
        long sarah = (await browser.Client.JsonAsync("/api/account")).Number("id");
        (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/members/{sarah}", new { role = "prompter" })).EnsureSuccessStatusCode();
        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/members/{sarah}")).EnsureSuccessStatusCode();

        JsonElement[] events = [.. (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit")).GetProperty("events").EnumerateArray()];

        Assert.Equal(
            ["owner removed Sarah", "owner roleChanged Sarah a prompter", "Sarah joined viewer", "owner invited guest@example.org as viewer"],
            events.Select(e => $"{e.Text("who")} {e.Text("what")} {e.Text("detail")}").Where(e => !e.Contains("read", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_page_of_the_people_does_all_of_it_without_script()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah <b>", MemberRole.Viewer);
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server), hers = await TestBrowser.SignedInAsync(Server, client: sarah.Client);

        foreach ((string path, string name, string value) in (List<(string, string, string)>)[("invite", "email", "guest@example.org"), ($"{sarah.Id}/role", "x", "y")])
        {
            using HttpResponseMessage answer = await owner.SubmitAsync($"/c/{id}/people/{path}", (name, value), ("role", "prompter"));
            Assert.Equal((HttpStatusCode.SeeOther, $"/c/{id}/people"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        }
        string page = await owner.Client.GetStringAsync($"/c/{id}/people"), herPage = await hers.Client.GetStringAsync($"/c/{id}/people");

        Assert.Contains("guest@example.org", page, StringComparison.Ordinal);
        Assert.Contains("Sarah &lt;b&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("guest@example.org", herPage, StringComparison.Ordinal);
        Assert.DoesNotContain("/role\"", herPage, StringComparison.Ordinal);
        using HttpResponseMessage refused = await owner.SubmitAsync($"/c/{id}/people/invite", ("email", "nonsense"), ("role", "viewer"));
        Assert.Contains("That is no address", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage left = await hers.SubmitAsync($"/c/{id}/people/{sarah.Id}/remove");
        Assert.Equal("/shares", left.Headers.Location?.ToString());
    }

    private Task<string> PrivateAsync() => Server.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");

    private static Task<HttpResponseMessage> HandOnAsync(HttpClient client, string id, long accountId) => client.PostAsJsonAsync($"/api/sessions/{id}/owner", new { accountId });
}
