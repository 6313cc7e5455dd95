using System.CommandLine;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Bridging;

/// <summary><c>parley bridge</c>: lends this machine's MCP servers to workspaces, as the companion does while Claude Code runs.</summary>
internal static class BridgeCommand
{
    public static Command Create()
    {
        var command = new CliCommand("bridge", "Let the agents of your workspaces use the MCP servers that you lend them, until Ctrl-C", """
            parley share --to sarah@example.com --mcp linear    lend one while sharing
            parley context permit 4fK9xQ2mZp1a linear agent     lend one later
            parley bridge                                       reach them without Claude Code running
            """);
        command.SetAction((_, cancel) => RunAsync(cancel));
        return command;
    }

    private static async Task RunAsync(CancellationToken cancel)
    {
        Uri server = Settings.Address(Settings.Server());
        _ = Settings.Key(server) ?? throw ServerErrors.NoKey(server);
        int lending = BridgeNote.Of(server).Count;
        Terminal.Error.WriteLine(lending == 0
            ? $"This machine has no workspace on {server} yet that MCP servers could be lent to; this waits for one."
            : $"Lending MCP servers to {lending} {(lending == 1 ? "workspace" : "workspaces")} on {server}, as their owner ticks them.");
        await new Bridge(server, line => Terminal.Error.WriteLine(DisplayText.OneLine(line))).RunAsync(cancel);
    }
}
