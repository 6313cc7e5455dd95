using System.Text.Json.Nodes;
using Parley.Cli.Servers;

namespace Parley.Cli.Setup;

/// <summary>The plugin for Claude Code that comes with the command, and what has to be done so that the client has it.</summary>
internal static class Plugin
{
    public const string Marketplace = "parley", Id = "parley@parley";

    public static string Version { get; } = typeof(Plugin).Assembly.GetName().Version!.ToString(3);

    /// <summary>The folder that is the marketplace: the command's own.</summary>
    public static string Folder { get; } = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    /// <summary>What the client has to start: the script that a checkout is called by, or this program.</summary>
    public static string Command
    {
        get
        {
            if (Environment.GetEnvironmentVariable("PARLEY_COMMAND") is { Length: > 0 } script && File.Exists(script))
                return Path.GetFullPath(script);
            bool isOwnProgram = Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet";
            return isOwnProgram ? Environment.ProcessPath! : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "parley.exe" : "parley");
        }
    }

    /// <summary>The arguments of <c>claude</c>, run by run, that install or update the plugin; running them again changes nothing.</summary>
    public static IEnumerable<string[]> Installation(InstalledPlugin? installed, KnownMarketplace? known)
    {
        bool isElsewhere = known is not null && known.Path != Folder;
        if (isElsewhere)
            yield return ["plugin", "marketplace", "remove", Marketplace];
        if (known is null || isElsewhere)
            yield return ["plugin", "marketplace", "add", Folder];
        bool isOutdated = installed is not null && !isElsewhere && installed.Version != Version;
        if (isOutdated)
            yield return ["plugin", "marketplace", "update", Marketplace];
        yield return ["plugin", "install", Id, "--config", $"command={Command}"];
        if (isOutdated)
            yield return ["plugin", "update", Id];
        if (installed is { Enabled: false } && !isElsewhere)
            yield return ["plugin", "enable", Id];
    }

    /// <summary>The arguments of <c>claude</c>, run by run, that remove it without a trace in the client's settings.</summary>
    public static IEnumerable<string[]> Removal(InstalledPlugin? installed, KnownMarketplace? known)
    {
        if (installed is not null)
            yield return ["plugin", "uninstall", Id];
        if (known is not null)
            yield return ["plugin", "marketplace", "remove", Marketplace];
    }

    /// <summary>What stands for the plugin in the client's <c>settings.json</c>.</summary>
    public static string Settings() => new JsonObject
    {
        ["extraKnownMarketplaces"] = new JsonObject
        {
            [Marketplace] = new JsonObject { ["source"] = new JsonObject { ["source"] = "directory", ["path"] = Folder } },
        },
        ["enabledPlugins"] = new JsonObject { [Id] = true },
        ["pluginConfigs"] = new JsonObject { [Id] = new JsonObject { ["options"] = new JsonObject { ["command"] = Command } } },
    }.ToJsonString(CliJson.Readable.Options);
}
