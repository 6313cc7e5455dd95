using System.CommandLine;
using Parley.Cli.Terminals;

namespace Parley.Cli.Setup;

/// <summary><c>parley setup claude</c>: gives Claude Code the plugin that comes with the command, or takes it away again.</summary>
internal static class SetupCommand
{
    public static Command Create()
    {
        var command = new Command("setup", "Set Parley up in an agent's client") { Claude() };
        command.SetAction(Help.Show);
        return command;
    }

    private static CliCommand Claude()
    {
        var print = new Option<bool>("--print") { Description = "Only print what would be set up, for doing it by hand" };
        var remove = new Option<bool>("--remove") { Description = "Take it away again" };
        var command = new CliCommand("claude", "Install the plugin in Claude Code, through its own commands", """
            parley setup claude
            parley setup claude --print
            parley setup claude --remove
            """) { print, remove };
        command.SetAction((parsed, cancel) => parsed.GetValue(print)
            ? Print(parsed.GetValue(remove))
            : parsed.GetValue(remove) ? RemoveAsync(cancel) : InstallAsync(cancel));
        return command;
    }

    private static async Task InstallAsync(CancellationToken cancel)
    {
        ClaudeClient client = ClaudeClient.Require();
        (InstalledPlugin? installed, KnownMarketplace? known) = await PresentAsync(client, cancel);
        foreach (string[] arguments in Plugin.Installation(installed, known))
            await client.RunAsync(arguments, cancel);
        Terminal.Error.WriteLine(installed is { Enabled: true, Version: var version } && version == Plugin.Version
            ? "Claude Code has the plugin already; it starts " + Plugin.Command + "."
            : "Claude Code has the plugin. In its next session type /sessions-share, or ask it to share the session.");
    }

    private static async Task RemoveAsync(CancellationToken cancel)
    {
        ClaudeClient client = ClaudeClient.Require();
        (InstalledPlugin? installed, KnownMarketplace? known) = await PresentAsync(client, cancel);
        foreach (string[] arguments in Plugin.Removal(installed, known))
            await client.RunAsync(arguments, cancel);
        Terminal.Error.WriteLine("The plugin is gone from Claude Code. What was shared stays: `parley list` shows it.");
    }

    private static Task Print(bool remove)
    {
        (InstalledPlugin? installed, KnownMarketplace? known) = remove
            ? (new InstalledPlugin(Plugin.Id, Plugin.Version, Enabled: true), new KnownMarketplace(Plugin.Marketplace, Plugin.Folder))
            : ((InstalledPlugin?)null, (KnownMarketplace?)null);
        foreach (string[] arguments in remove ? Plugin.Removal(installed, known) : Plugin.Installation(installed, known))
            Terminal.Out.WriteLine($"claude {string.Join(' ', arguments.Select(Quoted))}");
        if (!remove)
            Terminal.Out.WriteLine($"\nor, in ~/.claude/settings.json:\n\n{Plugin.Settings()}");
        return Task.CompletedTask;
    }

    private static async Task<(InstalledPlugin?, KnownMarketplace?)> PresentAsync(ClaudeClient client, CancellationToken cancel)
    {
        InstalledPlugin[] plugins = await client.PluginsAsync(cancel);
        KnownMarketplace[] marketplaces = await client.MarketplacesAsync(cancel);
        return (plugins.FirstOrDefault(p => p.Id == Plugin.Id), marketplaces.FirstOrDefault(m => m.Name == Plugin.Marketplace));
    }

    private static string Quoted(string argument) =>
        argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=@:".Contains(c)) ? argument : $"'{argument.Replace("'", "'\\''")}'";
}
