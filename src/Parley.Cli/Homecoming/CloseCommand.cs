using System.CommandLine;
using Parley.Cli.Pausing;
using Parley.Cli.Servers;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;

namespace Parley.Cli.Homecoming;

/// <summary><c>parley close</c>: ends a workspace, and lets the session that it began as go on here.</summary>
internal static class CloseCommand
{
    public static Command Create()
    {
        var workspace = new Argument<string?>("WORKSPACE") { Description = "The link or id of the workspace; that of this folder's paused session when left out", Arity = ArgumentArity.ZeroOrOne };
        var command = new CliCommand("close", "Close a workspace: it can still be read, and what its agent could read is deleted", """
            parley close                         of this folder's paused session
            parley close https://parley.example/c/4fK9xQ2mZp1a
            parley home --close                  and take what was said home
            parley unshare 4fK9xQ2mZp1a          delete it, so that nobody reads it any more
            """) { workspace };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(workspace) is { } named ? PullSource.Parse(named) : HomeSession.Find(), cancel));
        return command;
    }

    private static async Task RunAsync(PullSource source, CancellationToken cancel)
    {
        using ServerApi server = source.Connect();
        await server.CloseWorkspaceAsync(source.Value, cancel);
        int unpaused = PausedSession.EndAllOf(source.Server, source.Value);
        Terminal.Error.WriteLine($"The workspace {DisplayText.OneLine(source.Value)} is closed: it can still be read by its people, and what its agent could read is deleted."
            + (unpaused > 0 ? " The session goes on here." : ""));
    }
}
