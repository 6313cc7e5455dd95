using System.Net;
using System.Text.Json;
using Parley.Server.Accounts.OpenId;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Accounts.OpenId;

public sealed class OidcOnSqlite : OidcTests<Sqlite>;

public sealed class OidcOnPostgres : OidcTests<Postgres>;

/// <summary>Signing in by a real OpenID provider.</summary>
public abstract class OidcTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase, new()
{
    private OpenIdProvider Provider { get; set; } = null!;

    private RunningServer Server { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await OpenIdProvider.StartAsync();
        Server = await RunningServer.StartAsync(new TDatabase(), Provider.Settings);
        await Provider.TrustAsync(Server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_the_provider_knows_gets_an_account_and_the_same_one_again()
    {
        await Provider.BeAsync("1", "Ana", "Ana@Example.org");
        using TestBrowser browser = new(Server), again = new(Server);

        using HttpResponseMessage signedIn = await Provider.SignInAsync(browser, "?to=/inbox");
        JsonElement account = await browser.Client.JsonAsync("/api/account");
        // The address moves, the account stays.
        await Provider.BeAsync("1", "Ana", "ana@elsewhere.example");
        (await Provider.SignInAsync(again)).Dispose();

        Assert.Equal((HttpStatusCode.SeeOther, "/inbox"), (signedIn.StatusCode, signedIn.Headers.Location?.ToString()));
        Assert.Equal(("Ana", "ana@example.org"), (account.Text("name"), account.Text("email")));
        Assert.Equal(account.Number("id"), (await again.Client.JsonAsync("/api/account")).Number("id"));
    }

    [Fact]
    public async Task A_verified_address_signs_in_to_the_account_that_has_it_and_an_unverified_one_does_not()
    {
        Person ana = await Server.PersonAsync("Ana", "ana@example.org");
        using TestBrowser hers = new(Server), mallorys = new(Server), others = new(Server);

        await Provider.BeAsync("mallory", "Ana", "ana@example.org", isVerified: false);
        (await Provider.SignInAsync(mallorys)).Dispose();
        await Provider.BeAsync("ana", "Ana", "ana@example.org");
        (await Provider.SignInAsync(hers)).Dispose();
        // Somebody whom the provider gave the address to later.
        await Provider.BeAsync("later", "Anna", "ana@example.org");
        (await Provider.SignInAsync(others)).Dispose();

        Assert.Equal(ana.Id, (await hers.Client.JsonAsync("/api/account")).Number("id"));
        foreach (TestBrowser browser in (TestBrowser[])[mallorys, others])
        {
            JsonElement account = await browser.Client.JsonAsync("/api/account");
            Assert.NotEqual(ana.Id, account.Number("id"));
            Assert.Equal(JsonValueKind.Null, account.GetProperty("email").ValueKind);
        }
    }

    [Fact]
    public async Task Whoever_was_invited_by_a_verified_address_finds_the_invitation()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");
        await Server.Owner.InviteAsync(id, "ana@example.org");
        await Provider.BeAsync("1", "Ana", "ana@example.org");
        using var browser = new TestBrowser(Server);

        (await Provider.SignInAsync(browser)).Dispose();

        JsonElement notice = Assert.Single((await browser.Client.JsonAsync("/api/inbox")).GetProperty("notices").EnumerateArray());
        Assert.Equal(("invited", id), (notice.Text("kind"), notice.Text("sessionId")));
    }

    [Fact]
    public async Task Who_comes_back_without_having_gone_is_refused()
    {
        await Provider.BeAsync("1", "Ana", "ana@example.org");
        using TestBrowser browser = new(Server), victim = new(Server);
        string stolen = "";
        (await Provider.SignInAsync(browser, back: path => "/?" + (stolen = path))).Dispose();

        // Mallory's own way back, put before somebody else: it would sign them in as Mallory.
        using HttpResponseMessage others = await victim.Client.GetAsync(stolen);
        using HttpResponseMessage swapped = await Provider.SignInAsync(victim, back: path => path.Replace("state=", "state=x", StringComparison.Ordinal));
        using HttpResponseMessage elsewhere = await Provider.SignInAsync(victim, back: path => path.Replace("iss=", "iss=https%3A%2F%2Fevil.example%2F", StringComparison.Ordinal));

        Assert.All([others, swapped, elsewhere], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        await (await victim.Client.GetAsync("/api/account")).ProblemAsync(401);
    }

    [Fact]
    public async Task A_way_back_is_gone_once_and_within_ten_minutes()
    {
        await Provider.BeAsync("1", "Ana", "ana@example.org");
        using TestBrowser browser = new(Server), late = new(Server);
        string used = "";
        (await Provider.SignInAsync(browser, back: path => used = path)).Dispose();

        using HttpResponseMessage again = await browser.Client.GetAsync(used);
        using HttpResponseMessage tooLate = await Provider.SignInAsync(late, back: path =>
        {
            Server.Clock.Advance(OidcAttempt.Lifetime);
            return path;
        });

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (again.StatusCode, tooLate.StatusCode));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    public async Task It_leads_on_to_this_server_and_nowhere_else(string to)
    {
        await Provider.BeAsync("1", "Ana", "ana@example.org");
        using var browser = new TestBrowser(Server);

        using HttpResponseMessage answer = await Provider.SignInAsync(browser, $"?to={Uri.EscapeDataString(to)}");

        Assert.Equal("/shares", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_provider_that_is_away_is_said_and_no_crash()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new(Provider.Settings) { ["PARLEY_OIDC_ISSUER"] = "http://127.0.0.1:1" });

        using HttpResponseMessage answer = await server.Anyone.GetAsync("/sign-in/oidc");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("does not answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_to_sign_in_names_the_provider_where_there_is_one()
    {
        await using RunningServer without = await RunningServer.StartAsync(new TDatabase());

        Assert.Contains("Sign in with 127.0.0.1", await Server.Anyone.GetStringAsync("/sign-in"), StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in with", await without.Anyone.GetStringAsync("/sign-in"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await without.Anyone.GetAsync("/sign-in/oidc")).StatusCode);
    }
}
