using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Parley.Server.Accounts;
using Parley.Server.Rpc;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Rpc;

public sealed class RpcSocketsOnSqlite(ServerFixture<Sqlite> fixture) : RpcSocketTests<Sqlite>(fixture);

public sealed class RpcSocketsOnPostgres(ServerFixture<Postgres> fixture) : RpcSocketTests<Postgres>(fixture);

/// <summary>JSON-RPC over a WebSocket: the same methods, and sessions that are followed.</summary>
public abstract class RpcSocketTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_followed_session_tells_what_was_what_comes_and_that_it_has_ended()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("two")], "?private=true&live=true");
        await using RpcClient client = await RpcClient.ConnectAsync(Server, Server.Key);

        Assert.Equal("""{"ok":true}""", (await client.CallAsync("session.subscribe", new { session_id = id, after = 1 })).GetProperty("result").GetRawText());
        JsonElement presence = await client.EventAsync(id, "presence");
        JsonElement second = await client.EventAsync(id, "entry");
        await Server.Owner.AppendedAsync(id, 2, Bundles.Prompt("three"));
        JsonElement third = await client.EventAsync(id, "entry");
        await Server.Owner.EndAsync(id);

        Assert.Equal(1, presence.Number("viewers"));
        Assert.Equal([(2L, "two"), (3L, "three")], ((JsonElement[])[second, third]).Select(e => (e.Number("seq"), e.GetProperty("blocks")[0].Text("text"))));
        await client.EventAsync(id, "ended");
    }

    [Fact]
    public async Task Revoking_ends_what_the_holder_of_the_token_follows()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        JsonElement share = await Server.ShareByTokenAsync(id);
        await using RpcClient holder = await RpcClient.ConnectAsync(Server, share.Text("shareToken"));
        await holder.CallAsync("session.subscribe", new { session_id = id });
        await holder.EventAsync(id, "entry");

        using HttpResponseMessage revoked = await Server.Owner.DeleteAsync($"/api/sessions/{id}/shares/{share.Text("shareId")}");

        await holder.EventAsync(id, "revoked");
        Assert.Equal(404, await ErrorAsync(holder, "session.subscribe", new { session_id = id }));
        Assert.Equal(404, await ErrorAsync(holder, "session.get", new { session_id = id }));
    }

    [Fact]
    public async Task What_is_followed_no_more_tells_nothing_more()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        await using RpcClient client = await RpcClient.ConnectAsync(Server, null);
        await client.CallAsync("session.subscribe", new { session_id = id });
        await client.EventAsync(id, "entry");

        Assert.Equal("""{"ok":true}""", (await client.CallAsync("session.unsubscribe", new { session_id = id })).GetProperty("result").GetRawText());
        Assert.Equal("""{"ok":false}""", (await client.CallAsync("session.unsubscribe", new { session_id = id })).GetProperty("result").GetRawText());
        await Server.Owner.AppendedAsync(id, 1, Bundles.Prompt("two"));

        // What it is told comes before the answer to a later call.
        await client.CallAsync("session.get", new { session_id = id });
        Assert.DoesNotContain(client.Notifications, n => n.GetProperty("params").Text("event") == "entry");
        await Eventually.TrueAsync(async () => (await Server.Owner.JsonAsync($"/api/sessions/{id}")).Number("viewers") == 0);
    }

    [Fact]
    public async Task Following_no_more_leaves_the_socket_alone_whatever_is_being_told()
    {
        string id = await Server.ShareAsync([Bundles.Prompt(new string('x', 50_000)), Bundles.Answer("two")], "?live=true");
        await using RpcClient client = await RpcClient.ConnectAsync(Server, Server.Key);

        for (int i = 0; i < 60; i++)
        {
            await client.CallAsync("session.subscribe", new { session_id = id });
            Assert.True((await client.CallAsync("session.unsubscribe", new { session_id = id })).GetProperty("result").GetProperty("ok").GetBoolean());
        }
    }

    [Fact]
    public async Task A_key_that_is_taken_back_is_none_from_the_next_message_on()
    {
        using HttpResponseMessage made = await Server.Owner.PostAsync("/api/keys", System.Net.Http.Json.JsonContent.Create(new { name = "lent" }));
        JsonElement key = await made.JsonAsync();
        await using RpcClient client = await RpcClient.ConnectAsync(Server, key.Text("key"));
        Assert.True((await client.CallAsync("session.list", null)).TryGetProperty("result", out _));

        await Server.Owner.DeleteAsync($"/api/keys/{key.Number("id")}");

        Assert.Equal(401, await ErrorAsync(client, "session.list", null));
    }

    [Fact]
    public async Task A_socket_follows_only_so_much()
    {
        await using RpcClient client = await RpcClient.ConnectAsync(Server, Server.Key);
        for (int i = 0; i < RpcSocket.MaxSubscriptions; i++)
            Assert.True((await client.CallAsync("session.subscribe", new { session_id = await Server.ShareAsync([], "?live=true") })).TryGetProperty("result", out _));

        Assert.Equal(429, await ErrorAsync(client, "session.subscribe", new { session_id = await Server.ShareAsync([], "?live=true") }));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    public async Task A_page_of_another_site_gets_no_socket(string origin)
    {
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        foreach (string? cookie in (string?[])[null, browser.Cookie])
            Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(("Origin", origin), ("Cookie", cookie)));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(("Cookie", browser.Cookie)));
    }

    [Fact]
    public async Task A_page_of_this_server_gets_one_by_its_cookie()
    {
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);
        await using RpcClient client = await RpcClient.ConnectAsync(Server, null, ("Origin", new Uri(Server.Address).GetLeftPart(UriPartial.Authority)), ("Cookie", browser.Cookie));

        Assert.True((await client.CallAsync("session.list", null)).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Messages_that_are_too_long_or_no_text_end_the_socket()
    {
        await using RpcClient longest = await RpcClient.ConnectAsync(Server, Server.Key), binary = await RpcClient.ConnectAsync(Server, Server.Key);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await longest.SendBytesAsync(new byte[RpcSocket.MaxMessageBytes + 1], WebSocketMessageType.Text));
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, await binary.SendBytesAsync([1, 2, 3], WebSocketMessageType.Binary));
    }

    [Fact]
    public async Task One_address_holds_only_so_many_sockets()
    {
        await using RunningServer server = await RunningServer.StartAsync(new TDatabase(), new() { ["PARLEY_STREAMS_PER_ADDRESS"] = "1" });
        await using (await RpcClient.ConnectAsync(server, server.Key))
            Assert.Equal(HttpStatusCode.TooManyRequests, await RpcClient.RefusalAsync(server));

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await using RpcClient again = await RpcClient.ConnectAsync(server, server.Key);
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task The_server_takes_its_leave_of_sockets_when_it_ends()
    {
        RunningServer server = await RunningServer.StartAsync(new TDatabase());
        string id = await server.ShareAsync([], "?live=true");
        await using RpcClient client = await RpcClient.ConnectAsync(server, Secret.NewKey());
        await client.CallAsync("session.subscribe", new { session_id = id });

        Task stopped = server.DisposeAsync().AsTask();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ClosedAsync());
        await stopped;
    }

    private Task<HttpStatusCode> RefusalAsync(params (string, string?)[] headers) => RpcClient.RefusalAsync(Server, headers);

    private static async Task<long> ErrorAsync(RpcClient client, string method, object? parameters) =>
        (await client.CallAsync(method, parameters)).GetProperty("error").Number("code");
}
