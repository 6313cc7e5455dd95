using System.CommandLine;
using Parley.Cli.Pausing;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary><c>parley unshare</c>: deletes sessions from the server; their links are dead at once.</summary>
internal static class UnshareCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "The id of a shared session, or its link", Arity = ArgumentArity.OneOrMore };
        var command = new CliCommand("unshare", "Take a shared session back: delete it from the server", """
            parley unshare 4fK9xQ2mZp1a
            parley unshare http://localhost:3000/s/4fK9xQ2mZp1a
            """) { ids };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(ids), cancel));
        return command;
    }

    private static async Task RunAsync(string[] names, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        foreach (string id in names.Select(name => SharedName.SessionId(name, server.Address)))
        {
            await server.DeleteAsync(id, cancel);
            PausedSession.EndAllOf(server.Address, id);
            Terminal.Error.WriteLine($"Session {DisplayText.OneLine(id)} is deleted; its link is dead.");
        }
    }
}
