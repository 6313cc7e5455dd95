using Parley.Cli.Servers;

namespace Parley.Cli.Control;

/// <summary>The part of the server's interface that keeps shares in hand.</summary>
internal static class SharesApi
{
    /// <summary>How long a token lives unless its maker says otherwise.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);

    public static Task<OwnShares> SharesAsync(this ServerApi server, CancellationToken cancel) =>
        server.GetAsync("api/shares", CliJson.Default.OwnShares, cancel);

    /// <summary>Makes a token that reads one session.</summary>
    /// <param name="server">Where the session is.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="name">What its owner calls it; null for nothing.</param>
    /// <param name="life">Zero for ever; null for <see cref="TokenLife"/>.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public static Task<MadeToken> MakeTokenAsync(this ServerApi server, string sessionId, string? name, TimeSpan? life, CancellationToken cancel)
    {
        long seconds = (long)(life ?? TokenLife).TotalSeconds;
        var request = new TokenRequest(new TokenTerms(name, seconds > 0 ? seconds : null));
        return server.PostAsync(
            $"{PathOf(sessionId)}/share", request, CliJson.Default.TokenRequest, CliJson.Default.MadeToken, $"session {sessionId}", cancel);
    }

    /// <summary>Closes a link or a token at once, for those who are reading through it too.</summary>
    public static Task CloseAsync(this ServerApi server, string sessionId, string shareId, CancellationToken cancel) =>
        server.DeleteAsync($"{PathOf(sessionId)}/shares/{Uri.EscapeDataString(shareId)}", $"share {shareId}", cancel);

    public static Task<SignInLink> SignInLinkAsync(this ServerApi server, CancellationToken cancel) =>
        server.PostAsync("api/sign-in-links", CliJson.Default.SignInLink, "sign-in link", cancel);

    private static string PathOf(string sessionId) => $"api/sessions/{Uri.EscapeDataString(sessionId)}";
}
