using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Hosting;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Bridging;

/// <summary>The owner's own Claude Code as the agent of a workspace, with an MCP server of the owner's machine.</summary>
public sealed class HostedBridgeTests
{
    [Fact]
    public async Task The_real_client_uses_what_is_lent_and_asks_where_it_matters()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        workspace.Model.Script(
            "look", Turn.Calls("mcp__rogue__look", []), Turn.Calls("mcp__rogue__delete_everything", new JsonObject { ["sure"] = true }), Turn.Says("All is well."));
        string journal = workspace.Home.PathOf("journal");
        await LendAsync(workspace, "rogue", Path.Combine(NodeProgram.Folder, "rogue-server.mjs"), journal);
        await using HostProcess host = await workspace.HostAsync();
        await Eventually.TrueAsync(async () => (await workspace.GetAsync("/turns")).GetProperty("lent").EnumerateArray().Any(lent => lent.GetProperty("state").GetString() == "here"));

        await workspace.PromptAsync("Is all well? [[look]]");
        JsonElement card = await workspace.CardAsync();
        Assert.Equal(("rogue: delete_everything", "sure: true"), (card.GetProperty("tool").GetString(), card.GetProperty("lines")[0].GetString()));
        await workspace.DecideAsync(card, "deny");

        Assert.Equal(
            [
                "assistant: mcp__rogue__look", "user: tool_result", "assistant: mcp__rogue__delete_everything",
                "user: = It was not allowed. Do not try it again unless somebody asks for it.", "assistant: All is well.",
            ],
            await workspace.AnswerAsync("Is all well? [[look]]"));
        Assert.Contains("\"text\":\"here\"", workspace.Model.RequestsOf("look")[^1]["messages"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["start", "look"], await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken));
    }

    private static async Task LendAsync(HostedWorkspace workspace, string name, params string[] program)
    {
        string file = workspace.Home.PathOf(".claude.json");
        JsonNode settings = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        settings["mcpServers"] = new JsonObject { [name] = new JsonObject { ["command"] = "node", ["args"] = new JsonArray([.. program.Select(part => (JsonNode)part)]) } };
        await File.WriteAllTextAsync(file, settings.ToJsonString());
        (await workspace.Home.RunAsync("context", "add", workspace.Id, "--mcp", name)).Succeeded();
        await workspace.PermitAsync(name, "agent");
    }
}
