using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Pages;

/// <summary>The pages and forms of an owner, and whom they are not for.</summary>
public sealed class SharesPagesTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData("")]
    [InlineData("/{id}")]
    [InlineData("/{id}/audit")]
    [InlineData("/{id}/delete")]
    [InlineData("/{id}/ways/link")]
    public async Task Who_is_not_signed_in_is_told_how_to_sign_in_and_nothing_else(string path)
    {
        string id = await Server.ShareAsync("hello");

        using HttpResponseMessage page = await Server.Anyone.GetAsync("/shares" + path.Replace("{id}", id, StringComparison.Ordinal));

        string html = await page.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("parley open", html, StringComparison.Ordinal);
        Assert.DoesNotContain(id, html, StringComparison.Ordinal);
        Assert.Equal("noindex", page.Headers.GetValues("X-Robots-Tag").Single());
        Assert.True(page.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Another_account_finds_neither_page_nor_form()
    {
        string id = await Server.ShareAsync("hello");
        using var client = new HttpClient { BaseAddress = new Uri(Server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", await Server.StrangersKeyAsync()) } };
        using TestBrowser stranger = await TestBrowser.SignedInAsync(Server, client: client);

        Assert.DoesNotContain(id, await stranger.Client.GetStringAsync("/shares"), StringComparison.Ordinal);
        foreach (string path in (string[])["", "/audit", "/delete", "/ways/link"])
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.Client.GetAsync($"/shares/{id}{path}")).StatusCode);
        foreach ((string path, string name, string value) in Forms())
            (await stranger.SubmitAsync($"/shares/{id}{path}", (name, value))).Dispose();

        Assert.Equal(["hello"], await Server.Anyone.TextsAsync(id));
        Assert.Equal("A session", (await Server.Owner.JsonAsync($"/api/sessions/{id}")).Text("title"));
    }

    [Fact]
    public async Task Who_has_joined_is_among_those_who_can_read_it()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("hello")], "?private=true");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);
        Assert.Contains("Only you can read it.", await owner.Client.GetStringAsync($"/shares/{id}"), StringComparison.Ordinal);

        using HttpClient sarah = await Server.MemberAsync(id, MemberRole.Prompter), david = await Server.MemberAsync(id, MemberRole.Viewer, "David");

        string page = await owner.Client.GetStringAsync($"/shares/{id}");
        Assert.DoesNotContain("Only you can read it.", page, StringComparison.Ordinal);
        Assert.Contains($"/c/{id}/people\">2 other people</a>", page, StringComparison.Ordinal);
        JsonElement shared = (await Server.Owner.JsonAsync("/api/shares")).GetProperty("sessions").EnumerateArray().Single(s => s.GetProperty("session").Text("shareId") == id);
        Assert.Equal(2, shared.GetProperty("members").GetInt64());
    }

    [Fact]
    public async Task Forms_of_other_sites_change_nothing()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);
        foreach ((string path, _, _) in Forms())
        {
            using HttpResponseMessage answer = await owner.SendAsync(HttpMethod.Post, $"/shares/{id}{path}", null, ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        Assert.Equal(["hello"], await Server.Anyone.TextsAsync(id));
    }

    [Fact]
    public async Task A_form_goes_back_to_the_page_of_its_session()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage renamed = await owner.SubmitAsync($"/shares/{id}/title", ("title", "Another"));
        using HttpResponseMessage ended = await owner.SubmitAsync($"/shares/{id}/expiry", ("expiresIn", "3600"));

        Assert.All([renamed, ended], answer => Assert.Equal((HttpStatusCode.SeeOther, $"/shares/{id}"), (answer.StatusCode, answer.Headers.Location?.ToString())));
        JsonElement session = await Server.Owner.JsonAsync($"/api/sessions/{id}");
        Assert.Equal(("Another", Server.Clock.GetUtcNow().AddHours(1)), (session.Text("title"), session.GetProperty("expiresAt").GetDateTimeOffset()));
    }

    [Theory]
    [InlineData("/title", "title", " ", "A title is not empty.")]
    [InlineData("/expiry", "expiresIn", "soon", "An expiry is a number of seconds")]
    [InlineData("/tokens", "expiresIn", "-5", "expiry is a number of seconds")]
    [InlineData("/tokens", "expiresIn", "99999999999", "expiry is a number of seconds")]
    public async Task What_makes_no_sense_is_said_on_the_page(string form, string field, string value, string said)
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage page = await owner.SubmitAsync($"/shares/{id}{form}", (field, value));

        Assert.Equal((HttpStatusCode.BadRequest, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Matches($"<p class=\"problem\" role=\"alert\">[^<]*{Regex.Escape(said)}", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_refused_and_not_a_crash()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);
        foreach (string form in (string[])["/title", "/expiry", "/delete"])
        {
            using HttpResponseMessage answer = await owner.SendAsync(HttpMethod.Post, $"/shares/{id}{form}", new { title = "x" });
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        }
        Assert.Equal(["hello"], await Server.Anyone.TextsAsync(id));
    }

    [Fact]
    public async Task Nothing_is_deleted_by_one_press()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage first = await owner.SubmitAsync($"/shares/{id}/delete");
        Assert.Equal($"/shares/{id}/delete", first.Headers.Location?.ToString());
        Assert.Equal(["hello"], await Server.Anyone.TextsAsync(id));
        using HttpResponseMessage second = await owner.SubmitAsync($"/shares/{id}/delete", ("sure", "yes"));

        Assert.Equal("/shares", second.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await Server.Owner.GetAsync($"/api/sessions/{id}")).StatusCode);
    }

    [Fact]
    public async Task What_was_revoked_elsewhere_meanwhile_is_no_error()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);
        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/link")).EnsureSuccessStatusCode();

        using HttpResponseMessage answer = await owner.SubmitAsync($"/shares/{id}/ways/link/revoke");

        Assert.Equal($"/shares/{id}", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_browser_signs_another_one_out()
    {
        using TestBrowser lost = await TestBrowser.SignedInAsync(Server, "Lost phone"), owner = await TestBrowser.SignedInAsync(Server, "At home");
        string page = await owner.Client.GetStringAsync("/shares");
        string form = Regex.Match(page, "Lost phone.*?action=\"(/sign-out/\\d+)\"", RegexOptions.Singleline).Groups[1].Value;

        using HttpResponseMessage signedOut = await owner.SubmitAsync(form);

        Assert.Equal("/shares", signedOut.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await lost.Client.GetAsync("/shares")).StatusCode);
        Assert.DoesNotContain("Lost phone", await owner.Client.GetStringAsync("/shares"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_signed_in_already_has_nothing_to_press()
    {
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);
        using var stranger = new HttpClient { BaseAddress = new Uri(Server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", await Server.StrangersKeyAsync()) } };

        using HttpResponseMessage own = await owner.Client.GetAsync($"{await Server.SignInLinkAsync()}?to=%2Fs%2Fx");
        string strangers = await owner.Client.GetStringAsync(await Server.SignInLinkAsync(stranger));

        Assert.Equal((HttpStatusCode.SeeOther, "/s/x"), (own.StatusCode, own.Headers.Location?.ToString()));
        Assert.Contains("<form method=\"post\">", strangers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kept_page_of_an_owner_is_for_nobody_else()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);

        Assert.Contains($"href=\"/shares/{id}\"", await owner.Client.GetStringAsync($"/s/{id}"), StringComparison.Ordinal);
        Assert.DoesNotContain("/shares/", await Server.Anyone.GetStringAsync($"/s/{id}"), StringComparison.Ordinal);
        Assert.Contains($"href=\"/shares/{id}\"", await owner.Client.GetStringAsync($"/s/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_trail_is_read_page_by_page()
    {
        string id = await Server.ShareAsync("hello");
        using TestBrowser owner = await TestBrowser.SignedInAsync(Server);
        for (int i = 0; i < 60; i++)
            (await owner.SubmitAsync($"/shares/{id}/tokens", ("name", $"number {i:00}"), ("expiresIn", "3600"))).Dispose();

        string first = await owner.Client.GetStringAsync($"/shares/{id}/audit");
        string earlier = Regex.Match(first, "href=\"(/shares/[^\"]+before=\\d+)\"").Groups[1].Value;
        string second = await owner.Client.GetStringAsync(earlier);

        Assert.Equal(61, Regex.Count(first, "opened the ") + Regex.Count(second, "opened the "));
        Assert.Contains("number 59", first, StringComparison.Ordinal);
        Assert.Contains("the public link", second, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/s/abcdefghijkl", "/s/abcdefghijkl")]
    [InlineData("/shares?x=1#y", "/shares?x=1#y")]
    [InlineData("//elsewhere.example", "/shares")]
    [InlineData("/\\elsewhere.example", "/shares")]
    [InlineData("/\t/elsewhere.example", "/shares")]
    [InlineData("https://elsewhere.example", "/shares")]
    [InlineData("/x\r\nSet-Cookie: a=b", "/shares")]
    [InlineData("", "/shares")]
    public async Task Signing_in_leads_to_this_server_and_nowhere_else(string to, string location)
    {
        using var browser = new TestBrowser(Server);

        using HttpResponseMessage pressed = await browser.PostAsync(new Uri($"{await Server.SignInLinkAsync()}?to={Uri.EscapeDataString(to)}"));

        Assert.Equal(location, pressed.Headers.Location?.ToString());
    }

    private static IEnumerable<(string Path, string Name, string Value)> Forms() =>
    [
        ("/link", "x", "y"), ("/tokens", "name", "x"), ("/ways/link/expiry", "expiresIn", "60"), ("/ways/link/revoke", "x", "y"), ("/title", "title", "Taken over"),
        ("/expiry", "expiresIn", "60"), ("/delete", "sure", "yes"),
    ];
}
