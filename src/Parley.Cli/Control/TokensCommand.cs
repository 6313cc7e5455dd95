using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Control;

/// <summary><c>parley tokens</c>: read-only links for single readers, which end by themselves and can be closed one by one.</summary>
internal static class TokensCommand
{
    public static Command Create()
    {
        Option<bool> json = Options.Json("Print the tokens as a JSON array");
        var command = new CliCommand("tokens", "List and make tokens: read-only links for single readers", """
            parley tokens                                        every open token of yours
            parley tokens create 4fK9xQ2mZp1a --name review      one for 24 hours
            parley tokens create 4fK9xQ2mZp1a --expires 7d --qr
            parley revoke clw_share_…                            close one
            """) { CreateToken(), List(), json };
        command.SetAction((parsed, cancel) => ListAsync(null, parsed.GetValue(json), cancel));
        return command;
    }

    private static CliCommand CreateToken()
    {
        var session = new Argument<string>("SESSION") { Description = "The id of a shared session, or its link" };
        var name = new Option<string>("--name") { Description = "Who or what the token is for", HelpName = "TEXT" };
        Option<string> expires = Options.Expires("When it ends: 30m, 12h, 7d, 2w or never (24h otherwise)");
        var qr = new Option<bool>("--qr") { Description = "Show the link as a QR code too" };
        Option<bool> json = Options.Json("Print the token as a JSON object");
        var command = new CliCommand("create", "Make a token and print its link, alone on stdout", """
            parley tokens create 4fK9xQ2mZp1a
            parley tokens create 4fK9xQ2mZp1a --name Ana --expires 2h
            """) { session, name, expires, qr, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var server = ServerApi.Connect();
            string id = SharedName.SessionId(parsed.GetRequiredValue(session), server.Address);
            TimeSpan? life = Options.ExpiryOf(parsed.GetValue(expires));
            Tell(await server.MakeTokenAsync(id, parsed.GetValue(name), life, cancel), parsed.GetValue(qr), parsed.GetValue(json));
        });
        return command;
    }

    private static void Tell(MadeToken made, bool qr, bool json)
    {
        Terminal.Out.WriteLine(json ? JsonSerializer.Serialize(made, CliJson.Compact.MadeToken) : Style.OfOut.Link(made.Url));
        if (!json)
            Terminal.Error.WriteLine(TermsOf(made.ExpiresAt));
        if (qr)
            QrCode.Write(Terminal.Error, made.Url);
    }

    /// <summary>What whoever passes a token's link on should know.</summary>
    public static string TermsOf(DateTimeOffset? expiresAt) => expiresAt is null
        ? Style.OfError.Warning("whoever has this link can read the session until you close it: it does not end by itself")
        : $"whoever has this link can read the session and nothing else; it ends {Times.Remaining(expiresAt, DateTimeOffset.UtcNow)}";

    private static CliCommand List()
    {
        var session = new Argument<string?>("SESSION")
        {
            Description = "The id of a shared session, or its link; all of them when left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = Options.Json("Print the tokens as a JSON array");
        var command = new CliCommand("list", "List the tokens that are open", """
            parley tokens list
            parley tokens list 4fK9xQ2mZp1a --json | jq -r '.[].url'
            """) { session, json };
        command.SetAction((parsed, cancel) => ListAsync(parsed.GetValue(session), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task ListAsync(string? session, bool json, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        string? id = session is null ? null : SharedName.SessionId(session, server.Address);
        OwnSession[] sessions = [.. (await server.SharesAsync(cancel)).Sessions.Where(s => id is null || s.Id == id)];
        if (id is not null && sessions.Length == 0)
            throw new Failure($"there is no session {DisplayText.OneLine(id)} of yours. `parley list` shows what is there.");
        TokenLine[] tokens = [.. sessions.SelectMany(s => s.Tokens, TokenLine.Of)];
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(tokens, CliJson.Readable.TokenLineArray));
        else if (tokens.Length == 0)
            Terminal.Error.WriteLine("No token is open. `parley tokens create SESSION` makes one.");
        else
            Draw(tokens);
    }

    private static void Draw(TokenLine[] tokens)
    {
        var table = new Table(new("ID"), new("NAME", Shrinks: true), new("SESSION"), new("TITLE", Shrinks: true), new("ENDS"), new("LINK"));
        foreach (TokenLine token in tokens)
            table.Add(token.Id, token.Name ?? "-", token.SessionId, token.Title, Times.Remaining(token.ExpiresAt, DateTimeOffset.UtcNow), token.Url ?? "-");
        table.Write(Terminal.Out, Style.OfOut, Terminal.OutIsTerminal ? Terminal.Width : null);
    }
}

/// <summary>A token as <c>parley tokens --json</c> tells it.</summary>
internal sealed record TokenLine(
    string Id, string? Name, string SessionId, string Title, string? Url, string? Token, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static TokenLine Of(OwnSession session, Share token) =>
        new(token.ShareId, token.Name, session.Id, session.Session.Title, token.Url, token.ShareToken, token.CreatedAt, token.ExpiresAt);
}
