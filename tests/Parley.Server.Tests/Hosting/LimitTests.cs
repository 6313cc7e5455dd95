using System.Net.Http.Json;
using Parley.Core.Sessions;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Hosting;

/// <summary>Each limit, its setting and its answer.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task An_entry_over_its_limit_is_refused()
    {
        await using RunningServer server = await StartAsync("PARLEY_MAX_ENTRY_BYTES", "2000");

        using HttpResponseMessage small = await server.UploadAsync(Bundles.Content(Bundles.Of([Bundles.Prompt(new string('x', 1900))])));
        using HttpResponseMessage large = await server.UploadAsync(Bundles.Content(Bundles.Of([Bundles.Prompt(new string('x', 2000))])));

        small.EnsureSuccessStatusCode();
        Assert.Contains("larger than 2000 bytes", await large.ProblemAsync(413), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_bundle_over_its_limit_is_refused_however_small_it_is_on_the_wire(string? encoding)
    {
        await using RunningServer server = await StartAsync("PARLEY_MAX_BUNDLE_BYTES", "100000");
        byte[] bundle = Bundles.Of([Bundles.Prompt(new string('x', 60_000)), Bundles.Prompt(new string('x', 60_000))]);
        byte[] body = encoding is null ? bundle : Bundles.Compress(bundle, encoding);

        using HttpResponseMessage answer = await server.UploadAsync(Bundles.Content(body, encoding));

        await answer.ProblemAsync(413);
    }

    [Fact]
    public async Task A_compression_bomb_ends_at_the_limit()
    {
        await using RunningServer server = await StartAsync("PARLEY_MAX_BUNDLE_BYTES", "1000000");
        byte[] bomb = Bundles.Compress(Bundles.Of(Enumerable.Repeat(Bundles.Prompt(new string(' ', 1_000_000)), 20)), "br");
        Assert.InRange(bomb.Length, 1, 10_000);

        using HttpResponseMessage answer = await server.UploadAsync(Bundles.Content(bomb, "br"));

        Assert.Contains("larger than 1000000 bytes", await answer.ProblemAsync(413), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_bodies_are_small()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());

        using HttpResponseMessage answer = await server.Owner.PostAsJsonAsync("/api/keys", new { name = new string('x', 100_000) });

        await answer.ProblemAsync(413);
    }

    [Fact]
    public async Task One_key_may_ask_so_often()
    {
        await using RunningServer server = await StartAsync("PARLEY_REQUESTS_PER_KEY", "3");
        string id = await server.ShareAsync("one");
        await server.Owner.TextsAsync(id);
        await server.Owner.TextsAsync(id);

        using HttpResponseMessage refused = await server.Owner.GetAsync("/api/sessions");

        await AssertTooManyAsync(refused);
        Assert.Equal(["one"], await server.Anyone.TextsAsync(id));
    }

    [Fact]
    public async Task One_address_may_ask_so_often_but_the_servers_health_is_free()
    {
        await using RunningServer server = await StartAsync("PARLEY_REQUESTS_PER_ADDRESS", "3");
        string id = await server.ShareAsync("one");
        await server.Anyone.TextsAsync(id);
        await server.Owner.TextsAsync(id);

        using HttpResponseMessage anyone = await server.Anyone.GetAsync($"/api/sessions/{id}");
        using HttpResponseMessage owner = await server.Owner.GetAsync("/api/sessions");

        await AssertTooManyAsync(anyone);
        await AssertTooManyAsync(owner);
        Assert.Equal("alive", await server.Anyone.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task Addresses_behind_a_trusted_proxy_are_told_apart()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new Sqlite(), new() { ["PARLEY_REQUESTS_PER_ADDRESS"] = "1", ["PARLEY_TRUST_PROXY"] = "127.0.0.1" });

        Assert.Equal(404, await StatusAsync(server, "203.0.113.1"));
        Assert.Equal(429, await StatusAsync(server, "203.0.113.1"));
        Assert.Equal(404, await StatusAsync(server, "203.0.113.2"));
        Assert.Equal(404, await StatusAsync(server, "2001:db8:1:1::1"));
        Assert.Equal(429, await StatusAsync(server, "2001:db8:1:1:ffff::2"));
        Assert.Equal(404, await StatusAsync(server, "2001:db8:1:2::1"));
    }

    [Fact]
    public async Task Nobody_elses_word_about_addresses_is_believed()
    {
        await using RunningServer server = await StartAsync("PARLEY_REQUESTS_PER_ADDRESS", "1");

        Assert.Equal(404, await StatusAsync(server, "203.0.113.1"));
        Assert.Equal(429, await StatusAsync(server, "203.0.113.2"));
    }

    [Fact]
    public async Task Long_titles_are_cut()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());

        using HttpResponseMessage answer = await server.UploadAsync(Bundles.Content(Bundles.Of([], title: new string('x', 1000))));

        Assert.Equal(new string('x', Field.MaxLength - 1) + "…", (await answer.JsonAsync()).Text("title"));
    }

    [Fact]
    public void The_largest_entry_is_32_MiB_unless_told_otherwise() => Assert.Equal(32 * 1024 * 1024, BundleReader.DefaultMaxLineBytes);

    private static Task<RunningServer> StartAsync(string name, string value) => RunningServer.StartAsync(new Sqlite(), new() { [name] = value });

    private static async Task<int> StatusAsync(RunningServer server, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sessions/AAAAAAAAAAAA") { Headers = { { "X-Forwarded-For", forwardedFor } } };
        using HttpResponseMessage answer = await server.Anyone.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task AssertTooManyAsync(HttpResponseMessage answer)
    {
        Assert.Contains("Retry-After", await answer.ProblemAsync(429), StringComparison.Ordinal);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }
}
