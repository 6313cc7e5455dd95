using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Tests.Homecoming;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>The real client while its conversation goes on in a workspace, and when it comes home; its model is scripted.</summary>
public sealed partial class PausedSessionTests(Workstation machine) : IDisposable
{
    private WorkspaceOwner? _other;

    // The same person.
    private WorkspaceOwner Elsewhere => _other ??= new WorkspaceOwner(machine.Server);

    public void Dispose() => _other?.Dispose();

    [Fact]
    public async Task A_paused_session_asks_no_model_until_it_is_told_to()
    {
        await machine.RequireAsync();
        machine.Model.Script("share-away", Turn.CallsParley("share_chat", new JsonObject { ["recipients"] = new JsonArray("sarah@example.org") }), Turn.Says("It goes on there."));
        machine.Model.Script("paused-away", Turn.Says("Not to be said."));
        machine.Model.Script("paused-here", Turn.Says("Said here."));
        machine.Model.Script("paused-after", Turn.Says("Goes on here."));
        await using var client = new Conversation(machine, machine.NewProject());
        await client.SayAsync("Share it with Sarah [[share-away]]");
        string url = UrlIn(machine.Model.ResultsOf("share-away"));

        string blocked = await client.SayAsync("And \"now\"?\nSecond line. [[paused-away]]");
        Assert.Contains($"Paused: this conversation goes on in its workspace: {url}", blocked);
        Assert.Contains("And \"now\"?\nSecond line. [[paused-away]]", blocked);
        Assert.Empty(machine.Model.RequestsOf("paused-away"));

        Assert.Equal("Said here.", await client.SayAsync("/parley:here just this [[paused-here]]"));
        Assert.Contains("Paused", await client.SayAsync("And now? [[paused-away]]"));
        Assert.Contains("goes on here again", await client.SayAsync("/parley:here"));
        Assert.Equal("Goes on here.", await client.SayAsync("And now? [[paused-after]]"));
        Assert.Empty(machine.Model.RequestsOf("paused-away"));
        await client.EndAsync();
    }

    [Fact]
    public async Task Without_a_companion_a_command_answers_the_hook()
    {
        await machine.RequireAsync();
        machine.Model.Script("share-alone", Turn.CallsParley("share_chat", new JsonObject { ["recipients"] = new JsonArray("sarah@example.org") }), Turn.Says("It goes on there."));
        machine.Model.Script("alone", Turn.Says("Not to be said."));
        var hook = new JsonObject { ["type"] = "command", ["command"] = $"'{Path.Combine(AppContext.BaseDirectory, "parley")}' hook" };
        var settings = new JsonObject { ["hooks"] = new JsonObject { ["UserPromptSubmit"] = new JsonArray(new JsonObject { ["hooks"] = new JsonArray(hook) }) } };
        await using var client = new Conversation(machine, machine.NewProject(), "--settings", settings.ToJsonString());
        await client.SayAsync("Share it with Sarah [[share-alone]]");
        client.KillCompanion();

        Assert.Contains("Paused", await client.SayAsync("And now? [[alone]]"));
        Assert.Contains("goes on here again", await client.SayAsync("/parley:here"));
        Assert.Empty(machine.Model.RequestsOf("alone"));
        await client.EndAsync();
    }

    [Fact]
    public async Task What_was_said_while_it_was_shared_is_in_the_workspace()
    {
        await machine.RequireAsync();
        JsonObject recipients = new() { ["recipients"] = new JsonArray("sarah@example.org") };
        machine.Model.Script("words", Turn.Calls("mcp__plugin_parley_parley__share_chat", recipients, says: "Sharing this chat."), Turn.Says("Done."));
        await machine.PrintAsync(machine.NewProject(), "Share it with Sarah [[words]]");
        string id = UrlIn(machine.Model.ResultsOf("words")).Split('/')[^1];
        Assert.Contains("Sharing this chat.", await Elsewhere.MessagesAsync(id));
    }

