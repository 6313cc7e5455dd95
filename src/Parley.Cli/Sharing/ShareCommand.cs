using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Live;
using Parley.Cli.LocalSessions;
using Parley.Cli.Promoting;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Sharing;

/// <summary><c>parley share</c>: shows what would go out, asks, uploads, and prints the link; with people it becomes a workspace.</summary>
internal static class ShareCommand
{
    public static Command Create() => Create("share", "Share a session as a link, or with people who go on with it", """
        parley share                         the session of this folder; asks first
        parley share 3 --expires 7d --yes    number 3 of `parley sessions`, for a week
        parley share --live --from-now       what comes next, as it comes
        parley share --preview               only show what would go out
        parley share --from 12 --no-thinking begin at entry 12, without thinking
        parley share --token --expires 2h    for whoever gets this link, which is no public one
        parley share --json --yes | jq -r .url
        parley share --to ana@example.org --to ben@example.org --files src/service
                                             they go on with it, with an agent that reads src/service
        """);

    /// <summary><c>parley promote</c>: the same command, by which a session becomes a workspace even if nobody is invited yet.</summary>
    public static Command CreatePromote() => Create(PromotionOptions.Promote, "Make a session a workspace, in which people and an agent go on with it", """
        parley promote                       the session of this folder; asks first
        parley promote --to ana@example.org --files src/service
        """);

    private static CliCommand Create(string name, string description, string examples)
    {
        Argument<string?> session = Options.Session();
        OutgoingOptions outgoing = new();
        PromotionOptions promotion = new();
        Option<string> expires = Options.Expires("When the link ends: 30m, 12h, 7d, 2w or never (the server's default otherwise)");
        var isPrivate = new Option<bool>("--private") { Description = "Upload without a public link" };
        var token = new Option<bool>("--token") { Description = "Upload without a public link, and print the link of a token (24h unless --expires says otherwise)" };
        var live = new Option<bool>("--live") { Description = "Go on sharing what the session gets, until Ctrl-C" };
        var fromNow = new Option<bool>("--from-now") { Description = "With --live: nothing of what was said so far goes out" };
        var preview = new Option<bool>("--preview") { Description = "Show what would go out and what is taken out; upload nothing" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var open = new Option<bool>("--open") { Description = "Open the link in the browser" };
        var qr = new Option<bool>("--qr") { Description = "Show the link as a QR code too" };
        Option<bool> json = Options.Json("Print the result as a JSON object");
        var command = new CliCommand(name, description, examples) { session, live, fromNow, expires, isPrivate, token, preview, yes, open, qr, json };
        promotion.AddTo(command, live, fromNow, isPrivate, token);
        outgoing.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(fromNow) && !parsed.GetValue(live))
                parsed.AddError("--from-now needs --live: without it nothing would go out.");
        });
        command.SetAction((parsed, cancel) =>
        {
            OutgoingSession chosen = outgoing.Of(parsed, LocalCatalog.Open(parsed.GetValue(session)));
            if (parsed.GetValue(preview))
                return Task.Run(() => ShowPreview(Survey.Of(chosen, cancel), parsed.GetValue(json)), CancellationToken.None);
            var terms = new Terms(Options.ExpiryOf(parsed.GetValue(expires)), parsed.GetValue(isPrivate), parsed.GetValue(token));
            var announcement = new Announcement(parsed.GetValue(json), parsed.GetValue(qr), parsed.GetValue(open), terms.IsPrivate);
            bool asks = !parsed.GetValue(yes) && Terminal.CanAsk;
            if (promotion.Of(parsed) is { } request)
                return ShareWithPeople.RunAsync(chosen, request, promotion.ChosenOf(parsed), terms, asks, announcement, cancel);
            return parsed.GetValue(live)
                ? LiveSharing.RunAsync(chosen, terms, parsed.GetValue(fromNow), asks, announcement, cancel)
                : RunAsync(chosen, terms, asks, announcement, cancel);
        });
        return command;
    }

    private static async Task RunAsync(OutgoingSession session, Terms terms, bool asks, Announcement announcement, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        server.WarnIfReadableOnTheWay();
        if (asks)
            session = await Review.AskAsync(session, server.Address, cancel) ?? throw new Failure("nothing was shared.");
        announcement.Make(await server.LinkAsync(await Upload.RunAsync(session, server, terms, cancel), terms, cancel));
    }

    private static void ShowPreview(Survey survey, bool json)
    {
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(PreviewJson.Of(survey), CliJson.Readable.PreviewJson));
        else
            SurveyText.Write(Terminal.Out, Style.OfOut, survey, Terminal.OutIsTerminal ? Terminal.Width : null);
    }
}
