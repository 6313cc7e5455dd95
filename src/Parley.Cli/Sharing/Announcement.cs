using System.Text.Json;
using Parley.Cli.Control;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Sharing;

/// <summary>How a share is told: the link, or the whole receipt, alone on stdout; on a terminal the link is copied too.</summary>
/// <param name="Json">Whether the receipt is printed instead of the link.</param>
/// <param name="Qr">Whether a QR code of the link is drawn.</param>
/// <param name="Open">Whether the browser opens it.</param>
/// <param name="IsPrivate">Whether the link leads nobody but its author anywhere, which a person is told.</param>
internal sealed record Announcement(bool Json, bool Qr, bool Open, bool IsPrivate)
{
    public void Make(ShareResult result)
    {
        Terminal.Out.WriteLine(Json ? JsonSerializer.Serialize(result, CliJson.Compact.ShareResult) : Style.OfOut.Link(result.Url));
        if (!Json && result.ShareToken is not null)
            Terminal.Error.WriteLine(TokensCommand.TermsOf(result.ExpiresAt));
        else if (!Json && IsPrivate)
            Terminal.Error.WriteLine("private: only you can read it, with your key");
        PassOn(result.Url);
    }

    /// <summary>Does with a link what was asked for beside printing it.</summary>
    public void PassOn(string url)
    {
        if (Qr)
            QrCode.Write(Terminal.Error, url);
        if (!Json && Terminal.OutIsTerminal && Clipboard.Copy(url))
            Terminal.Error.WriteLine(Style.OfError.Dim("(copied)"));
        if (Open)
            Browser.Open(url);
    }
}