    [Fact]
    public async Task It_comes_home_whole_and_the_client_goes_on_with_all_of_it()
    {
        await machine.RequireAsync();
        string project = machine.NewProject();
        machine.Model.Script("paused-work", Turn.Calls("Bash", new JsonObject { ["command"] = "echo tide-$((20 + 3))" }, says: "I look at the tide."), Turn.Says("It is high."));
        machine.Model.Script("original", Turn.Says("Asked of the original."));
        machine.Model.Script("home", Turn.Says("Asked at home."));
        string session = await SessionOfAsync(project, "How is the tide? [[paused-work]]");
        string url = (await machine.Home.RunInAsync(project, "share", session, "--to", "sarah@example.org", "--yes")).Succeeded().Trim();
        await Elsewhere.SayAsync(url.Split('/')[^1], "I will bring the boat");

        string resumed = (await machine.Home.RunInAsync(project, "home", url)).Succeeded().Trim().Split(' ')[^1];
        Assert.Equal("Asked at home.", await ResumeAsync(project, resumed, "And now? [[home]]"));
        (await machine.Home.RunInAsync(project, "close", url)).Succeeded();
        Assert.Equal("Asked of the original.", await ResumeAsync(project, session, "And now? [[original]]"));

        IReadOnlyList<string> original = SentBlocks.Of(machine.Model.RequestsOf("original")[0]["messages"]!.AsArray()), home = SentBlocks.Of(machine.Model.RequestsOf("home")[0]["messages"]!.AsArray());
        Assert.Equal(original.SkipLast(1), home.Take(original.Count - 1));
        string[] rest = [.. home.Skip(original.Count - 1)];
        Assert.Contains("to the others, not to you", rest[0]);
        Assert.Contains("I will bring the boat", rest[0]);
        Assert.Contains(rest, block => block.Contains("has come to this machine"));
        Assert.Contains("[[home]]", rest[^1]);
    }

    [Fact]
    public async Task The_skill_brings_it_home()
    {
        await machine.RequireAsync();
        string project = machine.NewProject();
        machine.Model.Script("share-skill-home", Turn.CallsParley("share_chat", new JsonObject { ["recipients"] = new JsonArray("sarah@example.org") }), Turn.Says("Shared."));
        await using var client = new Conversation(machine, project);
        await client.SayAsync("Share it with Sarah [[share-skill-home]]");
        machine.Model.Script("take-home", Turn.Says("Read."));
        await client.SayAsync("/take-home [[take-home]]");
        string command = CommandIn().Match(machine.Model.RequestsOf("take-home")[0].ToJsonString()).Groups[1].Value;
        machine.Model.Script("run", Turn.Calls("Bash", new JsonObject { ["command"] = $"{command} home --json" }), Turn.Says("It is home."));
        Assert.Equal("It is home.", await client.SayAsync("/parley:here run it [[run]]"));
        Assert.Contains("\"outcome\": \"installed\"", machine.Model.ResultsOf("run"));
        await client.EndAsync();
    }

    private async Task<string> SessionOfAsync(string project, string prompt)
    {
        await using var client = new Conversation(machine, project);
        await client.SayAsync(prompt);
        await client.EndAsync();
        return client.SessionId!;
    }

    private async Task<string> ResumeAsync(string project, string session, string prompt)
    {
        await using var client = new Conversation(machine, project, "--resume", session);
        string said = await client.SayAsync(prompt);
        await client.EndAsync();
        return said;
    }

    private static string UrlIn(string result) => Link().Match(result) is { Success: true } match ? match.Value : throw new InvalidOperationException($"no link in {result}");

    [GeneratedRegex(@"http://localhost:\d+/c/[A-Za-z0-9_-]{12}")]
    private static partial Regex Link();

    [GeneratedRegex(@"Run \\u0060(\S+) home --json")]
    private static partial Regex CommandIn();
}
