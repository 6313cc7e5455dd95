using System.ComponentModel;
using Parley.Cli.Control;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Mcp;

/// <summary>The tools that make read-only tokens for single readers, and close them.</summary>
internal static class TokenTools
{
    public static async Task<CreatedToken> CreateAsync(
        [Description("The id of a shared session, or its link")] string shareId,
        [Description("Who or what the token is for")] string? name = null,
        [Description("Seconds until it ends, 0 for never; 24 hours when left out")] int? expiresIn = null,
        CancellationToken cancel = default)
    {
        TimeSpan? life = Expiry.Of(expiresIn);
        using var server = ServerApi.Connect();
        string id = SharedName.SessionId(shareId, server.Address);
        MadeToken made = await server.MakeTokenAsync(id, name, life, cancel);
        string ends = made.ExpiresAt is null ? "It does not end by itself: tell the user so" : $"It ends {Times.Remaining(made.ExpiresAt, DateTimeOffset.UtcNow)}";
        return new CreatedToken(made.ShareToken ?? "", made.Url, made.ShareId, made.ExpiresAt, $"Whoever has this link can read the session and nothing else. {ends}; revoke_share_token closes it.");
    }

    public static async Task<RevokedToken> RevokeAsync(
        [Description("The token, its link, or its id from list_shared")] string shareToken,
        CancellationToken cancel = default)
    {
        using var server = ServerApi.Connect();
        string name = SharedName.Parse(shareToken, server.Address).Value;
        IReadOnlyList<OwnSession> sessions = (await server.SharesAsync(cancel)).Sessions;
        (OwnSession session, Share token) = sessions.SelectMany(session => session.Tokens, (session, token) => (session, token))
            .FirstOrDefault(found => found.token.ShareToken == name || found.token.ShareId == name);
        if (token is null)
            throw new Failure("no token of the user's is open under this name: it was closed or it has expired. list_shared shows what is open; unshare_session deletes a session.");
        await server.CloseAsync(session.Id, token.ShareId, cancel);
        return new RevokedToken($"The token of '{DisplayText.OneLine(session.Session.Title)}' is closed, for those who are reading too.");
    }
}
