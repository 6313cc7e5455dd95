using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Accounts;

public sealed class SignInOnSqlite(ServerFixture<Sqlite> fixture) : SignInTests<Sqlite>(fixture);

public sealed class SignInOnPostgres(ServerFixture<Postgres> fixture) : SignInTests<Postgres>(fixture);

/// <summary>A browser from its sign-in link to its sign-out.</summary>
public abstract class SignInTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_link_signs_a_browser_in_by_its_button_and_only_once()
    {
        using var browser = new TestBrowser(Server);
        Uri link = await Server.SignInLinkAsync();

        // Looking at it, as a preview does, uses nothing up.
        Assert.Contains("<form method=\"post\">", await browser.Client.GetStringAsync(link), StringComparison.Ordinal);
        Assert.Contains("<form method=\"post\">", await browser.Client.GetStringAsync(link), StringComparison.Ordinal);
        using HttpResponseMessage pressed = await browser.PostAsync(link);

        Assert.Equal((HttpStatusCode.SeeOther, "/shares"), (pressed.StatusCode, pressed.Headers.Location?.ToString()));
        Assert.Matches("^parley=[A-Za-z0-9_-]{43}; max-age=2592000; path=/; samesite=lax; httponly$", Assert.Single(pressed.Headers.GetValues("Set-Cookie")));
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync("/api/sessions")).StatusCode);
        using var second = new TestBrowser(Server);
        using HttpResponseMessage late = await second.PostAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await second.Client.GetAsync(link)).StatusCode);
        await (await second.Client.GetAsync("/api/sessions")).ProblemAsync(401);
    }

    [Fact]
    public async Task A_link_that_two_browsers_use_at_once_lets_one_of_them_in()
    {
        Uri link = await Server.SignInLinkAsync();
        TestBrowser[] browsers = [.. Enumerable.Range(0, 8).Select(_ => new TestBrowser(Server))];

        HttpResponseMessage[] answers = await Task.WhenAll(browsers.Select(b => b.PostAsync(link)));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.SeeOther);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_link_works_for_ten_minutes()
    {
        Uri link = await Server.SignInLinkAsync();
        using var browser = new TestBrowser(Server);

        Server.Clock.Advance(SignInStore.CodeLifetime);

        Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.GetAsync(link)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(link)).StatusCode);
    }

    [Fact]
    public async Task A_signed_in_browser_makes_a_link_for_another_device_and_nobody_else_does()
    {
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);
        using var phone = new TestBrowser(Server);

        using HttpResponseMessage anyone = await Server.Anyone.PostAsync("/api/sign-in-links", null);
        using HttpResponseMessage elsewhere = await browser.SendAsync(HttpMethod.Post, "/api/sign-in-links", null, ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"));
        using HttpResponseMessage signedIn = await browser.PostAsync("/api/sign-in-links");
        using HttpResponseMessage pressed = await phone.PostAsync(new Uri((await signedIn.JsonAsync()).Text("url")));

        await anyone.ProblemAsync(401);
        await elsewhere.ProblemAsync(403);
        Assert.Equal(HttpStatusCode.SeeOther, pressed.StatusCode);
        Assert.Equal(1, (await phone.Client.JsonAsync("/api/account")).Number("id"));
    }

    [Fact]
    public async Task What_a_browser_lets_in_ends_with_the_key_that_let_the_browser_in()
    {
        using HttpResponseMessage made = await Server.Owner.PostAsJsonAsync("/api/keys", new { name = "lent" });
        JsonElement key = await made.JsonAsync();
        using HttpClient lent = Server.ClientWith(key.Text("key"));
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: lent), phone = new(Server);
        using HttpResponseMessage link = await browser.PostAsync("/api/sign-in-links");
        (await phone.PostAsync(new Uri((await link.JsonAsync()).Text("url")))).Dispose();
        Assert.Equal(HttpStatusCode.OK, (await phone.Client.GetAsync("/api/sessions")).StatusCode);

        await Server.Owner.DeleteAsync($"/api/keys/{key.Number("id")}");

        await (await phone.Client.GetAsync("/api/sessions")).ProblemAsync(401);
    }

    [Fact]
    public async Task A_signed_in_browser_does_what_its_owner_may_from_this_servers_pages()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("mine")], "?private=true");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync($"/s/{id}")).StatusCode);
        using HttpResponseMessage shared = await browser.SendAsync(HttpMethod.Post, $"/api/sessions/{id}/share", new { link = true });
        using HttpResponseMessage deleted = await browser.SendAsync(HttpMethod.Delete, $"/api/sessions/{id}");

        Assert.Equal(HttpStatusCode.OK, shared.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_sign_in_and_not_only_its_cookie()
    {
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);
        using var stolen = new HttpClient { BaseAddress = new Uri(Server.Address), DefaultRequestHeaders = { { "Cookie", browser.Cookie } } };
        Assert.Equal(HttpStatusCode.OK, (await stolen.GetAsync("/api/sessions")).StatusCode);

        using HttpResponseMessage out_ = await browser.PostAsync("/sign-out");

        Assert.Equal((HttpStatusCode.SeeOther, "/"), (out_.StatusCode, out_.Headers.Location?.ToString()));
        await (await stolen.GetAsync("/api/sessions")).ProblemAsync(401);
    }

    [Fact]
    public async Task Sign_ins_are_listed_and_taken_back_one_by_one()
    {
        using TestBrowser phone = await TestBrowser.SignedInAsync(Server, "Phone/1.0");
        JsonElement[] listed = [.. (await Server.Owner.JsonAsync("/api/sign-ins")).GetProperty("signIns").EnumerateArray()];
        Assert.Equal("Phone/1.0", listed[0].Text("browser"));
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        using HttpResponseMessage others = await stranger.DeleteAsync($"/api/sign-ins/{listed[0].Number("id")}");
        Assert.Equal(HttpStatusCode.OK, (await phone.Client.GetAsync("/api/sessions")).StatusCode);
        using HttpResponseMessage mine = await Server.Owner.DeleteAsync($"/api/sign-ins/{listed[0].Number("id")}");

        await others.ProblemAsync(404);
        Assert.Equal(HttpStatusCode.NoContent, mine.StatusCode);
        await (await phone.Client.GetAsync("/api/sessions")).ProblemAsync(401);
    }

    [Fact]
    public async Task A_sign_in_ends_after_its_time_and_with_the_key_that_let_it_in()
    {
        using HttpResponseMessage made = await Server.Owner.PostAsJsonAsync("/api/keys", new { name = "lent" });
        JsonElement key = await made.JsonAsync();
        using HttpClient lent = Server.ClientWith(key.Text("key"));
        using TestBrowser byLent = await TestBrowser.SignedInAsync(Server, client: lent), byOwn = await TestBrowser.SignedInAsync(Server);

        await Server.Owner.DeleteAsync($"/api/keys/{key.Number("id")}");

        await (await byLent.Client.GetAsync("/api/sessions")).ProblemAsync(401);
        Assert.Equal(HttpStatusCode.OK, (await byOwn.Client.GetAsync("/api/sessions")).StatusCode);
        string cookie = byOwn.Cookie;
        Server.Clock.Advance(SignInStore.Lifetime);
        using var kept = new HttpClient { BaseAddress = new Uri(Server.Address), DefaultRequestHeaders = { { "Cookie", cookie } } };
        await (await kept.GetAsync("/api/sessions")).ProblemAsync(401);
    }

    [Fact]
    public async Task A_sign_in_goes_on_for_as_long_as_it_is_used()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase());
        using TestBrowser browser = await TestBrowser.SignedInAsync(server);
        Assert.False((await browser.Client.GetAsync("/api/account")).Headers.Contains("Set-Cookie"));

        for (int i = 0; i < 3; i++)
        {
            server.Clock.Advance(SignInStore.Lifetime - TimeSpan.FromHours(1));
            using HttpResponseMessage answer = await browser.Client.GetAsync("/api/account");
            Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.Contains("Set-Cookie")));
        }
        server.Clock.Advance(SignInStore.Lifetime);

        await (await browser.Client.GetAsync("/api/account")).ProblemAsync(401);
    }

    [Fact]
    public async Task A_server_without_mail_says_so_to_everybody_alike()
    {
        using HttpResponseMessage answer = await Server.Anyone.PostAsJsonAsync("/api/sign-in", new { email = "ana@example.org" });

        Assert.Contains("sends no mail", await answer.ProblemAsync(409), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_holds_neither_codes_nor_cookies_in_the_clear()
    {
        Uri link = await Server.SignInLinkAsync();
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        List<string> stored = await Server.Get<Database>().ReadAsync(c => c.ListAsync(
            "SELECT code_hash FROM sign_in_codes UNION SELECT secret_hash FROM sign_ins", row => row.Text(0), default));

        Assert.Contains(Secret.Hash(link.Segments[^1]), stored);
        Assert.Contains(Secret.Hash(browser.Cookie.Split('=')[1]), stored);
    }

    [Fact]
    public async Task Over_TLS_the_cookie_is_bound_to_this_host_and_to_TLS()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_PUBLIC_URL"] = "https://parley.example/base" });
        string path = new Uri((await (await server.Owner.PostAsync("/api/sign-in-links", null)).JsonAsync()).Text("url")).AbsolutePath["/base".Length..];
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { "Origin", "https://parley.example" } } };
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(server.Address) };

        using HttpResponseMessage pressed = await plain.SendAsync(request);

        Assert.Equal("/base/shares", pressed.Headers.Location?.ToString());
        string cookie = Assert.Single(pressed.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-parley=", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/; secure; samesite=lax; httponly", cookie, StringComparison.Ordinal);
        plain.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, (await plain.GetAsync("/api/sessions")).StatusCode);
    }
}
