using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Accounts;

public sealed class KeysOnSqlite(ServerFixture<Sqlite> fixture) : KeysTests<Sqlite>(fixture);

public sealed class KeysOnPostgres(ServerFixture<Postgres> fixture) : KeysTests<Postgres>(fixture);

public abstract class KeysTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_new_key_is_told_once_and_works()
    {
        JsonElement created = await CreateAsync("laptop");

        Assert.Matches("^sk-[A-Za-z0-9_-]{43}$", created.Text("key"));
        using HttpClient laptop = Server.ClientWith(created.Text("key"));
        string list = await laptop.GetStringAsync("/api/keys");
        Assert.Contains("laptop", list, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Text("key"), list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_works_no_more_and_leaves_the_list()
    {
        JsonElement created = await CreateAsync("lost phone");
        using HttpClient phone = Server.ClientWith(created.Text("key"));

        using HttpResponseMessage revoked = await Server.Owner.DeleteAsync($"/api/keys/{created.Number("id")}");
        using HttpResponseMessage again = await Server.Owner.DeleteAsync($"/api/keys/{created.Number("id")}");
        using HttpResponseMessage used = await phone.GetAsync("/api/sessions");

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await again.ProblemAsync(404);
        await used.ProblemAsync(401);
        Assert.DoesNotContain("lost phone", await Server.Owner.GetStringAsync("/api/keys"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer sk-wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic c2stOng=")]
    [InlineData("sk-wrong")]
    public async Task Who_presents_no_key_of_this_server_is_anonymous(string authorization)
    {
        string id = await Server.ShareAsync("public");
        using var client = new HttpClient { BaseAddress = new Uri(Server.Address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        using HttpResponseMessage list = await client.GetAsync("/api/sessions");

        await list.ProblemAsync(401);
        Assert.Equal(["public"], await client.TextsAsync(id));
    }

    [Fact]
    public async Task The_database_holds_no_key_in_the_clear()
    {
        string key = (await CreateAsync("hashed")).Text("key");

        List<string> stored = await Server.Get<Database>().ReadAsync(c => c.ListAsync("SELECT key_hash FROM api_keys", row => row.Text(0), default));

        Assert.Contains(Secret.Hash(key), stored);
        Assert.DoesNotContain(stored, hash => hash.Contains(key, StringComparison.Ordinal) || key.Contains(hash, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":"  "}""")]
    public async Task A_key_without_a_name_is_refused(string body)
    {
        using HttpResponseMessage answer = await Server.Owner.PostAsync("/api/keys", new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));

        Assert.Contains("name", await answer.ProblemAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_for_those_who_have_one()
    {
        using HttpResponseMessage list = await Server.Anyone.GetAsync("/api/keys");
        using HttpResponseMessage create = await Server.Anyone.PostAsJsonAsync("/api/keys", new { name = "mine" });

        await list.ProblemAsync(401);
        await create.ProblemAsync(401);
    }

    [Fact]
    public async Task Other_accounts_see_and_touch_nothing_of_mine()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("mine")], "?private=true");
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        using HttpResponseMessage read = await stranger.GetAsync($"/api/sessions/{id}");
        using HttpResponseMessage edit = await stranger.PatchAsJsonAsync($"/api/sessions/{id}", new { title = "His" });
        using HttpResponseMessage delete = await stranger.DeleteAsync($"/api/sessions/{id}");

        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[read, edit, delete])
            await answer.ProblemAsync(404);
        Assert.Equal(0, (await stranger.JsonAsync("/api/sessions")).GetProperty("sessions").GetArrayLength());
        Assert.Equal(["mine"], await Server.Owner.TextsAsync(id));
    }

    [Fact]
    public async Task The_machines_key_stays_the_same_while_it_works_and_is_replaced_when_not()
    {
        var file = new CredentialsFile(Server.CredentialsPath);
        LocalKey local = Server.Get<LocalKey>();

        await local.EnsureAsync(Server.Address, default);
        Assert.Equal(Server.Key, file.FindKey(Server.Address));

        file.SetKey("http://localhost:1", Secret.NewKey());
        await local.EnsureAsync("http://127.0.0.1:1", default);
        Assert.NotNull(await Server.Get<KeyStore>().FindAccountAsync(file.FindKey("http://localhost:1")!));
    }

    private async Task<JsonElement> CreateAsync(string name)
    {
        using HttpResponseMessage answer = await Server.Owner.PostAsJsonAsync("/api/keys", new { name });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.JsonAsync();
    }
}
