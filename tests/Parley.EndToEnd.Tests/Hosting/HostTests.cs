using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Hosting;

/// <summary>The owner's machine as the agent of a workspace: the real client in its sandbox, whose model is scripted.</summary>
public sealed class HostTests
{
    [Fact]
    public async Task It_answers_with_what_was_said_before_and_what_is_shared()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        workspace.Model.Script("tide",
            Turn.Calls("Read", new JsonObject { ["file_path"] = "service/tide.txt" }, says: "I look at the tide."), Turn.Says("The tide is high."));
        await workspace.ShareFileAsync("service", "tide.txt", "high water 23:00");
        await using HostProcess host = await workspace.HostAsync();
        await Eventually.TrueAsync(async () => (await workspace.GetAsync("/turns")).GetProperty("runner").GetString() == "host");

        await workspace.PromptAsync("How is the tide? [[tide]]");
        Assert.Equal(
            ["assistant: I look at the tide.", "user: = 1\thigh water 23:00", "assistant: The tide is high."],
            await workspace.AnswerAsync("How is the tide? [[tide]]"));

        JsonNode request = workspace.Model.RequestsOf("tide")[0];
        string said = request["messages"]!.ToJsonString();
        Assert.Contains("By an hour: the clocks went back.", said);
        Assert.Matches("<person-[0-9a-f]{8} name=.{1,12}owner", said.Replace("\\u003C", "<", StringComparison.Ordinal));
        Assert.Equal(["Glob", "Grep", "Read"], request["tools"]!.AsArray().Select(tool => (string?)tool!["name"]).Order());
    }

    [Fact]
    public async Task Its_text_is_seen_while_it_is_written()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        var seen = new TaskCompletionSource();
        workspace.Model.Script("long", Turn.Calls("Glob", new JsonObject { ["pattern"] = "*" }, says: "First I look."), Turn.Says("Then I answer.") with { Gate = seen.Task });
        using var events = new HttpRequestMessage(HttpMethod.Get, $"/api/sessions/{workspace.Id}/events");
        using HttpResponseMessage stream = await workspace.Owner.SendAsync(events, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[long]]");

        string? line;
        do
            line = await reader.ReadLineAsync();
        while (line is not null && !line.Contains("First I look", StringComparison.Ordinal));
        Assert.NotNull(line);
        seen.SetResult();
        Assert.Equal("assistant: Then I answer.", (await workspace.AnswerAsync("[[long]]"))[^1]);
    }

    [Fact]
    public async Task What_is_allowed_runs_and_what_is_denied_or_not_answered_does_not()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        Turn run = Turn.Calls("Bash", new JsonObject { ["command"] = "touch /tmp/made && echo made-$((40 + 2))" });
        workspace.Model.Script("run", run, run, run, Turn.Says("Done."));
        await using HostProcess host = await workspace.HostAsync("--tools", "Bash");
        await workspace.PromptAsync("[[run]]");

        JsonElement card = await workspace.CardAsync();
        Assert.Equal("command: touch /tmp/made && echo made-$((40 + 2))", card.GetProperty("lines")[0].GetString());
        await workspace.DecideAsync(card, "allow");
        await NextCardAsync(workspace, card, async second => await workspace.DecideAsync(second, "deny"));
        await Eventually.TrueAsync(async () => (await workspace.EntriesAsync()).Contains("user: = owner refuses this."));
        await workspace.ExpireAsync(await workspace.CardAsync());

        Assert.Equal(
            [
                "assistant: Bash", "user: = made-42", "assistant: Bash", "user: = owner refuses this.", "assistant: Bash",
                "user: = Nobody has answered in time. Go on without it, or say what you would need.", "assistant: Done.",
            ],
            await workspace.AnswerAsync("[[run]]"));
    }

    [Fact]
    public async Task Interrupting_ends_the_answer_and_the_next_prompt_is_answered()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        workspace.Model.Script("endless", Turn.Calls("Glob", new JsonObject { ["pattern"] = "*" }, says: "I look."), Turn.Says("never") with { Gate = new TaskCompletionSource().Task });
        workspace.Model.Script("next", Turn.Says("Here I am."));
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[endless]]");
        await Eventually.TrueAsync(() => Task.FromResult(workspace.Model.RequestsOf("endless").Count == 2));

        await workspace.PostAsync("/interrupt", new { });
        Assert.Equal("event: interrupted", (await workspace.AnswerAsync("[[endless]]"))[^1]);
        await workspace.PromptAsync("[[next]]");
        Assert.Equal(["assistant: Here I am."], await workspace.AnswerAsync("[[next]]"));
    }

    [Fact]
    public async Task Prompts_that_come_while_it_is_busy_get_exactly_one_answer_each()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        var go = new TaskCompletionSource();
        workspace.Model.Script("one", Turn.Says("Answer one.") with { Gate = go.Task });
        workspace.Model.Script("two", Turn.Says("Answer two."));
        workspace.Model.Script("three", Turn.Says("Answer three."));
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[one]]");
        await Eventually.TrueAsync(() => Task.FromResult(workspace.Model.RequestsOf("one").Count == 1));
        await workspace.PromptAsync("[[two]]");
        await workspace.PromptAsync("[[three]]");
        go.SetResult();

        await workspace.AnswerAsync("[[three]]");

        Assert.Equal(
            ["user: [[one]]", "assistant: Answer one.", "user: [[two]]", "assistant: Answer two.", "user: [[three]]", "assistant: Answer three."],
            (await workspace.EntriesAsync())[^6..]);
    }

    [Fact]
    public async Task A_client_that_is_killed_is_started_again_and_goes_on_where_it_was()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        var never = new TaskCompletionSource();
        workspace.Model.Script("work", Turn.Calls("Glob", new JsonObject { ["pattern"] = "*" }, says: "I look."), Turn.Says("Found it.") with { Gate = never.Task });
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[work]]");
        await SecondStepAsync(workspace);

        host.KillClient();
        await host.WaitForAsync("given-back");
        never.SetResult();

        Assert.Equal(["assistant: I look.", "user: = No files found", "assistant: Found it."], await workspace.AnswerAsync("[[work]]"));
    }

    [Fact]
    public async Task A_network_that_is_gone_for_a_minute_costs_no_prompt_and_answers_none_twice()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        var go = new TaskCompletionSource();
        workspace.Model.Script("work", Turn.Calls("Glob", new JsonObject { ["pattern"] = "*" }, says: "I look."), Turn.Says("Found it.") with { Gate = go.Task });
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[work]]");
        await SecondStepAsync(workspace);

        workspace.Network.Cut();
        workspace.Clock.Leap(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await workspace.GetAsync("/turns")).GetProperty("turns")[0].GetProperty("state").GetString() == "queued");
        Assert.Equal("none", (await workspace.GetAsync("/turns")).GetProperty("runner").GetString());
        workspace.Network.Mend();
        await host.WaitForAsync("lost");
        go.SetResult();

        Assert.Equal(["assistant: I look.", "user: = No files found", "assistant: Found it."], await workspace.AnswerAsync("[[work]]"));
    }

    [Fact]
    public async Task A_machine_that_was_asleep_finds_its_turn_gone_and_takes_it_again()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        var go = new TaskCompletionSource();
        workspace.Model.Script("work", Turn.Calls("Glob", new JsonObject { ["pattern"] = "*" }, says: "I look."), Turn.Says("Found it.") with { Gate = go.Task });
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[work]]");
        await SecondStepAsync(workspace);

        host.Sleep();
        workspace.Clock.Leap(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await workspace.GetAsync("/turns")).GetProperty("turns")[0].GetProperty("state").GetString() == "queued");
        host.Wake();
        await host.WaitForAsync("lost");
        go.SetResult();

        Assert.Equal(["assistant: I look.", "user: = No files found", "assistant: Found it."], await workspace.AnswerAsync("[[work]]"));
    }

    [Fact]
    public async Task A_host_that_is_stopped_gives_its_turn_back_and_leaves_nothing_behind()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        workspace.Model.Script("work", Turn.Says("never") with { Gate = new TaskCompletionSource().Task });
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[work]]");
        await Eventually.TrueAsync(() => Task.FromResult(workspace.Model.RequestsOf("work").Count == 1));

        host.Stop();
        await host.EndAsync();

        JsonElement turns = await workspace.GetAsync("/turns");
        Assert.Equal(("queued", "none"), (turns.GetProperty("turns")[0].GetProperty("state").GetString(), turns.GetProperty("runner").GetString()));
        Assert.Empty((await workspace.GetAsync("/runners")).GetProperty("runners").EnumerateArray());
        Assert.Empty(Directory.GetDirectories(workspace.Home.PathOf(".local", "state", "parley", "hosts")));
    }

    [Fact]
    public async Task A_host_that_is_stopped_while_the_server_is_away_waits_no_lease_for_it()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        var go = new TaskCompletionSource();
        workspace.Model.Script("work", Turn.Calls("Glob", new JsonObject { ["pattern"] = "*" }, says: "I look."), Turn.Says("Found it.") with { Gate = go.Task });
        await using HostProcess host = await workspace.HostAsync();
        await workspace.PromptAsync("[[work]]");
        await SecondStepAsync(workspace);

        workspace.Network.Cut();
        var waited = Stopwatch.StartNew();
        host.Stop();

        (int exitCode, string error) = await host.EndAsync();
        // The lease is 30 s long; the server is told for 5 s at most, thrice.
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(0, exitCode);
        Assert.Contains("could not be told", error);
        go.SetResult();
    }

    [Fact]
    public async Task It_says_when_the_server_is_away_and_when_it_is_back()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        workspace.Model.Script("work", Turn.Says("Found it."));
        await using HostProcess host = await workspace.HostAsync();

        workspace.Network.Cut();
        Assert.Contains("does not answer", await host.WaitForAsync("problem"));
        workspace.Network.Mend();
        await workspace.PromptAsync("[[work]]");

        await host.WaitForAsync("back");
        Assert.Equal(["assistant: Found it."], await workspace.AnswerAsync("[[work]]"));
    }

    [Fact]
    public async Task A_host_that_is_revoked_ends_and_says_so()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        await using HostProcess host = await workspace.HostAsync();
        string runner = (await workspace.GetAsync("/runners")).GetProperty("runners")[0].GetProperty("runnerId").GetString()!;

        (await workspace.Owner.DeleteAsync($"/api/sessions/{workspace.Id}/runners/{runner}")).EnsureSuccessStatusCode();

        (int exitCode, string error) = await host.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("answers there no more", error);
    }

    [Fact]
    public async Task What_the_sandbox_holds_is_said_before_anything_runs_in_it_and_without_one_nothing_runs()
    {
        await using HostedWorkspace workspace = await HostedWorkspace.OpenAsync();
        await using (HostProcess host = await workspace.HostAsync("--sandbox"))
        {
            host.Stop();
            Assert.Contains("reads    /home/parley/tidewatch", (await host.EndAsync()).Error);
        }
        workspace.Home.Environment["PATH"] = $"{Path.GetDirectoryName(RealClient.Path)}{Path.PathSeparator}{workspace.Home.PathOf()}";

        string dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "/usr/bin/dotnet";
        Directory.CreateDirectory(workspace.Home.PathOf());
        File.CreateSymbolicLink(workspace.Home.PathOf("dotnet"), dotnet);
        Result refused = await workspace.Home.RunAsync("host", workspace.Id, "--sandbox");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("bubblewrap", refused.Error);
    }

    private static async Task NextCardAsync(HostedWorkspace workspace, JsonElement before, Func<JsonElement, Task> then)
    {
        JsonElement card = before;
        await Eventually.TrueAsync(async () => (await workspace.CardsAsync()) is [.., var last] && (card = last).GetProperty("permissionId").GetString() != before.GetProperty("permissionId").GetString());
        await then(card);
    }

    // The model may be asked before the step is on the server.
    private static async Task SecondStepAsync(HostedWorkspace workspace)
    {
        await Eventually.TrueAsync(() => Task.FromResult(workspace.Model.RequestsOf("work").Count == 2));
        await Eventually.TrueAsync(async () => (await workspace.EntriesAsync()).Contains("user: = No files found"));
    }
}
