using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Pausing;

/// <summary>What a client tells the command of a hook on standard input, as far as it matters here.</summary>
internal sealed record HookInput(
    [property: JsonPropertyName("session_id")] string? SessionId,
    [property: JsonPropertyName("hook_event_name")] string? Event,
    [property: JsonPropertyName("prompt")] string? Prompt);

/// <summary><c>parley hook</c>: answers a client that has hooks and no companion.</summary>
internal static class HookCommand
{
    public static Command Create()
    {
        var check = new Option<string?>("--check") { Description = "Ask the server whether this session is still paused", Hidden = true };
        var command = new CliCommand("hook", "Answer a hook of Claude Code that has no companion (JSON on standard input)", """
            parley hook < event.json             what the plugin's companion answers, without the plugin
            """) { check };
        command.SetAction((parsed, cancel) => parsed.GetValue(check) is { } id ? CheckAsync(id, cancel) : AnswerAsync(cancel));
        return command;
    }

    private static async Task AnswerAsync(CancellationToken cancel)
    {
        HookInput? input = null;
        try
        {
            await using Stream stdin = Console.OpenStandardInput();
            input = await JsonSerializer.DeserializeAsync(stdin, CliJson.Default.HookInput, cancel);
        }
        catch (JsonException e)
        {
            throw new Failure($"this is not what a client tells a hook: {e.Message}", ExitCode.Usage);
        }
        if (input is not { SessionId: { } id, Event: "UserPromptSubmit", Prompt: { } prompt } || PromptHook.Answer(id, prompt) is not { } answer)
            return;
        Terminal.Out.WriteLine(answer.ToJsonString());
        CheckLater(id);
    }

    // The client waits for this process, and is not to wait for a server.
    private static void CheckLater(string id)
    {
        if (Environment.ProcessPath is not { } self || Path.GetFileNameWithoutExtension(self) == "dotnet")
            return;
        using Process? check = Process.Start(new ProcessStartInfo(self, ["hook", "--check", id])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
    }

    private static async Task CheckAsync(string id, CancellationToken cancel)
    {
        if (PausedSession.Find(id) is { } paused)
            await PauseCheck.RunAsync(paused, cancel);
    }
}
