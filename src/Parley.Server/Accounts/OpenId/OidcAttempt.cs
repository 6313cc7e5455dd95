using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Accounts.OpenId;

/// <summary>
/// A browser's way to the provider and back: kept in that browser's own cookie, sealed, so that who comes back is who went, with a token that was
/// made for that, and nobody else can redeem the code.
/// </summary>
/// <param name="State">What the provider hands back (RFC 6749, section 10.12).</param>
/// <param name="Nonce">What the ID token repeats.</param>
/// <param name="Verifier">What only whoever began knows (RFC 7636).</param>
/// <param name="To">The path that signing in leads on to; null for the shares.</param>
/// <param name="ExpiresAt">Until when it has to be over.</param>
public sealed record OidcAttempt(string State, string Nonce, string Verifier, string? To, DateTimeOffset ExpiresAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string Owner = "oidc attempt";

    /// <summary>The verifier as the provider is told of it.</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static OidcAttempt Begin(string? to, DateTimeOffset now) => new(Secret.New(), Secret.New(), Secret.New(), to, now + Lifetime);

    public string Seal(DataKey key) => Base64Url.EncodeToString(key.Seal(JsonSerializer.Serialize(this), Owner));

    /// <summary>What was sealed; null when that is no attempt of this server's, or it is too late.</summary>
    public static OidcAttempt? Open(string? text, DataKey key, DateTimeOffset now)
    {
        if (text is null || !Base64Url.IsValid(text) || key.Open(Base64Url.DecodeFromChars(text), Owner) is not { } json)
            return null;
        return JsonSerializer.Deserialize<OidcAttempt>(json) is { } attempt && attempt.ExpiresAt > now ? attempt : null;
    }
}
