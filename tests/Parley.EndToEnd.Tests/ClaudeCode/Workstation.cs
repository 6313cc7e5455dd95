using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Xunit;

[assembly: AssemblyFixture(typeof(Workstation))]

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>
/// A person's machine with the real Claude Code and the plugin on it, a scripted model and a server. It has a home of its own, and its client
/// gets nothing of this process' environment. One for all tests; each works in a project of its own.
/// </summary>
public sealed class Workstation : IAsyncLifetime
{
    private const int MaxProjects = 32;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly RunningServer _server = new();
    private Home? _home;
    private ScriptedModel? _model;
    private int _projects;

    public RunningServer Server => _server;

    public ScriptedModel Model => _model!;

    public Home Home => _home!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test where the client is not installed, and else sees to it that the machine is set up.</summary>
    public async Task RequireAsync()
    {
        RealClient.Require();
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_home is null)
                await SetUpAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>An empty project, which its client trusts.</summary>
    public string NewProject()
    {
        int number = Interlocked.Increment(ref _projects);
        Assert.True(number <= MaxProjects);
        return Directory.CreateDirectory(ProjectPath(Home, number)).FullName;
    }

    /// <summary>A command of the client's that starts no session.</summary>
    public Task<string> ClaudeAsync(params string[] arguments) => RunAsync(Clean(Home.PathOf(), arguments));

    /// <summary>How a session is started: with a clean environment, the plugin's tools and the shell allowed.</summary>
    public ProcessStartInfo Start(string project, params string[] arguments) =>
        Clean(project, [.. arguments, "--allowedTools", "mcp__plugin_parley_parley", "Bash"]);

    private ProcessStartInfo Clean(string folder, string[] arguments)
    {
        ProcessStartInfo start = RealClient.Start(Home.PathOf(), folder, Model, arguments);
        foreach ((string name, string value) in Variables)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>What the client finds in its environment.</summary>
    public Dictionary<string, string> Variables => new(RealClient.Variables(Home.PathOf(), Model))
    {
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ["SHARE_SERVER_URL"] = Server.Address,
        ["SHARE_API_KEY"] = Server.Key,
    };

    /// <summary>One prompt in print mode; what the client prints.</summary>
    public Task<string> PrintAsync(string project, string prompt, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = Start(project, "-p", prompt);
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        return RunAsync(start);
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        using Process client = Process.Start(start)!;
        client.StandardInput.Close();
        Task<string> error = client.StandardError.ReadToEndAsync();
        string output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        Assert.True(client.ExitCode == 0, $"{output}{await error}");
        return output.TrimEnd();
    }

    public async ValueTask DisposeAsync()
    {
        if (_home is null)
            return;
        await _model!.DisposeAsync();
        await _server.DisposeAsync();
        _home.Dispose();
        _gate.Dispose();
    }

    private static string ProjectPath(Home home, int number) => home.PathOf("work", $"project-{number}");

    private async Task SetUpAsync()
    {
        _model = await ScriptedModel.StartAsync();
        // Whoever prompts in a workspace is answered by the same model.
        _server.Environment["PARLEY_ANTHROPIC_API_KEY"] = "nobodys-key";
        _server.Environment["PARLEY_ANTHROPIC_BASE_URL"] = _model.Address;
        await _server.InitializeAsync();
        Home home = _server.NewHome();
        home.Environment["PATH"] = $"{Path.GetDirectoryName(RealClient.Path)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        // The dialogs of a first start: onboarding, the key, and whether each folder is trusted.
        var trusted = new JsonObject { ["hasTrustDialogAccepted"] = true };
        var settings = new JsonObject
        {
            ["projects"] = new JsonObject(Enumerable.Range(1, MaxProjects).Select(n => KeyValuePair.Create(ProjectPath(home, n), (JsonNode?)trusted.DeepClone()))),
            ["hasCompletedOnboarding"] = true,
            ["customApiKeyResponses"] = new JsonObject { ["approved"] = new JsonArray("sk-ant-" + "scripted") },
        };
        await File.WriteAllTextAsync(home.PathOf(".claude.json"), settings.ToJsonString());
        (await home.RunAsync("setup", "claude")).Succeeded();
        _home = home;
    }
}
