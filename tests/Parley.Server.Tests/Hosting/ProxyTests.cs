using System.Text.Json;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Hosting;

/// <summary>Links are what people can open, wherever the server stands.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task A_trusted_proxy_says_how_people_came()
    {
        await using RunningServer server = await StartAsync("PARLEY_TRUST_PROXY", "true");

        Assert.StartsWith("https://example.org/parley/s/", await UrlAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_proxy_is_not_believed()
    {
        await using RunningServer server = await StartAsync("PARLEY_TRUST_PROXY", "10.0.0.1");

        Assert.StartsWith($"{server.Address}/s/", await UrlAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_public_url_comes_before_everything()
    {
        await using RunningServer server = await StartAsync("PARLEY_PUBLIC_URL", "https://sessions.example.org/x/");

        Assert.StartsWith("https://sessions.example.org/x/s/", await UrlAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_served_under_the_path_that_a_proxy_leaves()
    {
        await using RunningServer server = await StartAsync("PARLEY_PATH_BASE", "/parley");

        Assert.EndsWith("/parley", server.Address, StringComparison.Ordinal);
        using var client = new HttpClient();
        Assert.Equal("alive", await client.GetStringAsync($"{server.Address}/healthz"));
        Assert.StartsWith($"{server.Address}/s/", await UrlAsync(server, "/parley"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/pfx/", "https://example.org/pfx/s/")]
    [InlineData("//evil.example", "https://example.org/s/")]
    [InlineData("/a\"onload=x", "https://example.org/s/")]
    public async Task A_prefix_is_a_plain_path_or_is_not_believed(string prefix, string expected)
    {
        await using RunningServer server = await StartAsync("PARLEY_TRUST_PROXY", "true");

        Assert.StartsWith(expected, await UrlAsync(server, forwarded: prefix), StringComparison.Ordinal);
    }

    private static Task<RunningServer> StartAsync(string name, string value) => RunningServer.StartAsync(new Sqlite(), new() { [name] = value });

    private static async Task<string> UrlAsync(RunningServer server, string prefix = "", string forwarded = "/parley")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{prefix}/api/sessions") { Content = Bundles.Content(Bundles.Of([])) };
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "example.org");
        request.Headers.Add("X-Forwarded-Prefix", forwarded);
        using HttpResponseMessage answer = await server.Owner.SendAsync(request);
        JsonElement receipt = await answer.JsonAsync();
        return receipt.Text("url");
    }
}
