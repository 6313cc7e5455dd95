using System.CommandLine;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary><c>parley login</c>: prints a link that signs a browser in once, for a phone or another machine.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var qr = new Option<bool>("--qr") { Description = "Show the link as a QR code too, to sign in on a phone" };
        var open = new Option<bool>("--open") { Description = "Open the link in this machine's browser" };
        var command = new CliCommand("login", "Sign a browser in: print a link that works once", """
            parley login          open what it prints in any browser
            parley login --qr     sign in on the phone
            parley open           sign in here, and see what you share
            """) { qr, open };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(qr), parsed.GetValue(open), cancel));
        return command;
    }

    private static async Task RunAsync(bool qr, bool open, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        SignInLink link = await server.SignInLinkAsync(cancel);
        Terminal.Out.WriteLine(Style.OfOut.Link(link.Url));
        Terminal.Error.WriteLine($"whoever opens this link first is signed in as you; it works once and ends {Times.Remaining(link.ExpiresAt, DateTimeOffset.UtcNow)}");
        if (qr)
            Draw(link.Url);
        if (open)
            Browser.Open(link.Url);
    }

    private static void Draw(string url)
    {
        QrCode.Write(Terminal.Error, url);
        if (new Uri(url).IsLoopback)
            Terminal.Error.WriteLine(Style.OfError.Warning("a phone can't reach this address: let the server listen on the network and set PARLEY_PUBLIC_URL to its address there"));
    }
}
