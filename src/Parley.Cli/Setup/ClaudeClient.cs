using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Setup;

/// <summary>A plugin, as <c>claude plugin list --json</c> tells of it.</summary>
internal sealed record InstalledPlugin(string Id, string? Version, bool Enabled);

/// <summary>A marketplace, as <c>claude plugin marketplace list --json</c> tells of it; the path is null for one that is no local folder.</summary>
internal sealed record KnownMarketplace(string Name, string? Path);

/// <summary>The Claude Code of this machine. What it keeps is changed by its own commands only.</summary>
internal sealed class ClaudeClient
{
    private ClaudeClient(string path) => FilePath = path;

    public string FilePath { get; }

    /// <summary>The first one on the path; null when there is none.</summary>
    public static ClaudeClient? Find() => Programs.Find("claude") is { } path ? new ClaudeClient(path) : null;

    /// <exception cref="Failure">There is none.</exception>
    public static ClaudeClient Require() => Find() ?? throw new Failure(
        "Claude Code is not installed, or `claude` is not on the PATH. See https://code.claude.com/docs; `parley setup claude --print` shows what would be set up.");

    public async Task<string> VersionAsync(CancellationToken cancel) => (await RunAsync(["--version"], cancel)).Split(' ', '\n')[0];

    public Task<InstalledPlugin[]> PluginsAsync(CancellationToken cancel) =>
        ReadAsync(["plugin", "list", "--json"], CliJson.Default.InstalledPluginArray, cancel);

    public Task<KnownMarketplace[]> MarketplacesAsync(CancellationToken cancel) =>
        ReadAsync(["plugin", "marketplace", "list", "--json"], CliJson.Default.KnownMarketplaceArray, cancel);

    /// <summary>Runs it to its end; what it wrote.</summary>
    /// <exception cref="Failure">It does not start, or it failed.</exception>
    public async Task<string> RunAsync(string[] arguments, CancellationToken cancel)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel), error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
            throw new Failure($"`claude {string.Join(' ', arguments)}` failed: {DisplayText.OneLine($"{await error} {await output}".Trim())}");
        return await output;
    }

    private async Task<T> ReadAsync<T>(string[] arguments, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        string json = await RunAsync(arguments, cancel);
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new Failure($"`claude {string.Join(' ', arguments)}` does not answer as expected ({e.Message}). Is it older than 2.1? `claude update` brings the newest.");
        }
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(FilePath, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new Failure($"{FilePath} does not start: {e.Message}.");
        }
    }
}
