using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Codex;

/// <summary>A session that the real Codex has just written, in the hands of the command.</summary>
public sealed class SessionTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task It_is_listed_shared_and_read()
    {
        RealCodex.Require();
        await using ScriptedResponses model = await ScriptedResponses.StartAsync();
        using Home home = server.NewHome();
        home.Environment["CODEX_HOME"] = null;
        model.Script("look", ScriptedResponses.Runs("echo from the shell; exit 3"), ScriptedResponses.Says("It is a **tidy** shop."));
        await RealCodex.RunAsync(home.PathOf(), home.Project, model, "look around [[look]]");

        JsonElement listed = JsonElement.Parse((await home.RunAsync("sessions", "--json")).Succeeded())[0];
        Assert.Equal("codex", listed.GetProperty("agent").GetString());
        Assert.Equal("look around [[look]]", listed.GetProperty("firstPrompt").GetString());
        Assert.Equal(home.Project, listed.GetProperty("project").GetString());

        string shareId = JsonElement.Parse((await home.RunAsync("share", "--yes", "--json")).Succeeded()).GetProperty("shareId").GetString()!;
        JsonElement[] messages = [.. (await server.MessagesAsync(shareId)).EnumerateArray().Select(message => message.GetProperty("blocks")[0])];
        Assert.Equal(["text", "tool_use", "tool_result", "text"], messages.Select(block => block.GetProperty("type").GetString()));
        Assert.Equal("Exit code 3\nfrom the shell\n", messages[2].GetProperty("content").GetString());
    }

    [Fact]
    public async Task It_can_not_be_followed_live()
    {
        RealCodex.Require();
        await using ScriptedResponses model = await ScriptedResponses.StartAsync();
        using Home home = server.NewHome();
        await RealCodex.RunAsync(home.PathOf(), home.Project, model, "hello");
        Result refused = await home.RunAsync("share", "--live", "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("leave --live out", refused.Error, StringComparison.Ordinal);
    }
}
