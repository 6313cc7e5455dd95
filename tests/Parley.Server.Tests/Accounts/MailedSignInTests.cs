using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Accounts;

public sealed class MailedSignInOnSqlite : MailedSignInTests<Sqlite>;

public sealed class MailedSignInOnPostgres : MailedSignInTests<Postgres>;

/// <summary>What a server that sends mail proves by it: signing in, a new address, an invitation.</summary>
public abstract class MailedSignInTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase, new()
{
    private MailServer Mail { get; set; } = null!;

    private RunningServer Server { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Mail = await MailServer.StartAsync();
        Server = await RunningServer.StartAsync(new TDatabase(), Mail.Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Mail.DisposeAsync();
    }

    [Fact]
    public async Task A_mailed_link_signs_in_whoever_has_the_address_once()
    {
        Person ana = await Server.PersonAsync("Ana", "ana@example.org");
        using TestBrowser browser = new(Server), other = new(Server);

        using HttpResponseMessage asked = await AskAsync(" Ana@Example.org ");
        TakenLetter letter = await Mail.NextAsync();
        using HttpResponseMessage pressed = await browser.SubmitAsync(letter.Path);
        using HttpResponseMessage again = await other.SubmitAsync(letter.Path);

        Assert.Equal((HttpStatusCode.Accepted, "ana@example.org"), (asked.StatusCode, letter.To));
        Assert.Equal((HttpStatusCode.SeeOther, "/s/x"), (pressed.StatusCode, pressed.Headers.Location?.ToString()));
        Assert.Equal(ana.Id, (await browser.Client.JsonAsync("/api/account")).Number("id"));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task An_address_that_no_account_has_gets_the_same_answer_and_no_mail()
    {
        await Server.PersonAsync("Ana", "ana@example.org");

        using HttpResponseMessage unknown = await AskAsync("nobody@example.org");
        using HttpResponseMessage known = await AskAsync("ana@example.org");

        // The mails go out in the order in which they were asked for.
        Assert.Equal("ana@example.org", (await Mail.NextAsync()).To);
        Assert.Equal(HttpStatusCode.Accepted, unknown.StatusCode);
        Assert.Equal(await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.Equal(known.Headers.Select(h => h.Key), unknown.Headers.Select(h => h.Key));
        await Eventually.TrueAsync(async () => await CountAsync("SELECT count(*) FROM mails") == 0);
    }

    [Fact]
    public async Task An_address_gets_five_links_in_ten_minutes_and_no_more()
    {
        await Server.PersonAsync("Ana", "ana@example.org");
        await Server.PersonAsync("Bob", "bob@example.org");

        for (int i = 0; i < SignInStore.MostCodesPerAddress + 3; i++)
            Assert.Equal(HttpStatusCode.Accepted, (await AskAsync("ana@example.org")).StatusCode);
        (await AskAsync("bob@example.org")).Dispose();

        for (int i = 0; i < SignInStore.MostCodesPerAddress; i++)
            Assert.Equal("ana@example.org", (await Mail.NextAsync()).To);
        Assert.Equal("bob@example.org", (await Mail.NextAsync()).To);
    }

    [Fact]
    public async Task Who_asks_for_one_address_after_the_other_has_to_wait()
    {
        await using RunningServer strict = await RunningServer.StartAsync(new TDatabase(), new(Mail.Settings) { ["PARLEY_MISSES_PER_ADDRESS"] = "2" });

        HttpStatusCode[] answers = [];
        for (int i = 0; i < 3; i++)
            answers = [.. answers, (await AskAsync($"guess-{i}@example.org", strict)).StatusCode];

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests], answers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ana")]
    [InlineData("ana@example.org\nBcc: eve@example.org")]
    public async Task What_is_no_address_is_refused(string email) => await (await AskAsync(email)).ProblemAsync(400);

    [Fact]
    public async Task A_mailed_invitation_makes_an_account_that_has_the_address()
    {
        string id = await PrivateAsync();
        JsonElement invited = await Server.Owner.InviteAsync(id, "sarah@example.org");
        using TestBrowser browser = new(Server), later = new(Server);

        TakenLetter letter = await Mail.NextAsync();
        (await browser.AcceptAsync(letter.Path, "Sarah")).Dispose();
        (await AskAsync("sarah@example.org")).Dispose();
        (await later.SubmitAsync((await Mail.NextAsync()).Path)).Dispose();

        Assert.False(invited.TryGetProperty("link", out _));
        Assert.Equal(["owner: owner", "Sarah: prompter"], await later.Client.PeopleAsync(id));
        Assert.Equal("sarah@example.org", (await later.Client.JsonAsync("/api/account")).Text("email"));
    }

    [Fact]
    public async Task A_mailed_invitation_signs_in_to_the_account_that_has_the_address()
    {
        Person sarah = await Server.PersonAsync("Sarah", "sarah@example.org");
        string id = await PrivateAsync();
        await Server.Owner.InviteAsync(id, "sarah@example.org");
        using var browser = new TestBrowser(Server);

        string path = (await Mail.NextAsync()).Path, page = await browser.Client.GetStringAsync(path);
        (await browser.AcceptAsync(path, "Mallory")).Dispose();

        Assert.Contains("Join as <bdi>Sarah</bdi>", page, StringComparison.Ordinal);
        Assert.Equal(sarah.Id, (await browser.Client.JsonAsync("/api/account")).Number("id"));
        Assert.Equal(["owner: owner", "Sarah: prompter"], await sarah.Client.PeopleAsync(id));
    }

    [Fact]
    public async Task The_same_address_gets_one_mail_whatever_is_repeated()
    {
        string id = await PrivateAsync();
        foreach (string role in (string[])["viewer", "prompter", "prompter"])
            await Server.Owner.InviteAsync(id, "sarah@example.org", role);
        await Server.Owner.InviteAsync(id, "david@example.org");

        Assert.Equal("sarah@example.org", (await Mail.NextAsync()).To);
        Assert.Equal("david@example.org", (await Mail.NextAsync()).To);
    }

    [Fact]
    public async Task The_inviter_never_sees_what_was_mailed()
    {
        string id = await PrivateAsync();
        await Server.Owner.InviteAsync(id, "sarah@example.org");
        string secret = (await Mail.NextAsync()).Path["/i/".Length..];
        using TestBrowser owner = await OwnersBrowserAsync();

        string all = await Server.Owner.GetStringAsync($"/api/sessions/{id}/invitations") + await owner.Client.GetStringAsync($"/c/{id}/people")
            + (await Server.Owner.InviteAsync(id, "sarah@example.org")).GetRawText() + await Server.Owner.GetStringAsync($"/api/sessions/{id}/audit");

        Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_and_a_title_reach_no_header_of_a_mail_and_no_second_line()
    {
        await Server.Owner.PatchAsJsonAsync("/api/account", new { name = "Eve\r\nBcc: victim@example.org\r\n\r\nBuy" });
        string id = await PrivateAsync();
        await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "Title\r\nX-Evil: 1\u2028\u202e" });

        await Server.Owner.InviteAsync(id, "sarah@example.org");
        TakenLetter letter = await Mail.NextAsync();

        Assert.Equal(["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"],
            letter.Header.Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal).Select(n => n == "Message-Id" ? "Message-ID" : n));
        Assert.Equal(("sarah@example.org", "parley@example.org"), (letter.To, letter.From));
        Assert.Contains("Eve  Bcc: victim@example.org    Buy invites you to the session “Title  X-Evil: 1", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_address_is_the_accounts_once_its_link_is_opened_where_the_account_is_signed_in()
    {
        Person ana = await Server.PersonAsync("Ana", "old@example.org");
        using TestBrowser browser = await BrowserOfAsync(ana), stranger = await OwnersBrowserAsync(), nobody = new(Server);

        (await ana.Client.PatchAsJsonAsync("/api/account", new { email = "New@example.org" })).EnsureSuccessStatusCode();
        string path = (await Mail.NextAsync()).Path;
        using HttpResponseMessage strangers = await stranger.SubmitAsync(path), nobodys = await nobody.SubmitAsync(path);
        string before = (await ana.Client.JsonAsync("/api/account")).Text("email");
        using HttpResponseMessage looked = await nobody.Client.GetAsync(path);
        using HttpResponseMessage own = await browser.SubmitAsync(path);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (strangers.StatusCode, nobodys.StatusCode, looked.StatusCode));
        Assert.Equal("old@example.org", before);
        Assert.Equal("/account", own.Headers.Location?.ToString());
        Assert.Equal("new@example.org", (await ana.Client.JsonAsync("/api/account")).Text("email"));
    }

    [Fact]
    public async Task Who_proves_an_address_later_is_told_of_what_it_is_invited_to()
    {
        Person ana = await Server.PersonAsync("Ana");
        using TestBrowser browser = await BrowserOfAsync(ana);
        string id = await PrivateAsync();
        await Server.Owner.InviteAsync(id, "ana@example.org");
        string invitation = (await Mail.NextAsync()).Path;

        await ana.Client.PatchAsJsonAsync("/api/account", new { email = "ana@example.org" });
        (await browser.SubmitAsync((await Mail.NextAsync()).Path)).Dispose();

        JsonElement notice = Assert.Single((await ana.Client.JsonAsync("/api/inbox")).GetProperty("notices").EnumerateArray());
        Assert.Equal(("invited", $"http://parley.example{invitation}"), (notice.Text("kind"), notice.Text("url")));
    }

    [Fact]
    public async Task An_address_that_another_account_has_is_not_taken_over()
    {
        Person ana = await Server.PersonAsync("Ana", "ana@example.org"), eve = await Server.PersonAsync("Eve");
        using TestBrowser browser = await BrowserOfAsync(eve);

        (await eve.Client.PatchAsJsonAsync("/api/account", new { email = "ana@example.org" })).EnsureSuccessStatusCode();
        using HttpResponseMessage pressed = await browser.SubmitAsync((await Mail.NextAsync()).Path);

        Assert.Equal(HttpStatusCode.NotFound, pressed.StatusCode);
        Assert.Equal("ana@example.org", (await ana.Client.JsonAsync("/api/account")).Text("email"));
        Assert.Equal(JsonValueKind.Null, (await eve.Client.JsonAsync("/api/account")).GetProperty("email").ValueKind);
    }

    [Fact]
    public async Task A_changed_address_neither_gives_nor_takes_access()
    {
        string id = await PrivateAsync(), others = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter, "sarah@example.org");
        Person david = await Server.MemberAsync(others, "David", MemberRole.Prompter, "david@example.org");
        using TestBrowser hers = await BrowserOfAsync(sarah), his = await BrowserOfAsync(david);

        // Sarah gives her address up, and David takes it.
        await sarah.Client.PatchAsJsonAsync("/api/account", new { email = "sarah@new.example" });
        (await hers.SubmitAsync((await Mail.NextAsync()).Path)).Dispose();
        await david.Client.PatchAsJsonAsync("/api/account", new { email = "sarah@example.org" });
        (await his.SubmitAsync((await Mail.NextAsync()).Path)).Dispose();

        Assert.Equal("sarah@example.org", (await david.Client.JsonAsync("/api/account")).Text("email"));
        Assert.Equal(["secret plans"], await sarah.Client.TextsAsync(id));
        await (await david.Client.GetAsync($"/api/sessions/{id}")).ProblemAsync(404);
        await (await sarah.Client.GetAsync($"/api/sessions/{others}")).ProblemAsync(404);
    }

    [Fact]
    public async Task A_withdrawn_invitation_that_has_not_gone_out_never_does()
    {
        string id = await PrivateAsync();
        await Mail.RefuseAsync(451);
        await Server.Owner.InviteAsync(id, "sarah@example.org");
        Assert.Equal("sarah@example.org", await Mail.RefusedAsync());
        string invitation = (await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations")[0].Text("invitationId");

        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/invitations/{invitation}")).EnsureSuccessStatusCode();

        Assert.Equal(0, await CountAsync("SELECT count(*) FROM mails"));
    }

    [Fact]
    public async Task Links_in_mail_lead_to_the_configured_address_whatever_a_request_names()
    {
        string id = await PrivateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{id}/invitations")
        {
            Content = JsonContent.Create(new { email = "sarah@example.org" }),
            Headers = { { "Host", "evil.example" } },
        };

        (await Server.Owner.SendAsync(request)).EnsureSuccessStatusCode();

        TakenLetter letter = await Mail.NextAsync();
        Assert.StartsWith("/i/", letter.Path, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", letter.Raw, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> AskAsync(string email, RunningServer? server = null) =>
        (server ?? Server).Anyone.PostAsJsonAsync("/api/sign-in", new { email, to = "/s/x" });

    private Task<string> PrivateAsync() => Server.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");

    private Task<TestBrowser> OwnersBrowserAsync() => BrowserOfAsync(new Person(1, "owner", Server.Key, Server.Owner));

    // A link names the configured address, and is opened at the real one.
    private async Task<TestBrowser> BrowserOfAsync(Person person)
    {
        var browser = new TestBrowser(Server);
        using HttpResponseMessage made = await person.Client.PostAsync("/api/sign-in-links", null);
        (await browser.SubmitAsync(new Uri((await made.JsonAsync()).Text("url")).AbsolutePath)).Dispose();
        return browser;
    }

    private ValueTask<long> CountAsync(string sql) => Server.Get<Database>().ReadAsync(c => c.FirstAsync(sql, row => row.Number(0), default));
}
