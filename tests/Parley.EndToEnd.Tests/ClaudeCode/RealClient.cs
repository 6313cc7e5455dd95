using System.Diagnostics;
using System.Text;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>The real Claude Code, started with nothing of this process' environment.</summary>
public static class RealClient
{
    /// <summary>The version that these tests were written against; <c>scripts/need claude</c> installs it.</summary>
    public const string Version = "2.1.197";

    public static string Path => System.IO.Path.Combine(Cache, $"claude-code-{Version}", "node_modules", ".bin", "claude");

    /// <summary>Skips the test where the client is not installed.</summary>
    public static void Require() =>
        Assert.SkipUnless(File.Exists(Path), $"This test needs Claude Code {Version}: `scripts/need claude` installs it into a cache folder.");

    /// <summary>How it is started in a folder, by whom, and with which model.</summary>
    public static ProcessStartInfo Start(string home, string folder, ScriptedModel model, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach ((string name, string value) in Variables(home, model))
            start.Environment[name] = value;
        return start;
    }

    /// <summary>What the client finds in its environment.</summary>
    public static Dictionary<string, string> Variables(string home, ScriptedModel model) => new()
    {
        ["HOME"] = home,
        ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
        ["TERM"] = "xterm-256color",
        ["LANG"] = "C.UTF-8",
        ["ANTHROPIC_API_KEY"] = "sk-ant-" + "scripted",
        ["ANTHROPIC_BASE_URL"] = model.Address,
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
    };

    private static string Cache => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "parley");
}
