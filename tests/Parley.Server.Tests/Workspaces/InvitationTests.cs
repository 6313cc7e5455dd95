using System.Net;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Workspaces;

namespace Parley.Server.Tests.Workspaces;

public sealed class InvitationsOnSqlite(ServerFixture<Sqlite> fixture) : InvitationTests<Sqlite>(fixture);

public sealed class InvitationsOnPostgres(ServerFixture<Postgres> fixture) : InvitationTests<Postgres>(fixture);

/// <summary>Invitations of a server that sends no mail: their links are passed on by the inviter, and prove nothing.</summary>
public abstract class InvitationTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_link_makes_whoever_opens_it_first_a_member_with_a_name_of_their_own()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id, role: "suggester");
        using var browser = new TestBrowser(Server);

        string page = await browser.Client.GetStringAsync(path);
        using HttpResponseMessage joined = await browser.AcceptAsync(path, "Sarah");

        Assert.Contains("owner</bdi> invites you", page, StringComparison.Ordinal);
        Assert.Contains("A session", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.SeeOther, $"/c/{id}"), (joined.StatusCode, joined.Headers.Location?.ToString()));
        Assert.Equal(["owner: owner", "Sarah: suggester"], await browser.Client.PeopleAsync(id));
        Assert.Equal(["secret plans"], await browser.Client.TextsAsync(id));
    }

    [Fact]
    public async Task An_invitation_works_once()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id);
        TestBrowser[] browsers = [.. Enumerable.Range(0, 6).Select(_ => new TestBrowser(Server))];

        HttpResponseMessage[] answers = await Task.WhenAll(browsers.Select((b, i) => b.AcceptAsync(path, $"Somebody {i}")));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.SeeOther);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.NotFound));
        Assert.Equal(2, (await Server.Owner.PeopleAsync(id)).Length);
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM accounts WHERE name LIKE 'Somebody%'"));
        using var late = new TestBrowser(Server);
        Assert.Equal(HttpStatusCode.NotFound, (await late.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Whoever_accepted_it_is_led_on_by_it_and_nobody_else()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id);
        using TestBrowser sarah = new(Server), other = new(Server);
        (await sarah.AcceptAsync(path)).Dispose();

        using HttpResponseMessage again = await sarah.Client.GetAsync(path);
        using HttpResponseMessage pressed = await sarah.AcceptAsync(path);
        using HttpResponseMessage stolen = await other.Client.GetAsync(path);

        Assert.Equal($"/c/{id}", again.Headers.Location?.ToString());
        Assert.Equal($"/c/{id}", pressed.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
    }

    [Fact]
    public async Task A_signed_in_person_joins_as_themselves()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id, "somebody@example.org");
        Person david = await Server.PersonAsync("David");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: david.Client);

        Assert.Contains("Join as <bdi>David</bdi>", await browser.Client.GetStringAsync(path), StringComparison.Ordinal);
        (await browser.AcceptAsync(path, "Mallory")).Dispose();

        Assert.Equal(["owner: owner", "David: prompter"], await david.Client.PeopleAsync(id));
    }

    [Fact]
    public async Task A_link_that_was_passed_on_signs_in_to_nobodys_account_and_proves_no_address()
    {
        Person ana = await Server.PersonAsync("Ana", $"ana-{Guid.NewGuid():N}@example.org");
        string email = (await ana.Client.JsonAsync("/api/account")).Text("email"), id = await PrivateAsync();
        string path = await Server.Owner.InvitationPathAsync(id, email);
        using var browser = new TestBrowser(Server);

        (await browser.AcceptAsync(path, "Ana")).Dispose();

        JsonElement account = await browser.Client.JsonAsync("/api/account");
        Assert.NotEqual(ana.Id, account.Number("id"));
        Assert.Equal(JsonValueKind.Null, account.GetProperty("email").ValueKind);
        await (await ana.Client.GetAsync($"/api/sessions/{id}")).ProblemAsync(404);
    }

    [Fact]
    public async Task An_invitation_ends_after_a_week()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id, "late@example.org");
        using var browser = new TestBrowser(Server);

        Server.Clock.Advance(Invitations.Lifetime);

        Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.AcceptAsync(path)).StatusCode);
        Assert.Empty((await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations").EnumerateArray());
        Assert.Equal("invited", (await Server.Owner.InviteAsync(id, "late@example.org")).Text("outcome"));
    }

    [Fact]
    public async Task A_withdrawn_invitation_opens_nothing()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id, "out@example.org");
        using var browser = new TestBrowser(Server);
        string invitation = (await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations")[0].Text("invitationId");

        using HttpResponseMessage withdrawn = await Server.Owner.DeleteAsync($"/api/sessions/{id}/invitations/{invitation}");
        using HttpResponseMessage again = await Server.Owner.DeleteAsync($"/api/sessions/{id}/invitations/{invitation}");

        Assert.Equal(HttpStatusCode.NoContent, withdrawn.StatusCode);
        await again.ProblemAsync(404);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.AcceptAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/i/guessed")]
    [InlineData("/i/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_guessed_link_is_not_there(string path)
    {
        using var browser = new TestBrowser(Server);

        Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.AcceptAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Another_sites_form_accepts_nothing()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id);
        using var browser = new TestBrowser(Server);

        using HttpResponseMessage answer = await browser.SendAsync(HttpMethod.Post, path, null, ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Single(await Server.Owner.PeopleAsync(id));
    }

    [Fact]
    public async Task Whoever_says_no_name_is_asked_again_and_nothing_is_used_up()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id);
        using var browser = new TestBrowser(Server);

        using HttpResponseMessage nameless = await browser.AcceptAsync(path, " \u202e\r\n ");
        using HttpResponseMessage named = await browser.AcceptAsync(path, "Sarah\r\n\u202egro.live");

        Assert.Equal(HttpStatusCode.BadRequest, nameless.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, named.StatusCode);
        Assert.Contains("Sarah   gro.live: prompter", await Server.Owner.PeopleAsync(id));
    }

    [Fact]
    public async Task The_same_address_is_invited_once_and_another_role_changes_that()
    {
        string id = await PrivateAsync();

        JsonElement first = await Server.Owner.InviteAsync(id, "Sarah@Example.ORG", "viewer");
        JsonElement second = await Server.Owner.InviteAsync(id, " sarah@example.org ", "prompter");

        Assert.Equal(("sarah@example.org", "invited", "alreadyInvited"), (first.Text("email"), first.Text("outcome"), second.Text("outcome")));
        Assert.Equal(first.Text("link"), second.Text("link"));
        JsonElement open = Assert.Single((await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations").EnumerateArray());
        Assert.Equal("prompter", open.Text("role"));
        using var browser = new TestBrowser(Server);
        (await browser.AcceptAsync(new Uri(first.Text("link")).AbsolutePath)).Dispose();
        Assert.Equal("alreadyMember", (await Server.Owner.InviteAsync(id, "sarah@example.org")).Text("outcome"));
    }

    [Fact]
    public async Task Inviting_at_the_same_time_makes_one_invitation()
    {
        string id = await PrivateAsync();

        JsonElement[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.Owner.InviteAsync(id, "sarah@example.org")));

        Assert.Single(answers, a => a.Text("outcome") == "invited");
        Assert.Single(answers.Select(a => a.Text("link")).Distinct());
    }

    [Fact]
    public async Task A_member_keeps_the_role_that_lets_them_do_more()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id, "more@example.org", "viewer");
        Person david = await Server.PersonAsync("David");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: david.Client);
        await Server.Get<Database>().WriteAsync(async c =>
        {
            await MemberStore.PutAsync(c, id, david.Id, MemberRole.Prompter, Server.Clock.GetUtcNow(), default);
            return true;
        });

        (await browser.AcceptAsync(path)).Dispose();

        Assert.Equal(["owner: owner", "David: prompter"], await Server.Owner.PeopleAsync(id));
    }

    [Fact]
    public async Task A_deleted_or_expired_session_takes_its_invitations_along()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id);
        (await Server.Owner.DeleteAsync($"/api/sessions/{id}")).EnsureSuccessStatusCode();
        string ending = await Server.ShareAsync([Bundles.Prompt("short")], "?private=true&expires_in=60"), ended = await Server.Owner.InvitationPathAsync(ending);
        using var browser = new TestBrowser(Server);

        Server.Clock.Advance(TimeSpan.FromMinutes(2));

        foreach (string link in (string[])[path, ended])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.GetAsync(link)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.AcceptAsync(link)).StatusCode);
        }
    }

    [Theory]
    [InlineData("not an address", "prompter")]
    [InlineData("a@b@c", "prompter")]
    [InlineData("ana@example.org\r\nBcc: x@y.example", "prompter")]
    [InlineData("ana@example.org", "owner")]
    [InlineData("ana@example.org", "emperor")]
    public async Task What_makes_no_sense_is_refused(string email, string role)
    {
        string id = await PrivateAsync();

        using HttpResponseMessage answer = await Server.Owner.PostAsync($"/api/sessions/{id}/invitations", Driver.Content(JsonSerializer.Serialize(new { email, role })));

        await answer.ProblemAsync(400);
        Assert.Empty((await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations").EnumerateArray());
    }

    [Fact]
    public async Task A_session_has_a_hundred_open_invitations_and_no_more()
    {
        string id = await PrivateAsync();
        for (int i = 0; i < Invitations.MostOpen; i++)
            await Server.Owner.InviteAsync(id, $"guest-{i}@example.org");

        using HttpResponseMessage more = await Server.Owner.PostAsync($"/api/sessions/{id}/invitations", Driver.Content("""{"email":"more@example.org"}"""));

        Assert.Contains("100", await more.ProblemAsync(429), StringComparison.Ordinal);
        Assert.Equal("alreadyInvited", (await Server.Owner.InviteAsync(id, "guest-3@example.org")).Text("outcome"));
    }

    [Fact]
    public async Task The_database_holds_no_secret_in_the_clear()
    {
        string id = await PrivateAsync(), path = await Server.Owner.InvitationPathAsync(id);
        string secret = path["/i/".Length..];

        (string hash, byte[] box) = await Server.Get<Database>().ReadAsync(
            c => c.FirstAsync("SELECT secret_hash, secret_box FROM invitations WHERE session_id = $1", row => (row.Text(0), row.Bytes(1)), default, id));

        Assert.Equal(Parley.Server.Accounts.Secret.Hash(secret), hash);
        Assert.DoesNotContain(secret, System.Text.Encoding.Latin1.GetString(box), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_is_shown_to_the_inviter_and_not_to_a_later_owner()
    {
        string id = await PrivateAsync();
        string path = await Server.Owner.InvitationPathAsync(id, "guest@example.org");
        Person david = await Server.MemberAsync(id, "David", MemberRole.Prompter);
        (await Server.Owner.PostAsync($"/api/sessions/{id}/owner", Driver.Content($"{{\"accountId\":{david.Id}}}"))).EnsureSuccessStatusCode();

        string listed = await david.Client.GetStringAsync($"/api/sessions/{id}/invitations");
        JsonElement again = await david.Client.InviteAsync(id, "guest@example.org");

        Assert.DoesNotContain(path, listed, StringComparison.Ordinal);
        Assert.False(again.TryGetProperty("link", out _));
    }

    private Task<string> PrivateAsync() => Server.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");

    private ValueTask<long> CountAsync(string sql) => Server.Get<Database>().ReadAsync(c => c.FirstAsync(sql, row => row.Number(0), default));
}
