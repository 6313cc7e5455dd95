using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Transfers;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>Handing sessions over from within the real client, by what its skills tell the model to run.</summary>
public sealed partial class HandoverSkillTests(Workstation machine) : IDisposable
{
    private readonly Pair _other = new();

    [Fact]
    public async Task The_skill_sends_in_the_background_and_the_session_arrives_elsewhere()
    {
        await machine.RequireAsync();
        string project = machine.NewProject(), folder = Directory.CreateDirectory(machine.Home.PathOf("private-send")).FullName;
        machine.Model.Script("before", Turn.Says("The tide is high."));
        var received = new TaskCompletionSource();
        await using var client = new Conversation(machine, project, "--allowedTools", "Write");
        await client.SayAsync("How is the tide? [[before]]");
        string id = client.SessionId!;
        string command = CommandOf(await SkillAsync(client, $"/sessions-share {_other.Passphrase} [[share-skill]]", "share-skill"));
        machine.Model.Script("go",
            Turn.Calls("Write", new JsonObject { ["file_path"] = Path.Combine(folder, "passphrase"), ["content"] = _other.Passphrase }),
            Turn.Calls("Bash", new JsonObject
            {
                ["command"] = $"{command} send {id} --yes --json --bind 127.0.0.1 --passphrase-stdin < {folder}/passphrase > {folder}/events",
                ["run_in_background"] = true,
            }),
            Turn.Says("It waits.") with { Gate = received.Task },
            Turn.Says("It has gone."));
        Task<string> turn = client.SayAsync("Go on [[go]]");
        JsonElement ready = default;
        await Eventually.TrueAsync(() => Task.FromResult(TryReadLine(Path.Combine(folder, "events"), out ready)));
        Result result = await _other.Receiver.RunAsync("receive", "--to", $"127.0.0.1:{ready.GetProperty("port").GetInt32()}", "--all", "--json");
        received.SetResult();
        await turn;
        Assert.Equal(id, JsonDocument.Parse(result.Succeeded()).RootElement.GetProperty("installed")[0].GetProperty("sessionId").GetString());
        Assert.Contains("The tide is high.", _other.ReceivedText());
        await client.EndAsync();
    }

    [Fact]
    public async Task The_skill_receives_what_another_machine_sends()
    {
        await machine.RequireAsync();
        string project = machine.NewProject(), folder = Directory.CreateDirectory(machine.Home.PathOf("private-receive")).FullName;
        Written session = _other.New().Title("From the other machine").Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_other.Sender, session.Id);
        await using var client = new Conversation(machine, project, "--allowedTools", "Write");
        string command = CommandOf(await SkillAsync(client, $"/sessions-receive {_other.Passphrase} [[receive-skill]]", "receive-skill"));
        string receive = $"{command} receive --to {sender.Address} --json --passphrase-stdin";
        machine.Model.Script("take",
            Turn.Calls("Write", new JsonObject { ["file_path"] = Path.Combine(folder, "passphrase"), ["content"] = _other.Passphrase }),
            Turn.Calls("Bash", new JsonObject { ["command"] = $"{receive} --list < {folder}/passphrase" }),
            Turn.Calls("Bash", new JsonObject { ["command"] = $"{receive} --select {session.Id} --into . < {folder}/passphrase" }),
            Turn.Says("Taken over."));
        Assert.Equal("Taken over.", await client.SayAsync("Go on [[take]]"));
        Assert.Contains("\"installed\"", machine.Model.ResultsOf("take"));
        Assert.Contains("From the other machine", machine.Model.ResultsOf("take"));
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
        await client.EndAsync();
        Result sessions = await machine.Home.RunAsync("sessions", "--json");
        Assert.Contains(session.Id, sessions.Succeeded());
    }

    [Theory]
    [InlineData("sessions-share", "--passphrase-stdin < FOLDER/passphrase")]
    [InlineData("sessions-receive", "--passphrase-stdin < FOLDER/passphrase")]
    public async Task No_skill_lets_the_passphrase_into_a_command(string skill, string way)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "plugin", "skills", skill, "SKILL.md"), TestContext.Current.CancellationToken);
        Assert.Contains("never stands in a command", text);
        Assert.All(Commands().Matches(text), command => Assert.EndsWith(way, command.Value));
        Assert.NotEmpty(Commands().Matches(text));
    }

    public void Dispose() => _other.Dispose();

    // What the model is sent when the skill is called.
    private async Task<string> SkillAsync(Conversation client, string prompt, string name)
    {
        machine.Model.Script(name, Turn.Says("Which ones?"));
        await client.SayAsync(prompt);
        return machine.Model.RequestsOf(name)[0].ToJsonString();
    }

    // The command that setup has found stands in the skill's text.
    private static string CommandOf(string request)
    {
        Match command = CommandInSkill().Match(request);
        Assert.True(command.Success, "The skill names no command.");
        Assert.True(File.Exists(command.Groups[1].Value), command.Groups[1].Value);
        return command.Groups[1].Value;
    }

    private static bool TryReadLine(string path, out JsonElement line)
    {
        string text = File.Exists(path) ? File.ReadAllText(path) : "";
        line = text.Contains('\n') ? JsonDocument.Parse(text.Split('\n')[0]).RootElement : default;
        return text.Contains('\n');
    }

    [GeneratedRegex(@"^\s+\$\{user_config\.command\} (?:send|receive) .*$", RegexOptions.Multiline)]
    private static partial Regex Commands();

    [GeneratedRegex(@"\\n\s*(/[^ ]*parley) (?:send|receive) ")]
    private static partial Regex CommandInSkill();
}
