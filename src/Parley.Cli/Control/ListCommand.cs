using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary><c>parley list</c>: the sessions that the caller's account has on the server, and who can read them.</summary>
internal static class ListCommand
{
    /// <summary>Where a line has less room the links are left out: the id is enough for every command.</summary>
    private const int WidthForLinks = 120;

    public static Command Create()
    {
        Option<bool> json = Options.Json("Print the sessions as a JSON array");
        var command = new CliCommand("list", "List what you share on the server", """
            parley list
            parley list --json | jq -r '.[].url'
            """) { json };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task RunAsync(bool json, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        IReadOnlyList<OwnSession> sessions = (await server.SharesAsync(cancel)).Sessions;
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize([.. sessions.Select(SessionReport.Of)], CliJson.Readable.SessionReportArray));
        else if (sessions.Count == 0)
            Terminal.Error.WriteLine("You share nothing on this server. `parley share` shares the session of this folder.");
        else
            Draw(sessions, Terminal.OutIsTerminal ? Terminal.Width : null);
    }

    private static void Draw(IReadOnlyList<OwnSession> sessions, int? width)
    {
        bool links = !(width < WidthForLinks);
        Column[] columns = [new("ID"), new("TITLE", Shrinks: true), new("MESSAGES", RightAligned: true), new("OPEN TO"), new("READERS", RightAligned: true), new("EXPIRES")];
        var table = new Table(links ? [.. columns, new("LINK")] : columns);
        foreach (OwnSession own in sessions)
        {
            SessionSummary session = own.Session;
            string[] cells =
            [
                session.ShareId, session.Title, $"{session.MessageCount}", OpenTo(own), Readers(own), Times.Remaining(session.ExpiresAt, DateTimeOffset.UtcNow),
            ];
            table.Add(links ? [.. cells, session.Url] : cells);
        }
        table.Write(Terminal.Out, Style.OfOut, width);
    }

    /// <summary>Who can read it beside its owner: <c>link, 2 tokens</c>; and whether it goes on.</summary>
    private static string OpenTo(OwnSession own)
    {
        int count = own.Tokens.Count();
        string?[] ways = [own.Session.IsPublic ? "link" : null, count switch { 0 => null, 1 => "1 token", _ => $"{count} tokens" }];
        string open = string.Join(", ", ways.OfType<string>());
        return (open.Length > 0 ? open : "you alone") + (own.Session.Live ? " · live" : "");
    }

    private static string Readers(OwnSession own) => own.Session.Viewers > 0 ? $"{own.Readers} ({own.Session.Viewers} now)" : $"{own.Readers}";
}

/// <summary>A session as <c>parley list --json</c> tells it. Tokens are counted: what opens a session is for <c>parley tokens</c> to tell.</summary>
internal sealed record SessionReport(
    string ShareId, string Title, string Url, string ProjectName, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, long MessageCount, bool IsPublic,
    bool Live, bool Ended, long Viewers, long Readers, int Tokens)
{
    public static SessionReport Of(OwnSession own) => new(
        own.Id, own.Session.Title, own.Session.Url, own.Session.ProjectName, own.Session.CreatedAt, own.Session.ExpiresAt, own.Session.MessageCount,
        own.Session.IsPublic, own.Session.Live, own.Session.Ended, own.Session.Viewers, own.Readers, own.Tokens.Count());
}
