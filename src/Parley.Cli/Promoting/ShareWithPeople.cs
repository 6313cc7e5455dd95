using System.Text.Json;
using Parley.Cli.Context;
using Parley.Cli.LocalSessions;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Context;

namespace Parley.Cli.Promoting;

/// <summary><c>parley share --to</c>: shows what goes out and to whom, asks, promotes the session and tells each step, and prints the workspace's link.</summary>
internal static class ShareWithPeople
{
    public static async Task RunAsync(
        OutgoingSession session, PromotionRequest request, IReadOnlySet<string> chosen, Terms terms, bool asks, Announcement announcement, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        server.WarnIfReadableOnTheWay();
        using var lines = new LiveLines();
        bool tells = Terminal.ErrorIsTerminal && !announcement.Json;
        var progress = new PromotionProgress(doing => Tell(() => lines.Set($"· {doing}")), done => Tell(() =>
        {
            lines.Set();
            lines.Write(Text(done));
        }), sent =>
        {
            lines.Set();
            ContextText.WriteLeftOut(sent.Plan);
        });
        if (await TurnWait.RunAsync(session.Transcript.Info, TellOfTheTurn, cancel))
            session = session with { Transcript = LocalCatalog.OpenFile(session.Transcript.Info.Path) };
        var promoter = new Promoter(server, progress);
        string? there = await promoter.FindAsync(session, cancel);
        if (asks)
            session = await AskAsync(session, there is not null, request, server.Address, cancel) ?? throw new Failure("nothing was shared.");
        PromotionResult result = await promoter.RunAsync(session, there, request, chosen, terms, cancel);
        lines.Dispose();
        Announce(result, announcement);

        void TellOfTheTurn()
        {
            if (tells)
                lines.Set("· Waiting for the end of the turn that is going on (Ctrl-C to leave it)");
            else
                Terminal.Error.WriteLine("waiting for the end of the turn that is going on");
        }

        void Tell(Action tell)
        {
            if (tells)
                tell();
        }
    }

    private static async Task<OutgoingSession?> AskAsync(
        OutgoingSession session, bool isThere, PromotionRequest request, Uri server, CancellationToken cancel)
    {
        Terminal.Error.WriteLine(Style.OfError.Bold("Who joins, and with what"));
        foreach ((string name, string text) in Plan(request))
            Terminal.Error.WriteLine($"  {name,-10}{DisplayText.OneLine(text)}");
        Terminal.Error.WriteLine();
        if (!isThere)
            return await Review.AskAsync(session, server, cancel);
        string? answer = await Terminal.AskAsync($"The session is on {server.ToString().TrimEnd('/')} already. Share it so? [y/n] ", cancel);
        return answer?.Trim().ToLowerInvariant() is "y" or "yes" ? session : null;
    }

    private static IEnumerable<(string Name, string Text)> Plan(PromotionRequest request)
    {
        bool isView = request.Mode == PromotionRequest.View;
        string link = request.Link == true ? "; anyone who has the link reads it" : "";
        yield return ("people", (request.Recipients.Count == 0 ? "nobody yet" : $"{string.Join(", ", request.Recipients)} as {request.Role ?? (isView ? "viewer" : "prompter")}") + link);
        if (request.Context is { } context)
            yield return ("context", Names(context));
        yield return ("goes on", isView ? "here; they read it" : "in a shared workspace, with an agent there; this session pauses");
    }

    private static string Names(ContextChoice context) =>
        string.Join(", ", [.. context.Files, .. context.Memory ? ["memory"] : Array.Empty<string>(), .. context.Mcps.Select(name => $"{name} (MCP)")]);

    private static string Text(PromotionStep step)
    {
        Style style = Style.OfError;
        string detail = DisplayText.OneLine(step.Detail);
        return $"✓ {DisplayText.OneLine(step.Title)}{(detail.Length > 0 ? style.Dim($"  {detail}") : "")}";
    }

    private static void Announce(PromotionResult result, Announcement announcement)
    {
        Terminal.Out.WriteLine(announcement.Json ? JsonSerializer.Serialize(result, CliJson.Compact.PromotionResult) : Style.OfOut.Link(result.Url));
        InvitedPerson[] unsent = [.. result.Invited.Where(person => person.Link is not null)];
        if (!announcement.Json && unsent.Length > 0)
        {
            Terminal.Error.WriteLine("The server sends no mail. Pass these links on, each to whom it is for; each works once:");
            foreach (InvitedPerson person in unsent)
                Terminal.Error.WriteLine($"  {DisplayText.OneLine(person.Email)}  {Style.OfError.Link(person.Link!)}");
        }
        announcement.PassOn(result.Url);
    }
}
