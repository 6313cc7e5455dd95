using System.CommandLine;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary><c>parley open</c>: opens what the caller shares, or one session, in the browser, signed in.</summary>
internal static class OpenCommand
{
    private const string Shares = "shares";

    public static Command Create()
    {
        var what = new Argument<string>("WHAT")
        {
            Description = "shares, or the id or the link of a shared session",
            DefaultValueFactory = _ => Shares,
        };
        what.CompletionSources.Add(Shares);
        var command = new CliCommand("open", "Open what you share in the browser, signed in", """
            parley open                 every session that you share, with what is done to it
            parley open 4fK9xQ2mZp1a    one session, private ones too
            """) { what };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(what), cancel));
        return command;
    }

    private static async Task RunAsync(string what, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        string page = what == Shares ? "/shares" : $"/s/{Uri.EscapeDataString(SharedName.SessionId(what, server.Address))}";
        SignInLink link = await server.SignInLinkAsync(cancel);
        string url = $"{link.Url}?to={Uri.EscapeDataString(page)}";
        if (Browser.TryOpen(url))
            Terminal.Error.WriteLine($"opened {page} of {server.Address} in the browser");
        else
            PrintInstead(url, link.ExpiresAt);
    }

    private static void PrintInstead(string url, DateTimeOffset expiresAt)
    {
        Terminal.Out.WriteLine(Style.OfOut.Link(url));
        Terminal.Error.WriteLine($"there is no browser here: open this link elsewhere; it signs in once and ends {Times.Remaining(expiresAt, DateTimeOffset.UtcNow)}");
    }
}
