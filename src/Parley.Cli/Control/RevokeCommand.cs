using System.CommandLine;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary><c>parley revoke</c>: closes links and tokens; the sessions stay on the server for their owner.</summary>
internal static class RevokeCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("ID|TOKEN|LINK")
        {
            Description = "A session's id (its link and all its tokens), its link (the link alone), or a token, its id or its link",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new CliCommand("revoke", "Close links and tokens at once; the session stays yours", """
            parley revoke 4fK9xQ2mZp1a                          everything that opens this session for others
            parley revoke http://localhost:3000/s/4fK9xQ2mZp1a  its link; tokens go on
            parley revoke clw_share_…                           one token
            parley unshare 4fK9xQ2mZp1a                         deletes the session itself
            """) { names };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(names), cancel));
        return command;
    }

    private static async Task RunAsync(string[] names, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        foreach (SharedName name in names.Select(name => SharedName.Parse(name, server.Address)).ToArray())
        {
            IReadOnlyList<OwnSession> sessions = (await server.SharesAsync(cancel)).Sessions;
            Revocation revocation = Revocation.Find(sessions, name) ?? throw Unknown(name);
            foreach (Share share in revocation.Closed)
                await server.CloseAsync(revocation.Session.Id, share.ShareId, cancel);
            Tell(revocation);
        }
    }

    private static void Tell(Revocation revocation)
    {
        string title = $"'{DisplayText.OneLine(revocation.Session.Session.Title)}' ({revocation.Session.Id})";
        foreach (Share share in revocation.Closed)
            Terminal.Error.WriteLine(share.IsLink ? $"The link of {title} is closed." : $"{NameOf(share)} of {title} is closed.");
        if (revocation.Closed.Count == 0)
            Terminal.Error.WriteLine($"Nothing was open to close of {title}.");
        Terminal.Error.WriteLine(revocation.Left.ToArray() switch
        {
            [] => "Only you can read the session now.",
            [{ IsLink: true }] => "Its link is still open.",
            [{ IsLink: true }, ..] => "Its link and other tokens are still open.",
            [_] => "One token still opens it.",
            var left => $"{left.Length} tokens still open it.",
        });
    }

    private static string NameOf(Share token) => token.Name is { Length: > 0 } name ? $"The token '{DisplayText.OneLine(name)}'" : $"The token {token.ShareId}";

    private static Failure Unknown(SharedName name) => new(
        $"nothing of yours is shared as '{DisplayText.Fit(DisplayText.OneLine(name.Value), 24)}': it was closed, it has expired, or it is not yours. "
        + "`parley list` and `parley tokens` show what is open.");
}
