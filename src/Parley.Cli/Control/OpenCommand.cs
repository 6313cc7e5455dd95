using System.CommandLine;
using Parley.Cli.Servers;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary>
/// <c>parley open</c>: opens what the caller shares, or one session, in the browser, signed in; a session of another server's or in a file as a page of this
/// machine's own.
/// </summary>
internal static class OpenCommand
{
    private const string Shares = "shares";

    public static Command Create()
    {
        var what = new Argument<string>("WHAT")
        {
            Description = "shares, the id or the link of a shared session, a token's link, or a file: a bundle, an export or a transcript",
            DefaultValueFactory = _ => Shares,
        };
        what.CompletionSources.Add(Shares);
        var command = new CliCommand("open", "Open what you share, any shared session or one in a file in the browser", """
            parley open                 every session that you share, with what is done to it
            parley open 4fK9xQ2mZp1a    one session, private ones too
            parley open https://parley.example/s/4fK9xQ2mZp1a
            parley open session.jsonl   a file, on a page that stays on this machine
            """) { what };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(what), cancel));
        return command;
    }

    private static Task RunAsync(string what, CancellationToken cancel) =>
        File.Exists(what) ? ReadSession.OfFileAsync(what, cancel)
        : IsElsewhere(what) ? ReadSession.OfLinkAsync(PullSource.Parse(what), cancel)
        : OpenSignedInAsync(what, cancel);

    // The own server has a page of it already. What a token opens is read as its holder, who is nobody to sign in.
    private static bool IsElsewhere(string what) => PullSource.IsAddress(what)
        && PullSource.Parse(what) is var source && (source.Kind == SharedKind.Token || !source.IsOnConfiguredServer);

    private static async Task OpenSignedInAsync(string what, CancellationToken cancel)
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
