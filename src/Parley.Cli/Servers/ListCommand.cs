using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Terminals;

namespace Parley.Cli.Servers;

/// <summary><c>parley list</c>: the sessions that the caller's account has on the server.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        Option<bool> json = Options.Json("Print the sessions as a JSON array, as the server describes them");
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
        IReadOnlyList<JsonElement> sessions = (await server.ListAsync(cancel)).Sessions;
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(sessions, CliJson.Readable.IReadOnlyListJsonElement));
        else if (sessions.Count == 0)
            Terminal.Error.WriteLine("You share nothing on this server. `parley share` shares the session of this folder.");
        else
            Draw(sessions);
    }

    private static void Draw(IReadOnlyList<JsonElement> sessions)
    {
        var table = new Table(new("ID"), new("TITLE", Shrinks: true), new("MESSAGES", RightAligned: true), new("EXPIRES"), new("LINK"));
        foreach (JsonElement session in sessions)
        {
            table.Add(
                SharedSessions.Text(session, "shareId"),
                SharedSessions.Text(session, "title"),
                SharedSessions.Text(session, "messageCount"),
                Times.Remaining(Times.Parse(SharedSessions.Text(session, "expiresAt")), DateTimeOffset.UtcNow),
                SharedSessions.Text(session, "url"));
        }
        table.Write(Terminal.Out, Style.OfOut, Terminal.OutIsTerminal ? Terminal.Width : null);
    }
}
