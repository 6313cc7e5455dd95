using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Accounts.OpenId;

/// <summary>The OpenID provider over HTTP: where its endpoints are (OpenID Connect Discovery 1.0), its keys, and what it knows of somebody.</summary>
public sealed class OidcProvider(OidcOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>How long what it says of itself is believed.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private const int MaxAnswer = 256 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxAnswer,
    };

    private Known? _known;

    /// <summary>Where a browser asks to be let in.</summary>
    /// <exception cref="OidcException">The provider does not answer as one.</exception>
    public async ValueTask<string> AuthorizationEndpointAsync(CancellationToken cancel) => (await KnowAsync(cancel)).Authorization;

    /// <summary>What the provider says of whoever came back with a code; null when that proves nothing.</summary>
    /// <exception cref="OidcException">The provider does not answer as one.</exception>
    public async ValueTask<Identity?> RedeemAsync(string code, OidcAttempt attempt, string redirect, CancellationToken cancel)
    {
        Known known = await KnowAsync(cancel);
        JsonElement tokens = await TokensAsync(known, code, attempt, redirect, cancel);
        if (IdToken.Text(tokens, "id_token") is not { } token)
            return null;
        DateTimeOffset now = clock.GetUtcNow();
        JsonElement? claims = IdToken.Verify(token, known.Keys, options, attempt.Nonce, now)
            // Keys change: what none of the known ones has signed, a new one may have.
            ?? IdToken.Verify(token, (await AskAsync(cancel)).Keys, options, attempt.Nonce, now);
        if (claims is not { } proved)
            return null;
        Identity identity = Identity.Of(proved);
        return identity.Email is null && known.UserInfo is { } more && IdToken.Text(tokens, "access_token") is { } access
            ? await MoreAsync(identity, more, access, cancel)
            : identity;
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> TokensAsync(Known known, string code, OidcAttempt attempt, string redirect, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, known.Token)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = redirect,
                ["code_verifier"] = attempt.Verifier,
            }),
        };
        // RFC 6749, section 2.3.1.
        string login = $"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(options.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        return await SendAsync(request, cancel);
    }

    // OpenID Connect Core, section 5.3.2: it has to be about the same one.
    private async Task<Identity> MoreAsync(Identity identity, string endpoint, string access, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint) { Headers = { Authorization = new("Bearer", access) } };
        JsonElement claims = await SendAsync(request, cancel);
        return IdToken.Text(claims, "sub") == identity.Subject ? Identity.Of(claims) : identity;
    }

    private async ValueTask<Known> KnowAsync(CancellationToken cancel) =>
        _known is { } known && clock.GetUtcNow() - known.At < Kept ? known : await AskAsync(cancel);

    private async Task<Known> AskAsync(CancellationToken cancel)
    {
        using var discover = new HttpRequestMessage(HttpMethod.Get, $"{options.Issuer.TrimEnd('/')}/.well-known/openid-configuration");
        JsonElement said = await SendAsync(discover, cancel);
        if (IdToken.Text(said, "issuer") != options.Issuer)
            throw new OidcException($"It calls itself {IdToken.Text(said, "issuer")}: set PARLEY_OIDC_ISSUER to exactly that.");
        using var keys = new HttpRequestMessage(HttpMethod.Get, Endpoint(said, "jwks_uri"));
        return _known = new Known(
            Endpoint(said, "authorization_endpoint"), Endpoint(said, "token_endpoint"), IdToken.Text(said, "userinfo_endpoint"), await SendAsync(keys, cancel), clock.GetUtcNow());
    }

    private static string Endpoint(JsonElement said, string name) => IdToken.Text(said, name) ?? throw new OidcException($"It names no {name}.");

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage answer = await _client.SendAsync(request, cancel);
            if (!answer.IsSuccessStatusCode)
                throw new OidcException($"It answers {(int)answer.StatusCode} at {request.RequestUri!.AbsolutePath}.");
            return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync(cancel)) is { ValueKind: JsonValueKind.Object } json
                ? json
                : throw new OidcException("Its answer is no JSON object.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new OidcException(e.Message);
        }
    }

    private sealed record Known(string Authorization, string Token, string? UserInfo, JsonElement Keys, DateTimeOffset At);
}

/// <summary>The OpenID provider does not answer as one; the message is for those who run the server.</summary>
public sealed class OidcException(string message) : Exception(message);

/// <summary>Whom a provider says somebody is.</summary>
/// <param name="Subject">Its own name for them, which it gives to nobody else.</param>
/// <param name="Name">What they are called; null for unknown.</param>
/// <param name="Email">Their address where the provider has verified it; null for any other.</param>
public sealed record Identity(string Subject, string? Name, string? Email)
{
    internal static Identity Of(JsonElement claims)
    {
        bool isVerified = claims.TryGetProperty("email_verified", out JsonElement verified) && verified.ValueKind == JsonValueKind.True;
        return new Identity(
            IdToken.Text(claims, "sub")!,
            IdToken.Text(claims, "name") ?? IdToken.Text(claims, "preferred_username"),
            isVerified ? Mail.EmailAddress.Normalize(IdToken.Text(claims, "email")) : null);
    }
}
