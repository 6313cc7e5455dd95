using System.Diagnostics;
using System.Text.Json.Nodes;
using Parley.Cli.Setup;
using Parley.Cli.Terminals;
using Parley.Core.Credentials;
using Parley.Core.Headless;
using Parley.Core.Turns;

namespace Parley.Cli.Hosting;

/// <summary>How the client is started for a turn: without a terminal, with nothing of its user's settings, and where it can be in a sandbox.</summary>
/// <param name="Program">Its executable, links resolved.</param>
/// <param name="Rules">What it may use.</param>
/// <param name="Model">Which model answers; null for the client's own choice.</param>
internal sealed record ClientLaunch(string Program, HostRules Rules, string? Model)
{
    private const string PromptFile = "instructions.txt", SettingsFile = ".claude.json";

    // What the client needs of its environment to reach its model and log in. Nothing else of it gets into the sandbox.
    private static readonly string[] Passed =
    [
        "ANTHROPIC_", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_", "CLAUDE_CODE_DISABLE_", "DISABLE_", "AWS_", "CLOUD_ML_REGION", "GOOGLE_CLOUD_",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "LANG", "LC_", "TZ", "TERM", "PATH",
    ];

    // What of the client's own settings says who is logged in.
    private static readonly string[] Kept = ["hasCompletedOnboarding", "customApiKeyResponses", "oauthAccount", "userID"];

    /// <exception cref="Failure">There is no client.</exception>
    public static ClientLaunch Find(HostRules rules, string? model)
    {
        string path = ClaudeClient.Require().FilePath;
        return new ClientLaunch(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path, rules, model);
    }

    /// <summary>The sandbox in which the client would be.</summary>
    public Sandbox SandboxOf(HostFolder folder, string project)
    {
        string login = Path.Combine(UserConfiguration, ".credentials.json");
        string name = string.Concat(project.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')).Trim('.');
        return new Sandbox(Program, name == "" ? "project" : name, folder.Files, folder.State, File.Exists(login) ? login : null);
    }

    /// <summary>Sees to it that the client runs in its sandbox.</summary>
    /// <exception cref="Failure">It does not.</exception>
    public static async Task CheckAsync(Sandbox sandbox, CancellationToken cancel)
    {
        if (Bubblewrap is not { } program)
            throw new Failure("there is no bubblewrap (`bwrap`) on this machine, which keeps the agent to the shared files. Install it, or use --no-sandbox.");
        ProcessStartInfo start = Clean(program, [.. sandbox.Arguments, "--version"]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        using Process check = Process.Start(start)!;
        check.StandardInput.Close();
        Task<string> error = check.StandardError.ReadToEndAsync(cancel);
        string said = await check.StandardOutput.ReadToEndAsync(cancel);
        await check.WaitForExitAsync(cancel);
        if (check.ExitCode != 0)
            throw new Failure($"the client does not run in its sandbox: {DisplayText.OneLine($"{await error} {said}")}. --no-sandbox does without.");
    }

    /// <summary>How it is started for a turn.</summary>
    /// <param name="folder">What it gets.</param>
    /// <param name="sandbox">Where it is; null for none.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="transcript">The session that it resumes, a name in the session's folder; null for a new one.</param>
    public ProcessStartInfo Start(HostFolder folder, Sandbox? sandbox, TakenTurn turn, string? transcript)
    {
        Write(Path.Combine(folder.State, PromptFile), Instructions(turn));
        string state = sandbox is null ? folder.State : Sandbox.Configuration;
        string[] arguments =
        [
            "-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose", "--include-partial-messages", "--no-session-persistence",
            "--permission-prompt-tool", "stdio", "--permission-mode", "default", "--setting-sources", "", "--strict-mcp-config",
            "--tools", string.Join(',', Rules.Tools), "--append-system-prompt-file", $"{state}/{PromptFile}",
            .. transcript is null ? [] : (string[])["--resume", $"{state}/resume/{transcript}"],
            .. Model is null ? [] : (string[])["--model", Model],
            .. LentTools.ArgumentsOf(turn),
        ];
        if (sandbox is null)
            return Unsandboxed(folder, arguments);
        WriteSettings(folder);
        return Clean(Bubblewrap!, [.. sandbox.Arguments, .. arguments]);
    }

    private static string? Bubblewrap => OperatingSystem.IsLinux() ? Programs.Find("bwrap") : null;

    private static string UserHome => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string UserConfiguration => Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR") is { Length: > 0 } folder ? folder : Path.Combine(UserHome, ".claude");

    // Within its own home, since there it is logged in; it keeps nothing there of what it does here.
    private ProcessStartInfo Unsandboxed(HostFolder folder, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { WorkingDirectory = folder.Files };
        foreach (string name in start.Environment.Keys.Where(IsOfSession).ToArray())
            start.Environment.Remove(name);
        return start;
    }

    // A client that believes that another one has started it behaves otherwise.
    private static bool IsOfSession(string name) => name is "CLAUDECODE" || (name.StartsWith("CLAUDE_CODE_", StringComparison.Ordinal) && !IsPassed(name)) || name.StartsWith("CLAUDE_PROJECT", StringComparison.Ordinal);

    private static bool IsPassed(string name) => Passed.Any(passed => passed.EndsWith('_') ? name.StartsWith(passed, StringComparison.OrdinalIgnoreCase) : name.Equals(passed, StringComparison.OrdinalIgnoreCase));

    // The environment goes by the process and not by the command line, which everybody on the machine can read.
    private static ProcessStartInfo Clean(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (string name in start.Environment.Keys.Where(name => !IsPassed(name)).ToArray())
            start.Environment.Remove(name);
        start.Environment["HOME"] = Sandbox.Home;
        start.Environment["CLAUDE_CONFIG_DIR"] = Sandbox.Configuration;
        start.Environment["DISABLE_AUTOUPDATER"] = "1";
        return start;
    }

    private string Instructions(TakenTurn turn)
    {
        string prompt = AgentPrompt.Of(turn.Title, turn.Project, turn.People.Select(person => (person.Name, person.Role)), new Quoting(turn.Mark), hasTools: true);
        return Rules.Asking.Count == 0 ? prompt
            : $"{prompt}\n\nBeside reading you may ask for {string.Join(", ", Rules.Asking)}: the people of the workspace see exactly what you ask for, and allow or refuse it.";
    }

    private static void WriteSettings(HostFolder folder)
    {
        var settings = new JsonObject { ["hasCompletedOnboarding"] = true };
        string own = Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR") is { Length: > 0 } configuration
            ? Path.Combine(configuration, SettingsFile)
            : Path.Combine(UserHome, SettingsFile);
        if (File.Exists(own) && Parse(own) is { } users)
        {
            foreach (string name in Kept.Where(users.ContainsKey))
                settings[name] = users[name]!.DeepClone();
        }
        Write(Path.Combine(folder.State, SettingsFile), settings.ToJsonString());
    }

    private static JsonObject? Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static void Write(string path, string text)
    {
        using FileStream file = PrivateFile.Open(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write });
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
