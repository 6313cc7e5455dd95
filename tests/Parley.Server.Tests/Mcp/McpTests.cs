using System.Net;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Parley.Core.Sessions;
using Parley.Server.Mcp;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Mcp;

/// <summary>What other agents are told and may do over the Model Context Protocol.</summary>
public sealed class McpTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Without_a_key_nobody_is_answered(string method)
    {
        using HttpResponseMessage answer = await Server.Anyone.SendAsync(new HttpRequestMessage(new HttpMethod(method), McpApi.Path));

        await answer.ProblemAsync(401);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_token_and_a_browser_that_is_signed_in_are_nobody_too()
    {
        string token = (await Server.ShareByTokenAsync(await Server.ShareAsync("one"))).Text("shareToken");
        using HttpClient holder = Server.ClientWith(token);
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        await (await PostAsync(holder, Initialize)).ProblemAsync(401);
        using var request = new HttpRequestMessage(HttpMethod.Post, McpApi.Path) { Content = Driver.Content(Initialize) };
        request.Headers.Add("Cookie", browser.Cookie);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        await (await Server.Anyone.SendAsync(request)).ProblemAsync(401);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task A_page_of_another_site_is_refused_even_with_a_key(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, McpApi.Path) { Content = Driver.Content(Initialize) };
        request.Headers.Add("Origin", origin);

        await (await Server.Owner.SendAsync(request)).ProblemAsync(403);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"jsonrpc\":\"1.0\"}")]
    public async Task What_is_no_message_is_refused(string body) => await (await PostAsync(Server.Owner, body)).ProblemAsync(400);

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused() =>
        await (await PostAsync(Server.Owner, $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{new string('x', 70_000)}\"}}")).ProblemAsync(413);

    [Fact]
    public async Task A_version_that_nobody_speaks_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, McpApi.Path) { Content = Driver.Content(Initialize) };
        request.Headers.Add("MCP-Protocol-Version", "1999-01-01");

        Assert.Contains("2025-11-25", await (await Server.Owner.SendAsync(request)).ProblemAsync(400));
    }

    [Fact]
    public async Task There_are_no_sessions_to_listen_to_or_to_end()
    {
        using HttpResponseMessage listen = await Server.Owner.GetAsync(McpApi.Path), end = await Server.Owner.DeleteAsync(McpApi.Path);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.MethodNotAllowed), (listen.StatusCode, end.StatusCode));
        Assert.Equal("POST", Assert.Single(listen.Content.Headers.Allow));
    }

    [Fact]
    public async Task The_card_says_where_and_how_it_is_spoken()
    {
        JsonElement card = await Server.Anyone.JsonAsync(ServerCard.Path);

        JsonElement remote = card.GetProperty("remotes")[0];
        Assert.Equal(("streamable-http", $"{Server.Address}/mcp"), (remote.Text("type"), remote.Text("url")));
        Assert.Equal("Authorization", remote.GetProperty("headers")[0].Text("name"));
        Assert.Matches("^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", card.Text("name"));
        Assert.InRange(card.Text("description").Length, 1, 100);
        await using McpClient client = await ConnectAsync(Server.Owner);
        Assert.Equal((client.ServerInfo!.Name, client.ServerInfo.Version), (card.GetProperty("serverInfo").Text("name"), card.GetProperty("serverInfo").Text("version")));
        Assert.Contains(client.NegotiatedProtocolVersion, remote.GetProperty("supportedProtocolVersions").EnumerateArray().Select(version => version.GetString()));
    }

    [Fact]
    public async Task Every_tool_describes_what_it_takes_and_what_it_answers()
    {
        await using McpClient client = await ConnectAsync(Server.Owner);

        IList<McpClientTool> tools = await client.ListToolsAsync();

        Assert.Equal(["list_sessions", "read_session", "revoke_share", "share_chat"], tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool => Assert.NotNull(tool.ReturnJsonSchema));
        JsonElement chat = tools.Single(tool => tool.Name == "share_chat").JsonSchema;
        Assert.Equal(["context", "link", "mode", "recipients", "role", "sessionId"], chat.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(["sessionId", "recipients"], chat.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task A_session_is_found_read_and_promoted_and_its_link_taken_back()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("Where do notes go?"), Bundles.Answer("Into the void")]);
        await using McpClient client = await ConnectAsync(Server.Owner);

        JsonElement listed = (await CallAsync(client, "list_sessions")).GetProperty("sessions").EnumerateArray().Single(s => s.Text("sessionId") == id);
        Assert.Equal("link", listed.GetProperty("shares")[0].Text("shareId"));
        JsonElement read = await CallAsync(client, "read_session", new() { ["sessionId"] = id, ["offset"] = 1, ["limit"] = 5 });
        Assert.Equal((2, 1), (read.Number("total"), read.Number("count")));
        Assert.Contains("Into the void", read.Text("markdown"));
        JsonElement promoted = await CallAsync(client, "share_chat", new() { ["sessionId"] = id, ["recipients"] = new[] { "sarah@example.org" } });
        Assert.Equal($"{Server.Address}/c/{id}", promoted.Text("url"));
        Assert.Equal(["sarah@example.org invited"], promoted.Outcomes());
        await CallAsync(client, "revoke_share", new() { ["sessionId"] = id, ["shareId"] = "link" });
        Assert.Equal(HttpStatusCode.NotFound, (await Server.Anyone.GetAsync($"/api/sessions/{id}")).StatusCode);
    }

    [Fact]
    public async Task Sessions_of_others_are_listed_with_what_one_may_do_there_and_are_read()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("Where do notes go?")], "?private=true");
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Suggester);
        await using McpClient client = await ConnectAsync(sarah.Client);

        JsonElement list = await CallAsync(client, "list_sessions"), joined = Assert.Single(list.GetProperty("memberOf").EnumerateArray());

        Assert.Empty(list.GetProperty("sessions").EnumerateArray());
        Assert.Equal((id, "suggester", "owner", $"{Server.Address}/c/{id}", 1), (joined.Text("sessionId"), joined.Text("role"), joined.Text("owner"), joined.Text("url"), joined.Number("entries")));
        Assert.Contains("Where do notes go?", (await CallAsync(client, "read_session", new() { ["sessionId"] = id })).Text("markdown"));
        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/members/{sarah.Id}")).EnsureSuccessStatusCode();
        Assert.Empty((await CallAsync(client, "list_sessions")).GetProperty("memberOf").EnumerateArray());
    }

    [Fact]
    public async Task Reading_and_promoting_stand_in_the_audit_trail()
    {
        string id = await Server.ShareAsync("one");
        await using McpClient client = await ConnectAsync(Server.Owner);
        await CallAsync(client, "read_session", new() { ["sessionId"] = id });
        await CallAsync(client, "share_chat", new() { ["sessionId"] = id, ["recipients"] = new[] { "sarah@example.org" } });

        string[] happened = [.. (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit")).GetProperty("events").EnumerateArray().Select(e => e.Text("what"))];

        Assert.Contains("invited", happened);
        Assert.Contains("promoted", happened);
    }

    [Fact]
    public async Task What_is_not_the_callers_is_not_there()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("mine")], "?private=true");
        using HttpClient strangers = Server.ClientWith(await Server.StrangersKeyAsync());
        await using McpClient stranger = await ConnectAsync(strangers);

        Assert.Empty((await CallAsync(stranger, "list_sessions")).GetProperty("sessions").EnumerateArray());
        string missing = await FailAsync(stranger, "read_session", new() { ["sessionId"] = "000000000000" });
        Assert.Equal(missing, await FailAsync(stranger, "read_session", new() { ["sessionId"] = id }));
        Assert.Equal(missing, await FailAsync(stranger, "revoke_share", new() { ["sessionId"] = id, ["shareId"] = "link" }));
        Assert.Equal(missing, await FailAsync(stranger, "share_chat", new() { ["sessionId"] = id, ["recipients"] = new[] { "sarah@example.org" } }));
    }

    [Fact]
    public async Task What_makes_no_sense_is_said_in_a_sentence()
    {
        string id = await Server.ShareAsync("one");
        await using McpClient client = await ConnectAsync(Server.Owner);

        Assert.Contains("e-mail", await FailAsync(client, "share_chat", new() { ["sessionId"] = id, ["recipients"] = new[] { "sarah" } }));
        Assert.Contains("no folder \"src\"", await FailAsync(
            client, "share_chat", new() { ["sessionId"] = id, ["recipients"] = Array.Empty<string>(), ["context"] = new { files = new[] { "src" } } }));
        Assert.Contains("limit", await FailAsync(client, "read_session", new() { ["sessionId"] = id, ["limit"] = 0 }));
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body) => await client.PostAsync(McpApi.Path, Driver.Content(body));

    private static async Task<McpClient> ConnectAsync(HttpClient client)
    {
        var options = new HttpClientTransportOptions { Endpoint = new Uri(client.BaseAddress!, McpApi.Path), TransportMode = HttpTransportMode.StreamableHttp };
        return await McpClient.CreateAsync(new HttpClientTransport(options, client), new McpClientOptions { ProtocolVersion = "2025-11-25" });
    }

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, Dictionary<string, object?>? arguments = null)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments);
        Assert.True(result.IsError is not true, TextOf(result));
        return result.StructuredContent!.Value;
    }

    private static async Task<string> FailAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments);
        Assert.True(result.IsError is true, TextOf(result));
        return TextOf(result);
    }

    private static string TextOf(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
}
