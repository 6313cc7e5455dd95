using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Bridging;

/// <summary>MCP servers of a person's machine, real ones and a rogue one, as the agent of a workspace reaches them.</summary>
public sealed class BridgeTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Files_are_read_unasked_and_written_once_the_owner_has_allowed_it()
    {
        await using LentWorkspace workspace = await LentWorkspace.OpenAsync(server, home => new { files = Stdio(Package("server-filesystem"), home.Project) }, "files");
        string tides = Path.Combine(workspace.Home.Project, "tides.txt"), file = Path.Combine(workspace.Home.Project, "new.txt");
        File.WriteAllText(tides, "High water at six.");
        await workspace.LendAsync("files");

        Assert.Equal((false, "High water at six."), await workspace.CallAsync("mcp__files__read_text_file", new { path = tides }));
        (bool isError, string text) = await workspace.CallAsync("mcp__files__read_text_file", new { path = "/etc/passwd" });
        Assert.True(isError, text);

        Task<(bool IsError, string Text)> writing = workspace.CallAsync("mcp__files__write_file", new { path = file, content = "Low water at noon." });
        Assert.Equal($"files: write_file path: {file}\ncontent: Low water at noon.", await workspace.DecideAsync("allow"));
        Assert.False((await writing).IsError);
        Assert.Equal("Low water at noon.", File.ReadAllText(file));

        writing = workspace.CallAsync("mcp__files__write_file", new { path = file, content = "Never." });
        await workspace.DecideAsync("deny");
        Assert.True((await writing).IsError);
        Assert.Equal("Low water at noon.", File.ReadAllText(file));
    }

    [Fact]
    public async Task Everything_is_reached_over_HTTP_with_the_headers_of_the_configuration()
    {
        int port = FreePort();
        using Process everything = StartNode(Package("server-everything"), ("PORT", $"{port}"), "streamableHttp");
        await using LentWorkspace workspace = await LentWorkspace.OpenAsync(
            server, _ => new { everything = new { type = "http", url = $"http://127.0.0.1:{port}/mcp", headers = new Dictionary<string, string> { ["X-Team"] = "tides" } } }, "everything");
        await workspace.LendAsync("everything");

        Assert.Contains("mcp__everything__echo", workspace.Tools);
        Task<(bool IsError, string Text)> calling = workspace.CallAsync("mcp__everything__echo", new { message = "high water" });
        if (await Task.WhenAny(calling, workspace.DecideAsync("allow")) is Task<string> asked)
            await asked;
        Assert.Equal((false, "Echo: high water"), await calling);
        everything.Kill();
        await everything.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_the_machine_has_to_get_in_elsewhere_never_leaves_it()
    {
        string secret = RandomNumberGenerator.GetHexString(24, lowercase: true);
        await using LentWorkspace workspace = await RogueAsync(secret);
        await workspace.LendAsync("rogue");

        (bool isError, string text) = await workspace.CallAsync("mcp__rogue__whoami");

        Assert.Equal((false, "token [REDACTED], key none"), (isError, text));
        Assert.DoesNotContain(secret, await workspace.ContextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_100_MB_is_closed_and_opened_again()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");

        Assert.Equal((true, "rogue went away while it was asked."), await workspace.CallAsync("mcp__rogue__flood"));

        await Eventually.TrueAsync(async () => await workspace.CallAsync("mcp__rogue__look") == (false, "here"));
        Assert.Equal(2, Starts(workspace));
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_says_so()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");

        (_, string text) = await workspace.CallAsync("mcp__rogue__long");

        Assert.InRange(text.Length, 99_000, 100_000);
        Assert.EndsWith("(The answer has 200000 characters; this is its beginning. Ask for less.)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_dies_is_opened_again()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");

        Assert.Equal((true, "rogue went away while it was asked."), await workspace.CallAsync("mcp__rogue__die"));

        await Eventually.TrueAsync(async () => await workspace.CallAsync("mcp__rogue__look") == (false, "here"));
    }

    [Fact]
    public async Task A_server_that_hangs_is_told_when_nobody_waits_any_more_and_holds_nothing_else_up()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");
        using var interrupted = new CancellationTokenSource();
        Task hanging = workspace.CallAsync("mcp__rogue__hang", cancel: interrupted.Token);
        await Eventually.TrueAsync(() => Task.FromResult(Journal(workspace).Contains("hang")));

        Assert.Equal((false, "here"), await workspace.CallAsync("mcp__rogue__look"));
        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await Eventually.TrueAsync(() => Task.FromResult(Journal(workspace).Contains("cancelled")));
    }

    [Fact]
    public async Task A_server_that_lies_about_what_it_does_asks_first()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");

        Task<(bool IsError, string Text)> calling = workspace.CallAsync("mcp__rogue__delete_everything");
        Assert.Equal("rogue: delete_everything", await workspace.DecideAsync("deny"));

        Assert.True((await calling).IsError);
        Assert.DoesNotContain("delete_everything", Journal(workspace));
    }

    [Fact]
    public async Task Unticking_cuts_the_call_and_ends_the_servers_process()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");
        Task<(bool IsError, string Text)> hanging = workspace.CallAsync("mcp__rogue__hang");
        await Eventually.TrueAsync(() => Task.FromResult(Journal(workspace).Contains("hang")));

        await workspace.PermitAsync("rogue", "private");

        Assert.Equal((true, "rogue was taken back while it was asked."), await hanging);
        await Eventually.TrueAsync(() => Task.FromResult(Processes(workspace) == 0));
        Assert.Equal((true, "There is no tool \"mcp__rogue__look\" here."), await workspace.CallAsync("mcp__rogue__look"));

        await workspace.PermitAsync("rogue", "agent");
        await Eventually.TrueAsync(async () => await workspace.CallAsync("mcp__rogue__look") == (false, "here"));
    }

    [Fact]
    public async Task Servers_that_nobody_ticked_are_not_even_started()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");

        Assert.Equal("rogue", string.Join(' ', workspace.Tools.Select(tool => tool.Split("__")[1]).Distinct()));
        Assert.Equal(1, Starts(workspace));
    }

    [Fact]
    public async Task The_agent_and_the_people_are_told_when_the_machine_is_off()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await workspace.LendAsync("rogue");

        await workspace.EndBridgeAsync(PosixSignal.SIGTERM);

        await workspace.StateIsAsync("rogue", "away");
        (bool isError, string text) = await workspace.CallAsync("mcp__rogue__look");
        Assert.True(isError);
        Assert.Contains("machine is not connected", text, StringComparison.Ordinal);
        Assert.Equal(0, Processes(workspace));

        workspace.StartBridge();
        await Eventually.TrueAsync(async () => await workspace.CallAsync("mcp__rogue__look") == (false, "here"));
    }

    [Fact]
    public async Task Why_a_server_does_not_start_is_said_at_the_machine_alone()
    {
        await using LentWorkspace workspace = await LentWorkspace.OpenAsync(server, _ => new { broken = Stdio("/nowhere/broken.js") }, "broken");
        workspace.StartBridge();

        await workspace.StateIsAsync("broken", "failed");
        (_, string? why) = await workspace.StateAsync("broken");
        Assert.Equal("broken can't be opened there; `parley bridge` on that machine says why.", why);
        await workspace.EndBridgeAsync();
        Assert.Contains("/nowhere/broken.js", await workspace.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_with_the_project_is_started_once_its_author_trusts_it()
    {
        await using LentWorkspace workspace = await LentWorkspace.OpenAsync(server, _ => new { rogue = new { command = "false" } }, "rogue");
        File.WriteAllText(
            Path.Combine(workspace.Home.Project, ".mcp.json"), JsonSerializer.Serialize(new { mcpServers = new { rogue = Rogue(workspace.Home) } }));
        workspace.StartBridge();
        await workspace.StateIsAsync("rogue", "failed");
        Assert.Empty(Journal(workspace));

        Directory.CreateDirectory(Path.Combine(workspace.Home.Project, ".claude"));
        File.WriteAllText(Path.Combine(workspace.Home.Project, ".claude", "settings.local.json"), """{"enabledMcpjsonServers":["rogue"]}""");

        await workspace.StateIsAsync("rogue", "here");
    }

    [Fact]
    public async Task The_companion_of_a_session_lends_too_and_one_process_does_at_a_time()
    {
        await using LentWorkspace workspace = await RogueAsync();
        await using (Mcp.Companion companion = await Mcp.Companion.StartAsync(workspace.Home))
        {
            await workspace.StateIsAsync("rogue", "here");
            workspace.StartBridge();
            await workspace.TakeAsync();
            Assert.Equal((false, "here"), await workspace.CallAsync("mcp__rogue__look"));
            Assert.Equal(1, Starts(workspace));
        }

        await Eventually.TrueAsync(async () => await workspace.CallAsync("mcp__rogue__look") == (false, "here") && Starts(workspace) == 2);
    }

    private Task<LentWorkspace> RogueAsync(string secret = "not-secret") => LentWorkspace.OpenAsync(server, home => new { rogue = Rogue(home, secret), unticked = Rogue(home, secret) }, "rogue");

    private static object Rogue(Home home, string secret = "not-secret") => new
    {
        command = "node",
        args = (string[])[Path.Combine(NodeProgram.Folder, "rogue-server.mjs"), JournalOf(home)],
        env = new Dictionary<string, string> { ["ROGUE_TOKEN"] = secret },
    };

    private static object Stdio(params string[] arguments) => new { command = "node", args = arguments };

    private static string Package(string name) => Path.Combine(NodeProgram.Folder, "node_modules", "@modelcontextprotocol", name, "dist", "index.js");

    private static string JournalOf(Home home) => home.PathOf("journal");

    /// <summary>What the rogue server has noted.</summary>
    private static string[] Journal(LentWorkspace workspace) => File.Exists(JournalOf(workspace.Home)) ? File.ReadAllLines(JournalOf(workspace.Home)) : [];

    private static int Starts(LentWorkspace workspace) => Journal(workspace).Count(line => line == "start");

    /// <summary>How many rogue servers run on a person's machine.</summary>
    private static int Processes(LentWorkspace workspace) => Directory.GetDirectories("/proc").Count(process => CommandLine(process).Contains(JournalOf(workspace.Home), StringComparison.Ordinal));

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process StartNode(string program, (string Name, string Value) variable, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable.Name] = variable.Value;
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
