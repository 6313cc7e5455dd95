using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Accounts.OpenId;

/// <summary>
/// Checks an ID token (OpenID Connect Core 1.0, section 3.1.3.7) without asking anybody anything: its signature by the provider's keys, and that it
/// was made by this provider, for this client, for this very attempt, and is not over.
/// </summary>
public static class IdToken
{
    /// <summary>How far the provider's clock may be behind.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    // 2048 bits, as RFC 7518 asks for (section 3.3).
    private const int MinModulus = 256;

    /// <summary>The claims; null when the token proves nothing.</summary>
    /// <param name="token">A JWS in its compact form (RFC 7515).</param>
    /// <param name="keys">The provider's keys, a JWK set (RFC 7517).</param>
    /// <param name="options">Who made it and for whom.</param>
    /// <param name="nonce">What the attempt was begun with.</param>
    /// <param name="now">The time.</param>
    public static JsonElement? Verify(string token, JsonElement keys, OidcOptions options, string nonce, DateTimeOffset now)
    {
        if (token.Split('.') is not [var header, var payload, var signature]
            || Read(header) is not { } head || Read(payload) is not { } claims || Decode(signature) is not { } signed)
            return null;
        byte[] text = Encoding.ASCII.GetBytes($"{header}.{payload}");
        return Candidates(keys, head).Any(key => IsSigned(Text(head, "alg"), key, text, signed)) && IsMeant(claims, options, nonce, now) ? claims : null;
    }

    private static bool IsMeant(JsonElement claims, OidcOptions options, string nonce, DateTimeOffset now) =>
        Text(claims, "iss") == options.Issuer
        && IsFor(claims, options.ClientId)
        && Text(claims, "nonce") == nonce
        && Text(claims, "sub") is { Length: > 0 }
        && claims.TryGetProperty("exp", out JsonElement end) && end.TryGetInt64OrNull() is { } seconds && DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, int.MaxValue)) + Skew > now;

    // Where it is for several, it says who asked for it.
    private static bool IsFor(JsonElement claims, string client)
    {
        if (!claims.TryGetProperty("aud", out JsonElement audience))
            return false;
        return audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Any(a => Is(a, client)) && (audience.GetArrayLength() == 1 || Text(claims, "azp") == client)
            : Is(audience, client);
    }

    private static IEnumerable<JsonElement> Candidates(JsonElement keys, JsonElement head) =>
        keys.ValueKind == JsonValueKind.Object && keys.TryGetProperty("keys", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.Object && Text(key, "use") is null or "sig" && (Text(head, "kid") is not { } kid || Text(key, "kid") == kid))
            : [];

    // These two alone: never "none", and never a secret that the client itself knows.
    private static bool IsSigned(string? algorithm, JsonElement key, byte[] text, byte[] signature)
    {
        try
        {
            switch (algorithm, Text(key, "kty"))
            {
                case ("RS256", "RSA") when Decode(Text(key, "n")) is { Length: >= MinModulus } modulus && Decode(Text(key, "e")) is { Length: > 0 } exponent:
                    using (var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }))
                        return rsa.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                case ("ES256", "EC") when Text(key, "crv") == "P-256" && Decode(Text(key, "x")) is { Length: 32 } x && Decode(Text(key, "y")) is { Length: 32 } y:
                    using (var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }))
                        return ec.VerifyData(text, signature, HashAlgorithmName.SHA256);
                default:
                    return false;
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static JsonElement? Read(string part)
    {
        try
        {
            return Decode(part) is { } json && JsonSerializer.Deserialize<JsonElement>(json) is { ValueKind: JsonValueKind.Object } element ? element : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string? text)
    {
        try
        {
            return text is null ? null : Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    internal static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Is(JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    private static long? TryGetInt64OrNull(this JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long number) ? number : null;
}
