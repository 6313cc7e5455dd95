using System.Text.Json;
using Parley.Server.Mcp;
using Parley.Server.Tests.Fixtures;
using Parley.Tests;

namespace Parley.Server.Tests.Mcp;

/// <summary>The official TypeScript client of the Model Context Protocol, and the inspector, use a server.</summary>
public sealed class OtherClientsTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_official_client_and_the_inspector_promote_a_session(bool inspector)
    {
        string id = await Server.ShareAsync([Bundles.Prompt("Where do notes go?"), Bundles.Answer("Into the void")]);
        await using NodeProgram agent = Start(Server.Key, inspector);

        JsonElement met = await agent.HearAsync();
        Assert.Equal("parley", met.GetProperty("server").Text("name"));
        Assert.Equal(["list_sessions", "read_session", "revoke_share", "share_chat"], met.GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()));

        await agent.TellAsync(new { tool = "read_session", arguments = new { sessionId = id } });
        Assert.Contains("Into the void", (await agent.HearAsync()).GetProperty("answer").GetProperty("structuredContent").Text("markdown"));
        await agent.TellAsync(new { tool = "share_chat", arguments = new { sessionId = id, recipients = new[] { "sarah@example.org" }, mode = "multiplayer" } });
        JsonElement shared = await agent.HearAsync();

        Assert.Equal($"{Server.Address}/c/{id}", shared.GetProperty("answer").GetProperty("structuredContent").Text("url"));
        string[] steps = ["Created shared workspace", "Mirrored 1 turn of conversation", "Invited 1 person", "Switched prompt routing to the workspace"];
        string[] heard = [.. shared.GetProperty("progress").EnumerateArray().Select(message => message.GetString()!)];
        // The inspector passes the answer on without waiting for what came before it.
        Assert.Equal(inspector ? steps[..heard.Length] : steps, heard);
    }

    [Fact]
    public async Task What_a_tool_refuses_is_an_answer_that_says_what_to_do()
    {
        await using NodeProgram agent = Start(Server.Key, inspector: false);
        await agent.HearAsync();

        await agent.TellAsync(new { tool = "share_chat", arguments = new { sessionId = "000000000000", recipients = new[] { "sarah@example.org" } } });
        JsonElement answer = (await agent.HearAsync()).GetProperty("answer");

        Assert.True(answer.GetProperty("isError").GetBoolean());
        Assert.StartsWith("There is no such session", answer.GetProperty("content")[0].Text("text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_the_client_hears_that_it_needs_one()
    {
        await using NodeProgram agent = Start(key: null, inspector: false);

        Assert.True((await agent.HearAsync()).TryGetProperty("refused", out _));
    }

    private NodeProgram Start(string? key, bool inspector) =>
        NodeProgram.Start("mcp-client.mjs", new { url = Server.Address + McpApi.Path, key, inspector });
}
