using System.CommandLine;
using Parley.Cli.Terminals;

namespace Parley.Cli.Servers;

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
        foreach (string id in names.Select(name => IdOf(name, server.Address)))
        {
            await server.DeleteAsync(id, cancel);
            Terminal.Error.WriteLine($"Session {DisplayText.OneLine(id)} is deleted; its link is dead.");
        }
    }

    // A link may name a deep place: …/s/ID?at=12#e12.
    private static string IdOf(string name, Uri server)
    {
        if (!Uri.TryCreate(name, UriKind.Absolute, out Uri? link) || link.Scheme is not ("http" or "https"))
            return name;
        string[] path = link.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.LastIndexOf(path, "s");
        if (at < 0 || at + 1 >= path.Length)
            throw new Failure($"'{name}' is not the link of a session; such a link ends in /s/ID.", ExitCode.Usage);
        bool sameServer = link.Authority == server.Authority || (link.IsLoopback && server.IsLoopback && link.Port == server.Port);
        return sameServer
            ? path[at + 1]
            : throw new Failure($"{name} is on another server than {server}: set {Settings.ServerVariable} to {link.GetLeftPart(UriPartial.Authority)}.");
    }
}
