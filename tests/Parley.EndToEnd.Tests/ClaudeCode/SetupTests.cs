using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary><c>parley setup claude</c> and <c>parley doctor</c>, with the real client and without one.</summary>
public sealed class SetupTests(Workstation machine) : IDisposable
{
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Doctor_finds_a_machine_that_is_set_up_in_order()
    {
        await machine.RequireAsync();
        string project = machine.NewProject();
        await machine.PrintAsync(project, "Hello");
        Result result = await machine.Home.RunInAsync(project, "doctor");
        string[] lines = result.Succeeded().TrimEnd().Split('\n');
        Assert.Equal(["server", "key", "client", "plugin", "session"], lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.All(lines, line => Assert.StartsWith("✓", line));
        Assert.Contains("version 0.1.0", lines[0]);
        Assert.Contains(RealClient.Version, lines[2]);
    }

    [Fact]
    public async Task Setting_up_again_changes_nothing()
    {
        await machine.RequireAsync();
        string settings = machine.Home.PathOf(".claude", "settings.json"), before = await File.ReadAllTextAsync(settings, TestContext.Current.CancellationToken);
        Assert.Contains("already", (await machine.Home.RunAsync("setup", "claude")).Error);
        Assert.Equal(before, await File.ReadAllTextAsync(settings, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_set_up_is_removed_and_the_rest_of_the_settings_stays()
    {
        await machine.RequireAsync();
        _home.Environment["PATH"] = machine.Home.Environment["PATH"];
        Directory.CreateDirectory(_home.PathOf(".claude"));
        await File.WriteAllTextAsync(_home.PathOf(".claude", "settings.json"), """{"cleanupPeriodDays":20}""", TestContext.Current.CancellationToken);
        (await _home.RunAsync("setup", "claude")).Succeeded();
        Assert.Contains("parley@parley", await SettingsAsync());
        (await _home.RunAsync("setup", "claude", "--remove")).Succeeded();
        string after = await SettingsAsync();
        Assert.DoesNotContain("parley", after);
        Assert.Equal(20, JsonDocument.Parse(after).RootElement.GetProperty("cleanupPeriodDays").GetInt32());
    }

    [Fact]
    public async Task Without_a_client_doctor_says_what_is_missing_in_a_line_each()
    {
        _home.Environment["PATH"] = Path.GetDirectoryName(Environment.ProcessPath) is var dotnet && Directory.Exists(dotnet) ? $"{dotnet}:/usr/bin:/bin" : "/usr/bin:/bin";
        _home.Environment["SHARE_SERVER_URL"] = "http://localhost:9";
        Result result = await _home.RunAsync("doctor", "--json");
        Assert.Equal(1, result.ExitCode);
        JsonElement report = JsonDocument.Parse(result.Out).RootElement;
        Assert.False(report.GetProperty("ok").GetBoolean());
        Dictionary<string, string> states = report.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("subject").GetString()!, c => c.GetProperty("state").GetString()!);
        Assert.Equal(("failed", "failed", "note"), (states["server"], states["key"], states["session"]));
        Assert.Contains("parley serve", result.Out);
    }

    [Fact]
    public async Task What_would_be_set_up_can_be_printed_without_a_client()
    {
        string printed = (await _home.RunAsync("setup", "claude", "--print")).Succeeded();
        Assert.Contains("claude plugin marketplace add ", printed);
        Assert.Contains("claude plugin install parley@parley --config command=", printed);
        JsonElement settings = JsonDocument.Parse(printed[printed.IndexOf('{')..]).RootElement;
        Assert.True(settings.GetProperty("enabledPlugins").GetProperty("parley@parley").GetBoolean());
        string folder = settings.GetProperty("extraKnownMarketplaces").GetProperty("parley").GetProperty("source").GetProperty("path").GetString()!;
        Assert.True(File.Exists(Path.Combine(folder, ".claude-plugin", "marketplace.json")));
        Assert.True(File.Exists(Path.Combine(folder, "plugin", ".mcp.json")));
    }

    [Fact]
    public async Task The_plugin_has_the_version_of_the_command()
    {
        string manifest = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "plugin", ".claude-plugin", "plugin.json"), TestContext.Current.CancellationToken);
        Assert.Equal((await _home.RunAsync("--version")).Succeeded().Trim(), JsonDocument.Parse(manifest).RootElement.GetProperty("version").GetString());
    }

    [Fact]
    public async Task The_client_finds_nothing_wrong_with_plugin_and_marketplace()
    {
        await machine.RequireAsync();
        await machine.ClaudeAsync("plugin", "validate", Path.Combine(AppContext.BaseDirectory, "plugin"), "--strict");
        await machine.ClaudeAsync("plugin", "validate", AppContext.BaseDirectory, "--strict");
    }

    private Task<string> SettingsAsync() => File.ReadAllTextAsync(_home.PathOf(".claude", "settings.json"), TestContext.Current.CancellationToken);
}
