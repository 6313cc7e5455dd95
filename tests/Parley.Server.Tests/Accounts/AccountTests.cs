using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Server.Accounts;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Accounts;

public sealed class AccountsOnSqlite(ServerFixture<Sqlite> fixture) : AccountTests<Sqlite>(fixture);

public sealed class AccountsOnPostgres(ServerFixture<Postgres> fixture) : AccountTests<Postgres>(fixture);

/// <summary>What somebody sees and changes of themselves.</summary>
public abstract class AccountTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task An_account_is_renamed_and_others_see_that()
    {
        Person ana = await Server.PersonAsync("Ana");

        using HttpResponseMessage renamed = await ana.Client.PatchAsJsonAsync("/api/account", new { name = "  Ana\u202e\nB.  " });

        Assert.Equal("Ana  B.", (await renamed.JsonAsync()).Text("name"));
        Assert.Equal("Ana  B.", (await ana.Client.JsonAsync("/api/account")).Text("name"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":" \n "}""")]
    [InlineData("""{"name":7}""")]
    public async Task What_makes_no_sense_is_refused(string body) => await (await Server.Owner.PatchAsync("/api/account", Driver.Content(body))).ProblemAsync(400);

    [Fact]
    public async Task A_name_has_an_end()
    {
        using HttpResponseMessage longest = await Server.Owner.PatchAsJsonAsync("/api/account", new { name = new string('a', AccountApi.MaxName) });
        using HttpResponseMessage longer = await Server.Owner.PatchAsJsonAsync("/api/account", new { name = new string('a', AccountApi.MaxName + 1) });

        Assert.Equal(HttpStatusCode.OK, longest.StatusCode);
        await longer.ProblemAsync(400);
    }

    [Fact]
    public async Task An_address_is_not_believed_where_it_can_t_be_proved() =>
        Assert.Contains("no mail", await (await Server.Owner.PatchAsJsonAsync("/api/account", new { email = "ana@example.org" })).ProblemAsync(409), StringComparison.Ordinal);

    [Fact]
    public async Task The_page_makes_a_key_that_is_shown_once_and_works_and_is_taken_back_there()
    {
        Person ana = await Server.PersonAsync("Ana");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: ana.Client);

        using HttpResponseMessage made = await browser.SubmitAsync("/account/keys", ("name", "laptop"));
        string key = System.Text.RegularExpressions.Regex.Match(await made.Content.ReadAsStringAsync(), "sk-[A-Za-z0-9_-]{43}").Value;
        using HttpClient laptop = Server.ClientWith(key);
        JsonElement listed = (await laptop.JsonAsync("/api/keys")).GetProperty("keys").EnumerateArray().Single(k => k.Text("name") == "laptop");

        Assert.DoesNotContain(key, await browser.Client.GetStringAsync("/account"), StringComparison.Ordinal);
        (await browser.SubmitAsync($"/account/keys/{listed.Number("id")}/revoke")).Dispose();
        await (await laptop.GetAsync("/api/keys")).ProblemAsync(401);
    }

    [Fact]
    public async Task The_page_is_for_whoever_is_signed_in()
    {
        using HttpResponseMessage page = await Server.Anyone.GetAsync("/account");
        string html = await page.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
        Assert.Contains("Sign in", html, StringComparison.Ordinal);
    }
}
