using System.Diagnostics;
using System.Text;
using Xunit;

namespace Parley.EndToEnd.Tests.Codex;

/// <summary>The real Codex CLI, started with nothing of this process' environment, and with a provider that is a stand-in on loopback.</summary>
public static class RealCodex
{
    /// <summary>The version that these tests were written against; <c>scripts/need codex</c> installs it.</summary>
    public const string Version = "0.169.0";

    /// <summary>A client that takes longer hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string Program => Path.Combine(Cache, $"codex-{Version}", "node_modules", ".bin", "codex");

    /// <summary>Skips the test where the client is not installed.</summary>
    public static void Require() =>
        Assert.SkipUnless(File.Exists(Program), $"This test needs Codex {Version}: `scripts/need codex` installs it into a cache folder.");

    /// <summary>Runs the client in a folder, by whom and with which model; what it prints.</summary>
    public static async Task<string> RunAsync(string home, string folder, ScriptedResponses model, params string[] arguments)
    {
        string config = Path.Combine(Directory.CreateDirectory(Path.Combine(home, ".codex")).FullName, "config.toml");
        await File.WriteAllTextAsync(config, Config(model));
        var start = new ProcessStartInfo(Program, ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = home;
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["SCRIPTED_KEY"] = "scripted";
        using Process client = Process.Start(start)!;
        client.StandardInput.Close();
        Task<string> output = client.StandardOutput.ReadToEndAsync(), error = client.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await client.WaitForExitAsync(patience.Token);
        Assert.True(client.ExitCode == 0, $"{await output}{await error}");
        return (await output).Trim();
    }

    private static string Config(ScriptedResponses model) => $"""
        model = "gpt-5.5"
        model_provider = "scripted"
        check_for_update_on_startup = false
        [model_providers.scripted]
        name = "Scripted"
        base_url = "{model.Address}/v1"
        wire_api = "responses"
        env_key = "SCRIPTED_KEY"
        request_max_retries = 0
        stream_max_retries = 0
        [analytics]
        enabled = false
        """;

    private static string Cache => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "parley");
}
