namespace Parley.Server.Accounts.OpenId;

/// <summary>The OpenID provider by which people may sign in: PARLEY_OIDC_ISSUER, PARLEY_OIDC_CLIENT_ID and PARLEY_OIDC_CLIENT_SECRET.</summary>
/// <param name="Issuer">As the provider names itself, without a slash at the end that it does not have.</param>
/// <param name="ClientId">What it calls this server.</param>
/// <param name="ClientSecret">What this server proves itself with.</param>
public sealed record OidcOptions(string Issuer, string ClientId, string ClientSecret)
{
    /// <summary>What people know it by.</summary>
    public string Name => new Uri(Issuer).Host;

    /// <summary>Whether an address may be an issuer's: TLS, but for this machine's own.</summary>
    public static bool IsIssuer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri is { Query: "", Fragment: "" } && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));
}
