using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Parley.Cli.LocalSessions;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Transcripts;

namespace Parley.Cli.Sharing;

/// <summary><c>parley share</c>: shows what would go out, asks, uploads, and prints the link.</summary>
internal static class ShareCommand
{
    public static Command Create()
    {
        Argument<string?> session = Options.Session();
        OutgoingOptions outgoing = new();
        var expires = new Option<string>("--expires") { Description = "When the link ends: 30m, 12h, 7d, 2w or never (the server's default otherwise)", HelpName = "TIME" };
        expires.Validators.Add(CheckExpiry);
        var isPrivate = new Option<bool>("--private") { Description = "Upload without a public link" };
        var preview = new Option<bool>("--preview") { Description = "Show what would go out and what is taken out; upload nothing" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var open = new Option<bool>("--open") { Description = "Open the link in the browser" };
        var qr = new Option<bool>("--qr") { Description = "Show the link as a QR code too" };
        Option<bool> json = Options.Json("Print the result as a JSON object");
        var command = new CliCommand("share", "Share a session as a link", """
            parley share                         the session of this folder; asks first
            parley share 3 --expires 7d --yes    number 3 of `parley sessions`, for a week
            parley share --preview               only show what would go out
            parley share --from 12 --no-thinking begin at entry 12, without thinking
            parley share --json --yes | jq -r .url
            """) { session, expires, isPrivate, preview, yes, open, qr, json };
        outgoing.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            Transcript transcript = LocalCatalog.Open(parsed.GetValue(session));
            OutgoingSession chosen = outgoing.Of(parsed, transcript);
            if (parsed.GetValue(preview))
            {
                ShowPreview(Survey.Of(chosen, cancel), parsed.GetValue(json));
                return ExitCode.Done;
            }
            using var server = ServerApi.Connect();
            if (!parsed.GetValue(yes) && Terminal.CanAsk)
                chosen = await Review.AskAsync(chosen, server.Address, cancel) ?? throw new Failure("nothing was shared.");
            ShareResult result = await Upload.RunAsync(chosen, server, Expiry(parsed.GetValue(expires)), parsed.GetValue(isPrivate), cancel);
            Announce(result, parsed.GetValue(json), parsed.GetValue(qr));
            if (parsed.GetValue(open))
                Browser.Open(result.Url);
            return ExitCode.Done;
        });
        return command;
    }

    private static void CheckExpiry(OptionResult option)
    {
        string text = option.GetValueOrDefault<string>() ?? "";
        if (text != "never" && Times.ParseSpan(text) is null)
            option.AddError($"--expires is 30m, 12h, 7d, 2w or never (at most {Times.MaxExpiry.TotalDays} days), not '{DisplayText.OneLine(text)}'.");
    }

    // The server takes 0 for a session that stays.
    private static TimeSpan? Expiry(string? text) => text switch
    {
        null => null,
        "never" => TimeSpan.Zero,
        _ => Times.ParseSpan(text),
    };

    private static void ShowPreview(Survey survey, bool json)
    {
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(PreviewJson.Of(survey), CliJson.Readable.PreviewJson));
        else
            SurveyText.Write(Terminal.Out, Style.OfOut, survey, Terminal.OutIsTerminal ? Terminal.Width : null);
    }

    private static void Announce(ShareResult result, bool json, bool qr)
    {
        Terminal.Out.WriteLine(json ? JsonSerializer.Serialize(result, CliJson.Compact.ShareResult) : Style.OfOut.Link(result.Url));
        if (qr)
            QrCode.Write(json || !Terminal.OutIsTerminal ? Terminal.Error : Terminal.Out, result.Url);
        if (!json && Terminal.OutIsTerminal && Clipboard.Copy(result.Url))
            Terminal.Error.WriteLine(Style.OfError.Dim("(copied)"));
    }
}
