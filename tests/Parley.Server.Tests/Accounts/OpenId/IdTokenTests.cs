using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parley.Server.Accounts.OpenId;

namespace Parley.Server.Tests.Accounts.OpenId;

/// <summary>What an ID token has to be for anybody to be believed, and every way in which it is not.</summary>
public sealed class IdTokenTests
{
    private const string Nonce = "nonce";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly OidcOptions Options = new("https://id.example", "parley", "secret");

    private static readonly RSA Rsa = RSA.Create(2048);

    private static readonly ECDsa Ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static readonly JsonElement Keys = Json(new object[] { RsaKey("r1"), EcKey("e1") });

    private static Dictionary<string, object> Claims => new()
    {
        ["iss"] = Options.Issuer,
        ["sub"] = "ana",
        ["aud"] = "parley",
        ["nonce"] = Nonce,
        ["exp"] = Now.AddMinutes(5).ToUnixTimeSeconds(),
    };

    [Theory]
    [InlineData("RS256", "r1")]
    [InlineData("ES256", "e1")]
    public void A_token_of_the_provider_s_is_believed(string algorithm, string key) => Assert.Equal("ana", Verify(Token(Claims, algorithm, key))?.GetProperty("sub").GetString());

    [Fact]
    public void A_token_that_names_no_key_is_tried_with_all() => Assert.NotNull(Verify(Token(Claims, "ES256", null)));

    public static TheoryData<string, object?> Wrong => new()
    {
        { "iss", "https://id.example/" }, { "iss", null }, { "sub", "" }, { "sub", null }, { "sub", 7 }, { "aud", "other" }, { "aud", null }, { "aud", Array.Empty<string>() },
        { "nonce", "another" }, { "nonce", null }, { "exp", Now.AddMinutes(-1).ToUnixTimeSeconds() }, { "exp", "soon" }, { "exp", null }, { "exp", -1e300 }, { "exp", long.MinValue },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_token_for_something_else_is_not(string claim, object? value)
    {
        Dictionary<string, object> claims = Claims;
        if (value is null)
            claims.Remove(claim);
        else
            claims[claim] = value;

        Assert.Null(Verify(Token(claims)));
    }

    [Fact]
    public void A_token_for_several_says_that_it_was_made_for_this_one()
    {
        Dictionary<string, object> claims = new(Claims) { ["aud"] = new[] { "other", "parley" } };

        Assert.Null(Verify(Token(claims)));
        Assert.Null(Verify(Token(new(claims) { ["azp"] = "other" })));
        Assert.NotNull(Verify(Token(new(claims) { ["azp"] = "parley" })));
    }

    [Fact]
    public void A_clock_that_is_a_little_behind_is_forgiven() =>
        Assert.NotNull(Verify(Token(new(Claims) { ["exp"] = (Now - IdToken.Skew).AddSeconds(1).ToUnixTimeSeconds() })));

    [Fact]
    public void A_token_that_nobody_or_somebody_else_signed_is_not_believed()
    {
        using var other = RSA.Create(2048);
        string good = Token(Claims), body = good[..good.LastIndexOf('.')];
        string shared = Encode(HMACSHA256.HashData(Rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes($"{Part(new { alg = "HS256", kid = "r1" })}.{Part(Claims)}")));

        Assert.Null(Verify($"{Part(new { alg = "none" })}.{Part(Claims)}."));
        Assert.Null(Verify($"{Part(new { alg = "HS256", kid = "r1" })}.{Part(Claims)}.{shared}"));
        Assert.Null(Verify($"{body}.{Encode(other.SignData(Encoding.ASCII.GetBytes(body), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}"));
        Assert.Null(Verify($"{good[..good.IndexOf('.')]}.{Part(new Dictionary<string, object>(Claims) { ["sub"] = "eve" })}.{good[(good.LastIndexOf('.') + 1)..]}"));
        Assert.Null(Verify(Token(Claims, "RS256", "unknown")));
        // A key of one kind checks no signature of the other.
        Assert.Null(Verify(Token(Claims, "RS256", "e1")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("!.!.!")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("W10.W10.W10")]
    public void What_is_no_token_is_no_crash(string token) => Assert.Null(Verify(token));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"keys\":7}")]
    [InlineData("{\"keys\":[7,{}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r1\",\"n\":\"\",\"e\":\"\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r1\",\"n\":\"!\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"kid\":\"r1\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}")]
    public void What_are_no_keys_is_no_crash(string keys) =>
        Assert.Null(IdToken.Verify(Token(Claims), JsonSerializer.Deserialize<JsonElement>(keys), Options, Nonce, Now));

    private static JsonElement? Verify(string token) => IdToken.Verify(token, Keys, Options, Nonce, Now);

    private static string Token(Dictionary<string, object> claims, string algorithm = "RS256", string? key = "r1")
    {
        string body = $"{Part(key is null ? new { alg = algorithm } : new { alg = algorithm, kid = key })}.{Part(claims)}";
        byte[] text = Encoding.ASCII.GetBytes(body);
        return $"{body}.{Encode(algorithm == "ES256" ? Ec.SignData(text, HashAlgorithmName.SHA256) : Rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static object RsaKey(string kid)
    {
        RSAParameters key = Rsa.ExportParameters(false);
        return new { kty = "RSA", kid, use = "sig", n = Encode(key.Modulus!), e = Encode(key.Exponent!) };
    }

    private static object EcKey(string kid)
    {
        ECPoint point = Ec.ExportParameters(false).Q;
        return new { kty = "EC", kid, crv = "P-256", x = Encode(point.X!), y = Encode(point.Y!) };
    }

    private static JsonElement Json(object keys) => JsonSerializer.SerializeToElement(new { keys });

    private static string Part(object part) => Encode(JsonSerializer.SerializeToUtf8Bytes(part));

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
