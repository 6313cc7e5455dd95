using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Bridging;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;
using Parley.Core.Headless;
using Parley.Core.Redaction;

namespace Parley.Cli.Hosting;

/// <summary><c>parley host</c>: this machine's Claude Code answers in a workspace.</summary>
internal static class HostCommand
{
    public static Command Create()
    {
        var workspace = new Argument<string>("WORKSPACE") { Description = "The link of a workspace of yours, or its id" };
        var tools = new Option<string[]>("--tools") { Description = "Tools that the agent may ask the people for, e.g. Bash,WebFetch; reading the shared files needs no asking", HelpName = "TOOLS", AllowMultipleArgumentsPerToken = false };
        var model = new Option<string?>("--model") { Description = "Which model answers, as Claude Code names it", HelpName = "MODEL" };
        var sandbox = new Option<bool>("--sandbox") { Description = "Say what the sandbox holds before anything runs in it" };
        var bare = new Option<bool>("--no-sandbox") { Description = "Run without one: Claude Code's own rules alone then keep the agent to the shared files" };
        Option<bool> json = Options.Json("Tell what happens as JSON, an object on each line");
        var command = new CliCommand("host", "Let this machine's Claude Code answer in a workspace", """
            parley host https://parley.example/c/4fK9xQ2mZp1a
            parley host 4fK9xQ2mZp1a --tools Bash
            parley host 4fK9xQ2mZp1a --sandbox
            """) { workspace, tools, model, sandbox, bare, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(sandbox) && result.GetValue(bare))
                result.AddError("--sandbox and --no-sandbox exclude each other.");
        });
        command.SetAction((parsed, cancel) => RunAsync(
            PullSource.Parse(parsed.GetRequiredValue(workspace)),
            new HostRules([.. (parsed.GetValue(tools) ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()], !parsed.GetValue(bare)),
            parsed.GetValue(model), parsed.GetValue(sandbox), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(PullSource source, HostRules rules, string? model, bool describes, bool isJson, CancellationToken cancel)
    {
        using ServerApi server = source.Connect();
        if (!server.HasKey)
            throw ServerErrors.NoKey(server.Address);
        server.WarnIfReadableOnTheWay();
        ClientLaunch launch = ClientLaunch.Find(rules, model);
        // Its numbers are not those that the session's upload and the server gave out.
        var redactor = new Redactor(Machine.Redaction() with { MarkerSeries = "h" });
        using HostFolder folder = HostFolder.Make(source.Value);
        if (rules.IsSandboxed)
            await CheckAsync(launch, folder, await server.SessionAsync(source.Value, cancel), describes, cancel);
        else
            Terminal.Error.WriteLine(Style.OfError.Warning("parley: without a sandbox only Claude Code's own rules keep the agent to the shared files."));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Whoever answers here lends here too: what becomes of it is seen in the workspace.
        Task lending = new Bridge(server.Address, _ => { }).RunAsync(ended.Token);
        MadeRunner runner = await server.AddRunnerAsync(source.Value, Environment.MachineName, cancel);
        try
        {
            using var wire = new HostWire(server.Address, runner.Token, TimeProvider.System);
            Tell(isJson, new HostEvent("ready") { Url = $"{server.Address}c/{source.Value}" });
            await new MachineHost(server, wire, folder, launch, rules.IsSandboxed, redactor, happened => Tell(isJson, happened), TimeProvider.System).RunAsync(cancel);
        }
        finally
        {
            await ended.CancelAsync();
            await lending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await RevokeAsync(server, source.Value, runner);
        }
        return ExitCode.Done;
    }

    private static async Task CheckAsync(ClientLaunch launch, HostFolder folder, SessionFacts facts, bool describes, CancellationToken cancel)
    {
        Sandbox sandbox = launch.SandboxOf(folder, facts.ProjectName ?? "");
        await ClientLaunch.CheckAsync(sandbox, cancel);
        if (!describes)
            return;
        Terminal.Error.WriteLine("The client runs in a sandbox that holds:");
        foreach (string line in sandbox.Description)
            Terminal.Error.WriteLine($"  {line}");
    }

    // The token is of no use to anybody any more. Where the server can't be reached it ends with the workspace, or when this machine answers there again.
    private static async Task RevokeAsync(ServerApi server, string sessionId, MadeRunner runner)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await server.RevokeRunnerAsync(sessionId, runner.RunnerId, patience.Token);
        }
        catch (Exception e) when (e is Failure or OperationCanceledException)
        {
            Terminal.Error.WriteLine("parley: the server could not be told to forget this machine; `parley host` again does that.");
        }
    }

    private static void Tell(bool isJson, HostEvent happened)
    {
        if (isJson)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(happened, CliJson.Compact.HostEvent));
        else
            Terminal.Error.WriteLine(happened.Event switch
            {
                "ready" => $"This machine answers in {Style.OfError.Link(happened.Url!)}. Ctrl-C ends that.",
                "turn" => $"{DisplayText.OneLine(happened.Text)} asks …",
                "problem" => Style.OfError.Warning($"parley: {DisplayText.OneLine(happened.Text)}"),
                "back" => "The server answers again.",
                "given-back" => "  given back: another runner may go on with it.",
                "lost" => "  lost: the server counts on this machine no more for it.",
                var end => $"  {end}.",
            });
    }
}
